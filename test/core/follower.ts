import type { Block, Document } from "../../src/engine/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { type StreamName, streams } from "../../src/streams/index.ts";
import { CONFIG } from "../support/world.ts";
import type { World } from "./replica.ts";

/**
 * One session that follows a stream, in time that a test moves: it begins to rest, the clock is
 * moved, and it has come to rest again. The world's clock must not leap. Dispose of it with
 * `await using`.
 */
export class Follower implements AsyncDisposable {
  /** Documents in the order in which they were captured. */
  readonly given: Document[] = [];
  readonly #world: World;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  #restsUntilMs = -Infinity;
  #rested: () => void = () => {};

  constructor(
    world: World,
    stream: StreamName,
    options: { config?: JsonObject; resource?: JsonObject } = {},
  ) {
    this.#world = world;
    const blocks = world.connector.capture({
      config: { ...CONFIG, advanced: { requests_per_minute: 1_000_000 }, ...options.config },
      bindings: [
        {
          resourceConfig: { stream, syncMode: streams[stream].syncMode, ...options.resource },
          stateKey: "it",
        },
      ],
      state: {},
      until: "follow",
      signal: this.#stop.signal,
      onEvent: (event) => {
        if (event.kind !== "rests") return;
        this.#restsUntilMs = event.untilMs;
        this.#rested();
      },
    });
    this.#ended = this.#listen(blocks);
  }

  /** Resolves when the stream has nothing to do at the present time. */
  async rest(): Promise<void> {
    while (this.#restsUntilMs <= this.#world.clock.now()) {
      await new Promise<void>((resolve) => {
        this.#rested = resolve;
      });
    }
  }

  /** Lets time pass, with every poll that falls into it, and returns what was captured. */
  async pass(durationMs: number): Promise<Document[]> {
    const { clock } = this.#world;
    const before = this.given.length;
    const endMs = clock.now() + durationMs;
    await this.rest();
    while (clock.now() < endMs) {
      clock.advance(Math.min(this.#restsUntilMs, endMs) - clock.now());
      await this.rest();
    }
    return this.given.slice(before);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  async #listen(blocks: AsyncIterable<Block>): Promise<void> {
    for await (const { documents, committed } of blocks) {
      this.given.push(...documents);
      committed();
    }
  }
}
