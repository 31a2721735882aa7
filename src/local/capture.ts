import type { CaptureRequest, Connector } from "../connector.ts";
import { type Captured, type CaptureMessage, type Document, mergePatch } from "../engine/index.ts";
import { StoreError } from "../errors.ts";
import type { JsonObject } from "../shared/json.ts";
import type { Clock } from "../shared/ports.ts";
import { type StreamName, streams } from "../streams/index.ts";
import type { CaptureProgress } from "./progress.ts";
import type { Store } from "./store.ts";

/** A transaction is committed when it holds this many documents, or has been open for this long. */
const DOCUMENTS_PER_COMMIT = 1_000;
const LONGEST_TRANSACTION_MS = 1_000;

export interface LocalCaptureOptions {
  readonly connector: Connector;
  readonly store: Store;
  /** The endpoint config. */
  readonly config: unknown;
  readonly streams: readonly StreamName[];
  readonly until: CaptureRequest["until"];
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly progress: CaptureProgress;
}

/**
 * Plays the part of the Flow runtime: hands over the state of the last run, takes what is captured,
 * and commits documents together with the checkpoint that covers them. What no checkpoint covers
 * when the capture ends, in whatever way, is dropped.
 */
export async function captureIntoStore(options: LocalCaptureOptions): Promise<void> {
  const { store, clock, progress } = options;
  const messages = options.connector.capture({
    config: options.config,
    bindings: options.streams.map(localBinding),
    state: store.state,
    until: options.until,
    signal: options.signal,
    onEvent: (event) => progress.onEvent(event),
  });
  const transaction = new PendingTransaction(store, options.streams, clock);
  try {
    for (let next = messages.next(); ; ) {
      const arrived = transaction.due ? await Promise.race([next, transaction.due]) : await next;
      if (arrived === "due") {
        await transaction.commit();
        continue;
      }
      if (arrived.done) break;
      transaction.take(arrived.value, progress);
      if (transaction.size >= DOCUMENTS_PER_COMMIT) await transaction.commit();
      next = messages.next();
    }
  } catch (error) {
    if (!(error instanceof StoreError)) await transaction.commit();
    throw error;
  }
  await transaction.commit();
}

function localBinding(name: StreamName): CaptureRequest["bindings"][number] {
  return { resourceConfig: { stream: name, syncMode: streams[name].syncMode }, stateKey: name };
}

/** What has been captured since the last commit. */
class PendingTransaction {
  readonly #store: Store;
  readonly #streams: readonly StreamName[];
  readonly #clock: Clock;
  #state: JsonObject;
  #uncovered: Captured[] = [];
  #covered: Captured[] = [];
  #deadline: { readonly due: Promise<"due">; readonly cancel: () => void } | undefined;

  constructor(store: Store, names: readonly StreamName[], clock: Clock) {
    this.#store = store;
    this.#streams = names;
    this.#clock = clock;
    this.#state = store.state;
  }

  /** How many documents a commit would write. */
  get size(): number {
    return this.#covered.length;
  }

  /** Resolves when what is covered has waited long enough; `undefined` while nothing waits. */
  get due(): Promise<"due"> | undefined {
    return this.#deadline?.due;
  }

  take(message: CaptureMessage, progress: CaptureProgress): void {
    if ("captured" in message) {
      this.#uncovered.push(message);
      progress.captured(message.captured.binding, message.captured.doc);
      return;
    }
    for (const captured of this.#uncovered) this.#covered.push(captured);
    this.#uncovered = [];
    this.#state = mergePatch(this.#state, message.checkpoint.state.updated);
    this.#deadline ??= this.#startDeadline();
  }

  async commit(): Promise<void> {
    if (!this.#deadline) return;
    this.#deadline.cancel();
    this.#deadline = undefined;
    const covered = this.#covered;
    this.#covered = [];
    await this.#store.commit({ documents: this.#byTable(covered), state: this.#state });
  }

  #byTable(covered: readonly Captured[]): Map<string, Document[]> {
    const documents = new Map<string, Document[]>();
    for (const { captured } of covered) {
      const table = this.#streams[captured.binding];
      if (!table) throw new RangeError(`no binding ${captured.binding} was opened`);
      const rows = documents.get(table) ?? [];
      rows.push(captured.doc);
      documents.set(table, rows);
    }
    return documents;
  }

  #startDeadline(): { due: Promise<"due">; cancel: () => void } {
    const cancelled = new AbortController();
    const due = this.#clock.sleep(LONGEST_TRANSACTION_MS, cancelled.signal).then(
      () => "due" as const,
      () => "due" as const,
    );
    return { due, cancel: () => cancelled.abort() };
  }
}
