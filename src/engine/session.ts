import { ConnectorError } from "../errors.ts";
import type { JsonObject } from "../shared/json.ts";
import type { Ports } from "../shared/ports.ts";
import { type LifeEvent, type LifeState, transition } from "./life.ts";
import { merge } from "./merge.ts";
import type { Captured, CaptureMessage, Checkpoint, Document } from "./messages.ts";
import { bindingPatch, bindingState, isLasting, mergePatch } from "./state.ts";
import type { Step, Stream } from "./stream.ts";

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

/** The messages from one checkpoint of a binding to its next, which nothing may come between. */
type Block = CaptureMessage[];

/**
 * Runs the bindings side by side and yields what they capture, one unbroken block of a binding at a
 * time. A binding works on its next block while the others are read, and no further: a slow reader
 * slows the requests.
 *
 * A stream that fails ends its own run only, unless a person has to act first: then the session
 * ends and throws that error. When the signal is aborted, the session ends after the block at hand.
 */
export async function* runSession(options: SessionOptions): AsyncGenerator<CaptureMessage, void, void> {
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  const blocks = options.bindings.map((_, index) => bindingBlocks(options, index, signal));
  try {
    for await (const block of merge(blocks)) for (const message of block) yield message;
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
  readonly #stateKey: string;
  #state: JsonObject;
  #life: LifeState = "covered";
  /** What the stream has given and no checkpoint covers. */
  #waiting: Captured[] = [];

  constructor(options: SessionOptions, index: number) {
    const binding = options.bindings[index];
    if (!binding) throw new RangeError(`the session has no binding ${index}`);
    this.#options = options;
    this.#index = index;
    this.#stateKey = binding.stateKey;
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
      await this.#sleep(step.untilMs, signal);
      if (this.isOver) return;
    }
    this.#live("ended");
    this.#emit({ binding: this.#index, kind: "done" });
  }

  /** Returns the block that a step completes. */
  #take(step: Step): Block | undefined {
    if (step.kind === "documents") {
      if (step.docs.length === 0) return undefined;
      for (const doc of step.docs) this.#waiting.push(this.#captured(doc));
    }
    const given = this.#live(step.kind);
    if (step.kind === "progress") this.#emit({ ...step, binding: this.#index, kind: "backfills" });
    return step.kind === "checkpoint" ? [...given, this.#checkpoint(step.patch)] : undefined;
  }

  /** Leaves the stream alone for as long as the error asks for, or throws it where it ends the session. */
  async recover(error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return void this.#live("stopped");
    if (!(error instanceof ConnectorError) || error.recovery === "fix-config") throw error;
    this.#live("failed");
    const { clock, log } = this.#options.ports;
    log.error(error.message, { stream: this.#stream.name });
    this.#emit({ binding: this.#index, kind: "failed", error });
    if (this.#options.until === "pass") this.#live("ended");
    else await this.#sleep(clock.now() + AFTER_FAILURE_MS[error.recovery], signal);
  }

  /** Lets an event happen to the binding, and returns the documents that are given away by it. */
  #live(event: LifeEvent): Captured[] {
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

  #checkpoint(patch: JsonObject): Checkpoint {
    if (!isLasting(patch))
      throw new Error(`a checkpoint of ${this.#stream.name} holds what JSON does not keep`);
    // What the stream does with its own cursors later must not reach what has been told to others.
    const updated = structuredClone(patch);
    this.#state = mergePatch(this.#state, updated);
    return { checkpoint: { state: { updated: bindingPatch(this.#stateKey, updated), mergePatch: true } } };
  }

  #captured(doc: Document): Captured {
    for (const pointer of this.#stream.key) {
      const key = doc[pointer.slice(1)];
      if (key === undefined || key === null)
        throw new Error(`a document of ${this.#stream.name} lacks its key ${pointer}`);
    }
    if (doc._meta.op === "d" && Object.keys(doc).length > this.#stream.key.length + 1)
      throw new Error(`a deletion of ${this.#stream.name} has more than its key`);
    return { captured: { binding: this.#index, doc } };
  }

  /** Ends early, and quietly, when the signal is aborted. */
  async #sleep(untilMs: number, signal: AbortSignal): Promise<void> {
    this.#emit({ binding: this.#index, kind: "rests", untilMs });
    const { clock } = this.#options.ports;
    if (untilMs > clock.now()) {
      await clock.sleep(untilMs - clock.now(), signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
    this.#live(signal.aborted ? "stopped" : "woken");
  }
}
