import type { Connector } from "../../src/connector.ts";
import type { Block } from "../../src/engine/index.ts";
import { listedStreamNames } from "../../src/streams/index.ts";
import type { Collections } from "../property/collections.ts";
import { capture } from "../support/capture.ts";
import type { TestClock } from "../support/clock.ts";

/** Every stream is read as often as calls, so that a small limit is felt. */
const EVERY = "PT1M";

/** When it has nothing more to say, a process that is to be killed is killed all the same. */
const SILENCE_MS = 20_000;

export interface ProcessOptions {
  readonly connector: Connector;
  readonly clock: TestClock;
  readonly collections: Collections;
  readonly until: "follow" | "pass";
  /** Ends it at a checkpoint. */
  readonly signal: AbortSignal;
}

/** One process that captures every stream, from what the collections have kept of those before it. */
export class CaptureProcess {
  readonly #options: ProcessOptions;
  readonly #killed = new AbortController();
  #linesLeft = Infinity;

  constructor(options: ProcessOptions) {
    this.#options = options;
  }

  /** Ends it within a block, most likely: what no checkpoint covers is lost. */
  async killAfter(lines: number): Promise<void> {
    this.#linesLeft = lines;
    await this.#options.clock.sleep(SILENCE_MS, this.#killed.signal).catch(() => {});
    this.#kill();
  }

  /** Captures until it is stopped or killed, or has made its pass. Throws what else ends it. */
  async run(): Promise<void> {
    const { collections } = this.#options;
    try {
      for await (const block of this.#blocks()) {
        this.#linesLeft -= block.documents.length + 1;
        if (this.#linesLeft < 0) break;
        collections.take(block, listedStreamNames);
      }
    } finally {
      collections.restart();
      this.#kill();
    }
  }

  #kill(): void {
    this.#linesLeft = 0;
    this.#killed.abort();
  }

  #blocks(): AsyncGenerator<Block> {
    const { connector, collections, until, signal } = this.#options;
    return capture(connector, listedStreamNames, {
      resource: { interval: EVERY },
      state: structuredClone(collections.state),
      until,
      signal: AbortSignal.any([signal, this.#killed.signal]),
    });
  }
}
