import { ConnectorError } from "../errors.ts";
import type { JsonObject } from "../shared/json.ts";
import type { Ports } from "../shared/ports.ts";
import { asTheyCome } from "./interleave.ts";
import type { Captured, CaptureMessage, Checkpoint, Document } from "./messages.ts";
import { bindingPatch, bindingState, mergePatch } from "./state.ts";
import type { Stream } from "./stream.ts";

/** How long a stream that failed is left alone before a session that goes on tries it again. */
const AFTER_FAILURE_MS = { "wait-and-retry": 60_000, "stop-and-report": 3_600_000 };

export interface Binding {
  /** Where the binding's state is kept; a new key starts the binding from scratch. */
  readonly stateKey: string;
  readonly stream: Stream;
}

export interface SessionOptions {
  /** A binding's place in the list is its index in the messages. */
  readonly bindings: readonly Binding[];
  readonly state: JsonObject;
  /** `pass` ends each binding at its first rest; `follow` goes on until the signal is aborted. */
  readonly until: "pass" | "follow";
  readonly signal: AbortSignal;
  readonly ports: Pick<Ports, "clock" | "log">;
  readonly onTurn?: (turn: BindingTurn) => void;
}

/** What becomes of a binding, for whoever shows progress. */
export type BindingTurn =
  | {
      readonly binding: number;
      readonly kind: "backfills";
      readonly doneRows: number;
      readonly leftRows: number;
    }
  | { readonly binding: number; readonly kind: "rests"; readonly untilMs: number }
  | { readonly binding: number; readonly kind: "done" }
  | { readonly binding: number; readonly kind: "failed"; readonly error: ConnectorError };

/** The messages from one checkpoint of a binding to its next, which nothing may come between. */
type Block = CaptureMessage[];

/**
 * Runs the bindings side by side and yields what they capture, one unbroken block of a binding at a
 * time. A binding works on its next block while the others are read, and no further: a slow reader
 * slows the requests.
 *
 * A stream that fails ends its own turn only, unless a person has to act first: then the session
 * ends and throws that error. When the signal is aborted, the session ends after the block at hand.
 */
export async function* runSession(options: SessionOptions): AsyncGenerator<CaptureMessage, void, void> {
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  const blocks = options.bindings.map((_, index) => bindingBlocks(options, index, signal));
  try {
    for await (const block of asTheyCome(blocks)) yield* block;
  } finally {
    stopping.abort();
  }
}

async function* bindingBlocks(
  options: SessionOptions,
  index: number,
  signal: AbortSignal,
): AsyncGenerator<Block, void, void> {
  const run = new BindingRun(options, index);
  while (!signal.aborted) {
    try {
      yield* run.blocks(signal);
      options.onTurn?.({ binding: index, kind: "done" });
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ConnectorError) || error.recovery === "fix-config") throw error;
      options.ports.log.error(error.message, { stream: run.stream.name });
      options.onTurn?.({ binding: index, kind: "failed", error });
      if (options.until === "pass") return;
      await rest(options, index, signal, options.ports.clock.now() + AFTER_FAILURE_MS[error.recovery]);
    }
  }
}

/** One binding and its state, which outlives a failure of its stream. */
class BindingRun {
  readonly stream: Stream;
  readonly #options: SessionOptions;
  readonly #index: number;
  readonly #stateKey: string;
  #state: JsonObject;

  constructor(options: SessionOptions, index: number) {
    const binding = options.bindings[index];
    if (!binding) throw new RangeError(`the session has no binding ${index}`);
    this.#options = options;
    this.#index = index;
    this.#stateKey = binding.stateKey;
    this.#state = bindingState(options.state, binding.stateKey);
    this.stream = binding.stream;
  }

  async *blocks(signal: AbortSignal): AsyncGenerator<Block, void, void> {
    let documents: Captured[] = [];
    for await (const step of this.stream.run(structuredClone(this.#state), signal)) {
      if (signal.aborted) return;
      if (step.kind === "document") documents.push(this.#captured(step.doc));
      else if (step.kind === "progress") this.#turn({ ...step, binding: this.#index, kind: "backfills" });
      else if (step.kind === "checkpoint") {
        yield [...documents, this.#checkpoint(step.patch)];
        documents = [];
      } else {
        this.#checkCovered(documents);
        if (this.#options.until === "pass") return;
        await rest(this.#options, this.#index, signal, step.untilMs);
      }
    }
  }

  #turn(turn: BindingTurn): void {
    this.#options.onTurn?.(turn);
  }

  #checkpoint(patch: JsonObject): Checkpoint {
    // What the stream does with its own cursors later must not reach what has been told to others.
    const updated = structuredClone(patch);
    this.#state = mergePatch(this.#state, updated);
    return { checkpoint: { state: { updated: bindingPatch(this.#stateKey, updated), mergePatch: true } } };
  }

  #checkCovered(documents: readonly Captured[]): void {
    if (documents.length === 0) return;
    throw new Error(`${this.stream.name} rests on documents that no checkpoint covers`);
  }

  #captured(doc: Document): Captured {
    for (const pointer of this.stream.key) {
      const key = doc[pointer.slice(1)];
      if (key === undefined || key === null)
        throw new Error(`a document of ${this.stream.name} lacks its key ${pointer}`);
    }
    return { captured: { binding: this.#index, doc } };
  }
}

/** Ends early, and quietly, when the signal is aborted. */
async function rest(
  options: SessionOptions,
  binding: number,
  signal: AbortSignal,
  untilMs: number,
): Promise<void> {
  options.onTurn?.({ binding, kind: "rests", untilMs });
  const { clock } = options.ports;
  const waitMs = untilMs - clock.now();
  if (waitMs <= 0) return;
  await clock.sleep(waitMs, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
