import { type CaptureEvent, Connector } from "../../src/connector.ts";
import type { Block } from "../../src/engine/index.ts";
import type { Ports } from "../../src/shared/ports.ts";
import { type StreamName, streamNames, streams } from "../../src/streams/index.ts";
import type { Collections } from "../property/collections.ts";
import { CONFIG } from "../support/world.ts";

/** Small lists are looked at nearly as often as calls, so that a small limit is felt. */
const CALLS_EVERY = "PT1M";
const OTHERS_EVERY = "PT1M";

/** When it has nothing more to say, a process that is to be killed is killed all the same. */
const SILENCE_MS = 20_000;

export interface ProcessOptions {
  readonly ports: Ports;
  readonly origin: string;
  readonly collections: Collections;
  readonly until: "follow" | "pass";
  readonly requestsPerMinute: number;
  /** Ends it at a checkpoint. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: CaptureEvent) => void;
}

/** What a process has left behind other than what the collections keep. */
export interface ProcessEnd {
  documents: number;
  deletions: number;
  /** Why it ended, if nobody asked for it. */
  failure?: unknown;
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
    await this.#options.ports.clock.sleep(SILENCE_MS, this.#killed.signal).catch(() => {});
    this.#kill();
  }

  async run(): Promise<ProcessEnd> {
    const end: ProcessEnd = { documents: 0, deletions: 0 };
    try {
      await this.#capture(end);
    } catch (failure) {
      end.failure = failure;
    }
    this.#kill();
    return end;
  }

  async #capture(end: ProcessEnd): Promise<void> {
    const { collections } = this.#options;
    try {
      for await (const block of this.#blocks()) {
        this.#linesLeft -= block.documents.length + 1;
        if (this.#linesLeft < 0) break;
        collections.take(block, streamNames);
        count(block, end);
      }
    } finally {
      collections.restart();
    }
  }

  #kill(): void {
    this.#linesLeft = 0;
    this.#killed.abort();
  }

  #blocks(): AsyncGenerator<Block> {
    const { ports, origin, collections, until, requestsPerMinute, signal, onEvent } = this.#options;
    return new Connector({ ports, origin, rateWindowMs: 60_000 }).capture({
      config: { ...CONFIG, advanced: { requests_per_minute: requestsPerMinute } },
      bindings: streamNames.map((stream) => ({ resourceConfig: resourceOf(stream), stateKey: stream })),
      state: structuredClone(collections.state),
      until,
      signal: AbortSignal.any([signal, this.#killed.signal]),
      onEvent,
    });
  }
}

function resourceOf(stream: StreamName) {
  const interval = stream === "calls" ? CALLS_EVERY : OTHERS_EVERY;
  return { stream, syncMode: streams[stream].syncMode, interval };
}

function count({ documents }: Block, end: ProcessEnd): void {
  const deletions = documents.filter(({ _meta }) => _meta.op === "d").length;
  end.deletions += deletions;
  end.documents += documents.length - deletions;
}
