import { ConnectorError } from "../errors.ts";
import type { JsonObject } from "../shared/json.ts";
import type { Ports } from "../shared/ports.ts";
import { isStop } from "../shared/stop.ts";
import type { Block, Document } from "./block.ts";
import { type LifeEvent, type LifeState, transition } from "./life.ts";
import { merge } from "./merge.ts";
import { bindingState, isLasting, mergePatch } from "./state.ts";
import type { CheckpointStep, Step, Stream } from "./stream.ts";
import type { Touch } from "./touch.ts";

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
  readonly onEvent?: (turn: LifecycleEvent) => void;
}

/** What happens to a binding. Progress views and status reports are built from these. */
export type LifecycleEvent =
  | {
      readonly binding: number;
      readonly kind: "backfills";
      readonly doneRows: number;
      readonly leftRows: number;
    }
  | { readonly binding: number; readonly kind: "rests"; readonly untilMs: number }
  | { readonly binding: number; readonly kind: "done" }
  | { readonly binding: number; readonly kind: "failed"; readonly error: ConnectorError };

/**
 * Runs the bindings side by side and yields their blocks. A binding works on its next block while
 * the others are read, and no further: a slow reader slows the requests.
 *
 * A stream that fails ends its own run only, unless a person has to act first: then the session
 * ends and throws that error. When the signal is aborted, the session ends and yields no further
 * block. When the session ends, in whatever way, the generators of all streams are closed.
 */
export async function* runSession(options: SessionOptions): AsyncGenerator<Block, void, void> {
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  const blocks = options.bindings.map((_, index) => bindingBlocks(options, index, signal));
  yield* merge(blocks, () => stopping.abort());
}

async function* bindingBlocks(
  options: SessionOptions,
  index: number,
  signal: AbortSignal,
): AsyncGenerator<Block, void, void> {
  const run = new BindingRun(options, index);
  while (!run.isOver) {
    try {
      yield* run.blocks(signal);
    } catch (error) {
      await run.recover(error, signal);
    }
  }
}

/** One binding and its state, which outlives a failure of its stream. */
class BindingRun {
  readonly #stream: Stream;
  readonly #options: SessionOptions;
  readonly #index: number;
  #state: JsonObject;
  #life: LifeState = "covered";
  /** What the stream has yielded and no checkpoint covers. */
  #waiting: Document[] = [];

  constructor(options: SessionOptions, index: number) {
    const binding = options.bindings[index];
    if (!binding) throw new RangeError(`the session has no binding ${index}`);
    this.#options = options;
    this.#index = index;
    this.#state = bindingState(options.state, binding.stateKey);
    this.#stream = binding.stream;
  }

  get isOver(): boolean {
    return this.#life === "over";
  }

  /** Runs the stream until the binding is over; throws what the stream throws. */
  async *blocks(signal: AbortSignal): AsyncGenerator<Block, void, void> {
    for await (const step of this.#stream.run(structuredClone(this.#state), signal)) {
      if (signal.aborted) return void this.#live("stopped");
      const block = this.#take(step);
      if (block) yield block;
      if (step.kind !== "rest") continue;
      if (this.#options.until === "pass") break;
      await this.#sleep(step.untilMs, signal, step.touch);
      if (this.isOver) return;
    }
    this.#live("ended");
    this.#emit({ binding: this.#index, kind: "done" });
  }

  /** Returns the block that a step completes. */
  #take(step: Step): Block | undefined {
    if (step.kind === "documents") {
      if (step.docs.length === 0) return undefined;
      for (const doc of step.docs) {
        this.#checkDocument(doc);
        this.#waiting.push(doc);
      }
    }
    const documents = this.#live(step.kind);
    if (step.kind === "progress") this.#emit({ ...step, binding: this.#index, kind: "backfills" });
    return step.kind === "checkpoint" ? this.#block(documents, step) : undefined;
  }

  /** Leaves the stream alone for as long as the error asks for, or throws it where it ends the session. */
  async recover(error: unknown, signal: AbortSignal): Promise<void> {
    if (isStop(error, signal)) return void this.#live("stopped");
    if (!(error instanceof ConnectorError) || error.recovery === "fix-config") throw error;
    this.#live("failed");
    const { clock, log } = this.#options.ports;
    log.error(error.message, { stream: this.#stream.name });
    this.#emit({ binding: this.#index, kind: "failed", error });
    if (this.#options.until === "pass") this.#live("ended");
    else await this.#sleep(clock.now() + AFTER_FAILURE_MS[error.recovery], signal);
  }

  /** Applies an event to the binding, and returns the documents that the event releases. */
  #live(event: LifeEvent): Document[] {
    const next = transition(this.#life, event);
    if ("defect" in next) throw new Error(`${this.#stream.name} ${next.defect}`);
    this.#life = next.to;
    if (next.waiting === "kept") return [];
    const waiting = this.#waiting;
    this.#waiting = [];
    return next.waiting === "given" ? waiting : [];
  }

  #emit(event: LifecycleEvent): void {
    this.#options.onEvent?.(event);
  }

  #block(documents: readonly Document[], { patch, committed = () => {} }: CheckpointStep): Block {
    if (!isLasting(patch))
      throw new Error(`a checkpoint of ${this.#stream.name} holds what JSON does not keep`);
    // A copy: what the stream does with its own cursors later must not change a block that is on its way.
    const ownPatch = structuredClone(patch);
    this.#state = mergePatch(this.#state, ownPatch);
    return { binding: this.#index, documents, patch: ownPatch, committed };
  }

  #checkDocument(doc: Document): void {
    for (const pointer of this.#stream.key) {
      const key = doc[pointer.slice(1)];
      if (key === undefined || key === null)
        throw new Error(`a document of ${this.#stream.name} lacks its key ${pointer}`);
    }
    if (doc._meta.op === "d" && Object.keys(doc).length > this.#stream.key.length + 1)
      throw new Error(`a deletion of ${this.#stream.name} has more than its key`);
  }

  /** Ends at the instant, at a touch, or quietly when the signal is aborted. */
  async #sleep(untilMs: number, signal: AbortSignal, touch?: Touch): Promise<void> {
    this.#emit({ binding: this.#index, kind: "rests", untilMs });
    const { clock } = this.#options.ports;
    const touched = new AbortController();
    const cancel = touch?.onTouch(() => touched.abort());
    const waking = touch ? AbortSignal.any([signal, touched.signal]) : signal;
    if (untilMs > clock.now()) {
      await clock.sleep(untilMs - clock.now(), waking).catch((error: unknown) => {
        if (!isStop(error, waking)) throw error;
      });
    }
    cancel?.();
    this.#live(signal.aborted ? "stopped" : "woken");
  }
}
