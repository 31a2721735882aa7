import type { Step } from "../../engine/index.ts";
import type { JsonObject } from "../../shared/json.ts";
import { nowSeconds, type Source } from "../source.ts";
import { instantOf } from "../values.ts";
import { decideCapture, markOf } from "./capture.ts";
import { KnownIds } from "./known-ids.ts";
import {
  type ContactProgress,
  type ContactsState,
  fullScanBegun,
  fullScanEnded,
  type Transition,
} from "./progress.ts";
import type { ContactRow } from "./schema.ts";

/** One run of the stream: the progress so far, which contacts are known, and what only this run knows. */
export class ContactsRun {
  readonly source: Source;
  readonly #known: KnownIds;
  #progress: ContactProgress;
  /**
   * The contacts that Aircall has returned since the full scan began. Absent when another run began it,
   * or when a row was skipped, which may be any of those that are missing.
   */
  #seen: KnownIds | undefined;
  #incrementalReadMs: number;

  constructor(source: Source, { known, ...progress }: ContactsState) {
    this.source = source;
    this.#known = new KnownIds(known);
    this.#progress = progress;
    this.#incrementalReadMs = source.clock.now();
  }

  get progress(): ContactProgress {
    return this.#progress;
  }

  /** When the last incremental read began; milliseconds since the Unix epoch. */
  get incrementalReadMs(): number {
    return this.#incrementalReadMs;
  }

  beginIncrementalRead(): void {
    this.#incrementalReadMs = this.source.clock.now();
  }

  *beginFullScan(latestChangeSeconds: number): Generator<Step> {
    this.#seen = new KnownIds();
    yield* this.checkpoint(fullScanBegun(this.#progress, latestChangeSeconds));
  }

  *endFullScan(): Generator<Step> {
    this.#seen = undefined;
    yield* this.checkpoint(fullScanEnded(this.#progress, nowSeconds(this.source)));
  }

  /** Applies a transition. Its checkpoint covers all that was captured since the last one. */
  *checkpoint([progress, patch]: Transition = [this.#progress, {}]): Generator<Step> {
    this.#progress = progress;
    const known = this.#known.takeChanges();
    yield { kind: "checkpoint", patch: Object.keys(known).length > 0 ? { ...patch, known } : patch };
  }

  /** As `checkpoint`, unless state stays what it is. */
  *checkpointIfNeeded(transition: Transition = [this.#progress, {}]): Generator<Step> {
    const [, patch] = transition;
    if (this.#known.hasChanges || Object.keys(patch).length > 0) yield* this.checkpoint(transition);
  }

  /** Whether this version of a contact that Aircall has returned is to be captured. */
  changed({ id, updated_at }: JsonObject & ContactRow, version: string): boolean {
    const { memory } = this.source;
    const { watermark, atWatermark, backfill } = this.#progress;
    const remembered = memory.changed(id, version) ? "other" : "same";
    return decideCapture({
      version,
      mark: this.#known.mark(id),
      remembered: memory.knows(id) ? remembered : undefined,
      atWatermark: atWatermark[id],
      updatedAtSeconds: instantOf(updated_at, nowSeconds(this.source)),
      capturedBeforeSeconds: Math.min(watermark, backfill?.changedSince ?? Infinity),
    });
  }

  /** Aircall has returned this version of a contact. It counts as captured from the next checkpoint on. */
  note(id: number, version: string): void {
    const { memory } = this.source;
    if (memory.changed(id, version)) memory.note(id, version);
    this.#seen?.set(id, 0);
    if (!this.#known.has(id)) this.mark(id, version);
  }

  /** Marks a contact in state with the version that was captured last. */
  mark(id: number, version: string): void {
    this.#known.set(id, markOf(version));
  }

  /** The contact is deleted with the next checkpoint. */
  noteDeletion(id: number): void {
    this.#known.delete(id);
  }

  /** A row was skipped that may be any of those that are missing: this full scan deletes nothing. */
  noteSkipped(): void {
    this.#seen = undefined;
  }

  /** The known contacts that the full scan has not seen; none when it did not see all. */
  *missing(): Generator<number> {
    if (this.#seen) yield* this.#known.missingFrom(this.#seen);
  }
}
