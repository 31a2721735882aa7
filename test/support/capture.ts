import { bindingFor, type CaptureRequest, type Connector } from "../../src/connector.ts";
import { type Block, bindingPatch, type Document, mergePatch } from "../../src/engine/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import type { StreamName } from "../../src/streams/index.ts";
import type { TestClock } from "./clock.ts";
import { CONFIG } from "./world.ts";

export interface CaptureOptions
  extends Partial<Pick<CaptureRequest, "state" | "until" | "signal" | "onEvent">> {
  /** Endpoint config beside the credentials. */
  readonly config?: JsonObject;
  /** Resource config of each binding beside its stream and sync mode. */
  readonly resource?: JsonObject;
}

/** The blocks of one process that captures these streams, each under its name as the state key. It makes a pass unless told otherwise. */
export function capture(
  connector: Connector,
  names: readonly StreamName[],
  { config, resource, state = {}, ...others }: CaptureOptions = {},
): AsyncGenerator<Block> {
  return connector.capture({
    until: "pass",
    signal: new AbortController().signal,
    ...others,
    config: { ...CONFIG, ...config },
    bindings: names.map((stream) => {
      const { resourceConfig, stateKey } = bindingFor(stream);
      return { resourceConfig: { ...resourceConfig, ...resource }, stateKey };
    }),
    state,
  });
}

/** The blocks that fit into so many lines of output, of which a block takes one for each document and one for its patch. */
export async function* withinLines(lines: number, blocks: AsyncIterable<Block>): AsyncGenerator<Block> {
  let left = lines;
  for await (const block of blocks) {
    left -= block.documents.length + 1;
    if (left >= 0) yield block;
    if (left <= 0) return;
  }
}

export interface FollowerOptions extends Omit<CaptureOptions, "until" | "signal"> {
  /** Takes each document; without it they are kept in `documents`. */
  readonly take?: (stream: StreamName, document: Document) => void;
}

/**
 * One process that follows streams, in time that a test lets pass. What it captures counts at once, and its
 * request budget holds up nothing unless its config says otherwise.
 * Dispose of it with `await using`, which stops it.
 */
export class Follower implements AsyncDisposable {
  /** In the order in which they were captured. */
  readonly documents: Document[] = [];
  /** The connector's state. */
  state: JsonObject;
  /** Resolves when the session has ended, and rejects with what ended it early. */
  readonly ended: Promise<void>;
  readonly #clock: TestClock;
  readonly #take: (stream: StreamName, document: Document) => void;
  readonly #stop = new AbortController();
  #failure: unknown;

  constructor(
    { connector, clock }: { readonly connector: Connector; readonly clock: TestClock },
    names: readonly StreamName[],
    { take = (_, document) => this.documents.push(document), ...options }: FollowerOptions = {},
  ) {
    this.#clock = clock;
    this.#take = take;
    this.state = options.state ?? {};
    this.ended = this.#listen(
      capture(connector, names, { ...options, until: "follow", signal: this.#stop.signal }),
    );
    this.ended.catch((error: unknown) => {
      this.#failure = error;
    });
  }

  /** Resolves when nothing is left to do at the present time. Throws what has ended the session early. */
  async rest(): Promise<void> {
    await this.pass(0);
  }

  /** Lets time pass, with all that falls due in it, and returns the documents that came meanwhile. */
  async pass(durationMs: number): Promise<Document[]> {
    const before = this.documents.length;
    await this.#clock.runUntil(this.#clock.truth.now() + durationMs);
    if (this.#failure) throw this.#failure;
    return this.documents.slice(before);
  }

  /** Asks the session to stop. */
  stop(): void {
    this.#stop.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.#clock.runWhile(this.ended, 0);
  }

  async #listen(blocks: AsyncIterable<Block>): Promise<void> {
    for await (const { stateKey, documents, patch, committed } of blocks) {
      // The state keys are the names of the streams, but for state that has no documents.
      for (const document of documents) this.#take(stateKey as StreamName, document);
      this.state = mergePatch(this.state, bindingPatch(stateKey, patch));
      committed();
    }
  }
}
