import { bindingFor, type CaptureRequest, type Connector } from "../connector.ts";
import type { Block } from "../engine/index.ts";
import { StoreError } from "../errors.ts";
import type { Clock } from "../shared/ports.ts";
import type { StreamName } from "../streams/index.ts";
import type { CaptureProgress } from "./progress.ts";
import { approximateBytes, type Store } from "./store/index.ts";

/**
 * A transaction is committed when it holds this many documents or bytes of them, or has been open for this long.
 * A store needs memory for the bytes. A block is not divided, so that one that is larger makes a larger transaction.
 */
const DOCUMENTS_PER_COMMIT = 1_000;
const BYTES_PER_COMMIT = 8 * 1024 * 1024;
const LONGEST_TRANSACTION_MS = 1_000;

export interface LocalCaptureOptions {
  readonly connector: Pick<Connector, "capture" | "recentRequests">;
  readonly store: Pick<Store, "commit" | "state">;
  /** The endpoint config. */
  readonly config: unknown;
  readonly streams: readonly StreamName[];
  readonly until: CaptureRequest["until"];
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly progress: CaptureProgress;
  /** Called with a sentence for people about Aircall's events. */
  readonly onStatus: (status: string) => void;
}

/**
 * Captures from the state of the last run and commits blocks, several in one transaction. Rejects with
 * the first error of the capture or of the store; either ends the session.
 */
export async function captureIntoStore(options: LocalCaptureOptions): Promise<void> {
  const { store, progress } = options;
  const failed = new AbortController();
  const blocks = options.connector.capture({
    config: options.config,
    bindings: options.streams.map((stream) => bindingFor(stream)),
    state: store.state,
    until: options.until,
    signal: AbortSignal.any([options.signal, failed.signal]),
    onEvent: (event) => progress.onEvent(event),
    onStatus: (status) => {
      progress.events.status = status;
      options.onStatus(status);
    },
    onEventTaken: () => {
      progress.events.taken += 1;
    },
  });
  const transaction = new PendingTransaction(options);
  try {
    for (let next = blocks.next(); ; ) {
      const arrived = transaction.due ? await Promise.race([next, transaction.due]) : await next;
      if (arrived === "due") {
        await transaction.commit();
        continue;
      }
      if (arrived.done) break;
      progress.captured(arrived.value);
      transaction.take(arrived.value);
      if (transaction.isFull) await transaction.commit();
      next = blocks.next();
    }
  } catch (error) {
    failed.abort();
    await settled([
      // What the store has failed to write is not tried again.
      () => (error instanceof StoreError ? undefined : transaction.commit()),
      () => blocks.return(),
    ]);
    throw error;
  }
  await transaction.commit();
}

/** Takes each step, even where an earlier one fails: the error that led here is the one to be reported. */
async function settled(steps: readonly (() => unknown)[]): Promise<void> {
  for (const step of steps)
    await Promise.resolve()
      .then(step)
      .catch(() => undefined);
}

type PendingOptions = Pick<LocalCaptureOptions, "store" | "clock" | "connector">;

/** What has been captured since the last commit. */
class PendingTransaction {
  readonly #options: PendingOptions;
  #blocks: Block[] = [];
  #documents = 0;
  #bytes = 0;
  #deadline: { readonly due: Promise<"due">; readonly cancel: () => void } | undefined;

  constructor(options: PendingOptions) {
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#documents >= DOCUMENTS_PER_COMMIT || this.#bytes >= BYTES_PER_COMMIT;
  }

  /** Resolves when the blocks have waited long enough; `undefined` while there are none. */
  get due(): Promise<"due"> | undefined {
    return this.#deadline?.due;
  }

  take(block: Block): void {
    this.#blocks.push(block);
    this.#documents += block.documents.length;
    for (const document of block.documents) this.#bytes += approximateBytes(document);
    this.#deadline ??= this.#startDeadline();
  }

  /** Writes what has waited, and what the run has sent lately, for a run that begins soon. */
  async commit(): Promise<void> {
    this.#deadline?.cancel();
    this.#deadline = undefined;
    const blocks = this.#blocks;
    this.#blocks = [];
    this.#documents = 0;
    this.#bytes = 0;
    const { store, connector } = this.#options;
    await store.commit(
      blocks.map(({ stateKey, documents, patch }) => ({ table: stateKey, documents, patch })),
      { recentRequests: connector.recentRequests },
    );
    for (const block of blocks) block.committed();
  }

  #startDeadline(): { due: Promise<"due">; cancel: () => void } {
    const cancelled = new AbortController();
    const due = this.#options.clock.sleep(LONGEST_TRANSACTION_MS, cancelled.signal).then(
      () => "due" as const,
      () => "due" as const,
    );
    return { due, cancel: () => cancelled.abort() };
  }
}
