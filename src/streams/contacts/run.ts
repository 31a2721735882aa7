import type { Step } from "../../engine/index.ts";
import type { JsonObject } from "../../shared/json.ts";
import { Emptiness } from "../emptiness.ts";
import { KnownIds, markOf } from "../known-ids.ts";
import { ReadMeanwhile } from "../read-meanwhile.ts";
import { nowSeconds, type Source } from "../source.ts";
import { AHEAD_SECONDS, instantOf } from "../values.ts";
import { decideCapture } from "./capture.ts";
import type { LatestChange } from "./list.ts";
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
  /** The contacts that were read or deleted while a full scan goes on. */
  readonly readMeanwhile = new ReadMeanwhile();
  readonly #known: KnownIds;
  #progress: ContactProgress;
  /**
   * The contacts that Aircall has returned since the full scan began. Absent when another run began it,
   * or when a row was skipped, which may be any of those that are missing.
   */
  #seen: KnownIds | undefined;
  /** The full scan has skipped a row, which counts as a contact of the list. */
  #hasSkipped = false;
  readonly #emptiness: Emptiness;
  #total: number | undefined;
  #incrementalReadMs: number;

  constructor(source: Source, { known, emptySince, ...progress }: ContactsState) {
    this.source = source;
    this.#known = new KnownIds(known);
    this.#emptiness = new Emptiness(emptySince);
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

  /**
   * The scan has no end but the present by whichever clock is ahead: a contact may have been created
   * after the latest change, since imports leave contacts that changed before their creation, or never.
   */
  *beginFullScan({ seconds, total }: LatestChange): Generator<Step> {
    this.#seen = new KnownIds();
    this.#hasSkipped = false;
    this.noteTotal(total);
    const createdUntilSeconds = Math.max(seconds, nowSeconds(this.source)) + AHEAD_SECONDS;
    yield* this.checkpoint(fullScanBegun(this.#progress, seconds, createdUntilSeconds));
  }

  *endFullScan(): Generator<Step> {
    this.#seen = undefined;
    yield* this.checkpoint(fullScanEnded(this.#progress, nowSeconds(this.source)));
  }

  /** Applies a transition. Its checkpoint covers all that was captured since the last one. */
  *checkpoint([progress, patch]: Transition = [this.#progress, {}]): Generator<Step> {
    this.#progress = progress;
    const known = this.#known.takeChanges();
    const knownPatch = Object.keys(known).length > 0 ? { known } : {};
    yield { kind: "checkpoint", patch: { ...patch, ...this.#emptiness.takeChanges(), ...knownPatch } };
  }

  /** As `checkpoint`, unless state stays what it is. */
  *checkpointIfNeeded(transition: Transition = [this.#progress, {}]): Generator<Step> {
    const [, patch] = transition;
    const hasChanges = this.#known.hasChanges || this.#emptiness.hasChanges;
    if (hasChanges || Object.keys(patch).length > 0) yield* this.checkpoint(transition);
  }

  isKnown(id: number): boolean {
    return this.#known.has(id);
  }

  /** Aircall counts so many contacts in all. Any at all show that the list is not empty. */
  noteTotal(total: number | undefined): void {
    this.#total = total;
    if (total) this.#emptiness.end();
  }

  get total(): number | undefined {
    return this.#total;
  }

  /** Aircall counts more contacts than were captured and not deleted since. */
  get isBehindTotal(): boolean {
    return this.#known.size < (this.#total ?? 0);
  }

  /** How many contacts the full scan has found, or all known ones, where another run began it. */
  get scannedCount(): number {
    return (this.#seen ?? this.#known).size;
  }

  isScanned(id: number): boolean {
    return (this.#seen ?? this.#known).has(id);
  }

  /** Aircall counts more contacts than the full scan has found. */
  get isScanShort(): boolean {
    return !this.#hasSkipped && this.scannedCount < (this.#total ?? 0);
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
    this.#hasSkipped = true;
    this.#seen = undefined;
  }

  /**
   * The known contacts that the full scan has not seen; none when it did not see all, or saw no contact at
   * all where there were some: an outage can look like an empty list, which only a later full scan confirms.
   */
  *missing(): Generator<number> {
    if (!this.#seen) return;
    const isEmpty = this.#seen.size === 0 && this.#known.size > 0;
    if (!isEmpty) this.#emptiness.end();
    else if (!this.#emptiness.hasLasted(this.source)) {
      this.source.log.warn(
        `Aircall lists no contacts, where it listed ${this.#known.size} before. They count as deleted if the next full scan finds none either.`,
      );
      return;
    }
    yield* this.#known.missingFrom(this.#seen);
  }
}
