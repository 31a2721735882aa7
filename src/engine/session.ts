import { setMaxListeners } from "node:events";
import { ConnectorError } from "../errors.ts";
import type { JsonObject } from "../shared/json.ts";
import type { Ports } from "../shared/ports.ts";
import { isStop } from "../shared/stop.ts";
import type { Block, Document } from "./block.ts";
import { type LifecycleState, type LifecycleTrigger, transition } from "./lifecycle.ts";
import { merge } from "./merge.ts";
import { bindingState, mergePatch, survivesJson } from "./state.ts";
import type { CheckpointStep, Step, Stream } from "./stream.ts";
import type { Touch } from "./touch.ts";

/** How long a following session waits before it restarts a failed stream: longer if a person may have to look first. */
const RESTART_AFTER_MS = { "wait-and-retry": 60_000, "stop-and-report": 3_600_000 };

export interface Binding {
  /** The name of the binding's state within the connector state. A new key starts the binding from scratch. */
  readonly stateKey: string;
  readonly stream: Stream;
}

export interface SessionOptions {
  /** A binding's position in the list is its index in blocks and events. */
  readonly bindings: readonly Binding[];
  readonly state: JsonObject;
  /** `pass` ends each binding at its first rest; `follow` continues until the signal is aborted. */
  readonly until: "pass" | "follow";
  readonly signal: AbortSignal;
  readonly ports: Pick<Ports, "clock" | "log">;
  readonly onEvent?: (event: LifecycleEvent) => void;
}

/** A change of a binding, for progress displays and status reports. */
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
 * Runs the bindings concurrently and yields their blocks. Each binding works at most one block ahead
 * of the reader, so a slow reader slows down the requests.
 *
 * A stream that throws a `ConnectorError` ends only its own run, unless a person has to act first
 * (`fix-config`). Such an error, and any error of another class, ends the session, which throws it.
 * When the signal is aborted, the session ends without an error and without another block. However
 * the session ends, it closes the generators of all streams.
 */
export async function* runSession(options: SessionOptions): AsyncGenerator<Block, void, void> {
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  // Every wait of every stream listens. Node 20 would take more than ten listeners for a leak, and warn.
  setMaxListeners(0, signal);
  const blocks = options.bindings.map((_, index) => bindingBlocks(options, index, signal));
  for await (const block of merge(blocks, () => stopping.abort())) {
    if (options.signal.aborted) return;
    yield block;
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

/** One binding. Its state outlives a failure of its stream. */
class BindingRun {
  readonly #stream: Stream;
  readonly #options: SessionOptions;
  readonly #index: number;
  readonly #stateKey: string;
  #state: JsonObject;
  #lifecycle: LifecycleState = "covered";
  /** Documents that the stream has yielded and no checkpoint covers yet. */
  #waiting: Document[] = [];

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
    return this.#lifecycle === "over";
  }

  /** Runs the stream until the binding is over. Throws what the stream throws. */
  async *blocks(signal: AbortSignal): AsyncGenerator<Block, void, void> {
    for await (const step of this.#stream.run(structuredClone(this.#state), signal)) {
      if (signal.aborted) return void this.#apply("stopped");
      const block = this.#take(step);
      if (block) yield block;
      if (step.kind !== "rest") continue;
      if (this.#options.until === "pass") break;
      await this.#sleep(step.untilMs, signal, step.touch);
      if (this.isOver) return;
    }
    this.#apply("ended");
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
    const documents = this.#apply(step.kind);
    if (step.kind === "progress") this.#emit({ ...step, binding: this.#index, kind: "backfills" });
    return step.kind === "checkpoint" ? this.#block(documents, step) : undefined;
  }

  /** Waits until the stream may be restarted, or rethrows an error that ends the session. */
  async recover(error: unknown, signal: AbortSignal): Promise<void> {
    if (isStop(error, signal)) return void this.#apply("stopped");
    // The stream has thrown while its generator was closed. There is nothing left to restart.
    if (this.isOver) throw error;
    if (!(error instanceof ConnectorError) || error.recovery === "fix-config") throw error;
    this.#apply("failed");
    const { clock, log } = this.#options.ports;
    log.error(error.message, { stream: this.#stream.name });
    this.#emit({ binding: this.#index, kind: "failed", error });
    if (this.#options.until === "pass") this.#apply("ended");
    else await this.#sleep(clock.now() + RESTART_AFTER_MS[error.recovery], signal);
  }

  /** Moves the binding to its next state. Returns the documents that this releases. */
  #apply(trigger: LifecycleTrigger): Document[] {
    const next = transition(this.#lifecycle, trigger);
    if ("defect" in next) throw new Error(`${this.#stream.name} ${next.defect}`);
    this.#lifecycle = next.to;
    if (next.waiting === "kept") return [];
    const waiting = this.#waiting;
    this.#waiting = [];
    return next.waiting === "released" ? waiting : [];
  }

  #emit(event: LifecycleEvent): void {
    this.#options.onEvent?.(event);
  }

  #block(documents: readonly Document[], { patch, committed = () => {} }: CheckpointStep): Block {
    if (!survivesJson(patch))
      throw new Error(`a checkpoint of ${this.#stream.name} holds a value that JSON cannot represent`);
    // A copy, since the stream may change its own cursors before the block is committed.
    const ownPatch = structuredClone(patch);
    this.#state = mergePatch(this.#state, ownPatch);
    return { binding: this.#index, stateKey: this.#stateKey, documents, patch: ownPatch, committed };
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

  /** Returns at the instant, at a touch, or when the signal is aborted, which is not an error here. */
  async #sleep(untilMs: number, signal: AbortSignal, touch?: Touch): Promise<void> {
    this.#emit({ binding: this.#index, kind: "rests", untilMs });
    const { clock } = this.#options.ports;
    const waking = new AbortController();
    const wake = () => waking.abort();
    // Not AbortSignal.any: what it makes stays with a signal that lives for long.
    signal.addEventListener("abort", wake, { once: true });
    const cancel = touch?.onTouch(wake);
    if (untilMs > clock.now() && !signal.aborted) {
      await clock.sleep(untilMs - clock.now(), waking.signal).catch((error: unknown) => {
        if (!isStop(error, waking.signal)) throw error;
      });
    }
    cancel?.();
    signal.removeEventListener("abort", wake);
    this.#apply(signal.aborted ? "stopped" : "woken");
  }
}
