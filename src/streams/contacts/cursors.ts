import { Check } from "typebox/schema";
import type { Step } from "../../engine/index.ts";
import type { JsonObject } from "../../shared/json.ts";
import { nowSeconds, type Source } from "../source.ts";
import { instantOf } from "../values.ts";
import { SPAN, type Span } from "../window.ts";
import { KnownIds, MARKS, PACKED_IDS, type PackedIds } from "./known-ids.ts";
import type { ContactRow } from "./schema.ts";

/**
 * What is left of a pass over all contacts by creation. What changed since an instant has not been
 * captured for certain, what was changed before has. All instants are Unix seconds.
 */
export type FullPass = Span & { changedSince: number };

interface ContactsState {
  /** Absent when no full pass is under way. */
  backfill?: FullPass;
  /** When the last full pass was done. */
  backfilledAt?: number;
  /** Every change before this instant has been captured, or is left to the full pass. */
  watermark: number;
  /** Digests, by ID, of what was captured of the contacts that changed in the watermark's own second. */
  atWatermark: Record<string, string>;
  /** The contacts that were captured and not deleted since, each marked with some bits of its digest. */
  known: PackedIds;
}

/** Version 0.1 knew no IDs: all contacts have to be read before one can be missed. */
type StateWithoutIds = Pick<ContactsState, "watermark" | "atWatermark">;

const STATE_WITHOUT_IDS = {
  type: "object",
  required: ["watermark", "atWatermark"],
  properties: {
    backfill: SPAN,
    backfilledAt: { type: "integer" },
    watermark: { type: "integer" },
    atWatermark: { type: "object", additionalProperties: { type: "string" } },
  },
  not: { required: ["known"] },
} as const;

const CONTACTS_STATE = {
  type: "object",
  required: ["watermark", "atWatermark", "known"],
  properties: {
    ...STATE_WITHOUT_IDS.properties,
    backfill: {
      ...SPAN,
      required: [...SPAN.required, "changedSince"],
      properties: { ...SPAN.properties, changedSince: { type: "integer" } },
    },
    known: PACKED_IDS,
  },
} as const;

const isContactsState = (state: unknown): state is ContactsState => Check(CONTACTS_STATE, state);
const isStateWithoutIds = (state: unknown): state is StateWithoutIds => Check(STATE_WITHOUT_IDS, state);

/** How far contacts have been captured, as the state has it, and what only this run knows. */
export class ContactCursors {
  watermark = 0;
  atWatermark: Record<string, string> = {};
  fullPass: FullPass | undefined;
  fullPassedAtSeconds: number | undefined;
  readonly known: KnownIds;
  /** What Aircall has given since the full pass began; absent when another run began it, or a row could not be used. */
  seen: KnownIds | undefined;
  /** When changes were last looked for. */
  walkedMs: number;
  readonly #source: Source;

  private constructor(source: Source, known?: PackedIds) {
    this.#source = source;
    this.walkedMs = source.clock.now();
    this.known = new KnownIds(known);
  }

  /** `undefined` for a state that cannot be read. */
  static read(state: JsonObject, source: Source): ContactCursors | undefined {
    if (isStateWithoutIds(state)) return Object.assign(ContactCursors.beginning(source), copyOf(state));
    if (!isContactsState(state)) return undefined;
    return Object.assign(new ContactCursors(source, state.known), copyOf(state), {
      fullPass: state.backfill,
      fullPassedAtSeconds: state.backfilledAt,
    });
  }

  static beginning(source: Source): ContactCursors {
    return new ContactCursors(source);
  }

  /** Since no full pass has begun yet, nothing is known of what there is. */
  get isBeginning(): boolean {
    return this.fullPass === undefined && this.fullPassedAtSeconds === undefined;
  }

  /** A pass over all contacts that there are up to their latest change; later ones are left to the watermark. */
  *beginFullPass(latestChangeSeconds: number): Generator<Step> {
    const changedSince = Math.min(this.fullPass?.changedSince ?? Infinity, this.watermark);
    const until = Math.max(this.watermark, latestChangeSeconds);
    this.fullPass = { after: -1, until, changedSince };
    this.fullPassedAtSeconds = undefined;
    this.seen = new KnownIds();
    const moved = this.moveWatermark(until, until > this.watermark ? {} : this.atWatermark);
    const { watermark } = this;
    const backfill = { ...this.fullPass };
    yield* this.checkpoint({ known: {}, watermark, atWatermark: {}, ...moved, backfill, backfilledAt: null });
  }

  *endFullPass(): Generator<Step> {
    this.fullPass = undefined;
    this.seen = undefined;
    this.fullPassedAtSeconds = nowSeconds(this.#source);
    yield* this.checkpoint({ backfill: null, backfilledAt: this.fullPassedAtSeconds });
  }

  /** The patch that the state needs for it, which is empty when nothing moves. */
  moveWatermark(watermark: number, atWatermark: Record<string, string>): JsonObject {
    const changes = changesOf(this.atWatermark, atWatermark);
    if (watermark === this.watermark && Object.keys(changes).length === 0) return {};
    Object.assign(this, { watermark, atWatermark });
    return { watermark, atWatermark: changes };
  }

  /**
   * Whether this version of a contact that Aircall has just given is still to be captured. It counts
   * as captured from the next checkpoint on.
   *
   * A mark is not proof enough for a contact that may have changed since: one new version in
   * a million has the mark of the old one.
   */
  isNews({ id, updated_at }: JsonObject & ContactRow, version: string): boolean {
    const { memory } = this.#source;
    const mark = this.known.mark(id);
    const isRemembered = memory.knows(id);
    const isNewToMemory = memory.changed(id, version);
    if (isNewToMemory) memory.note(id, version);
    this.seen?.set(id, 0);
    if (mark === undefined) {
      this.known.set(id, markOf(version));
      return true;
    }
    if (isRemembered) return isNewToMemory;
    if (this.atWatermark[id] === version) return false;
    const capturedBefore = Math.min(this.watermark, this.fullPass?.changedSince ?? Infinity);
    const updatedAt = instantOf(updated_at, nowSeconds(this.#source)) ?? -Infinity;
    return updatedAt >= capturedBefore || mark !== markOf(version);
  }

  /** Marks a contact that is known with what was captured of it. */
  markKnown(id: number, version: string): void {
    if (this.known.has(id)) this.known.set(id, markOf(version));
  }

  /** A row that could not be used may be any of those that are missing: this pass deletes nothing. */
  distrustFullPass(): void {
    this.seen = undefined;
  }

  /** Covers what was captured since the last checkpoint. */
  *checkpoint(patch: JsonObject = {}): Generator<Step> {
    const known = this.known.takeChanges();
    yield { kind: "checkpoint", patch: Object.keys(known).length > 0 ? { ...patch, known } : patch };
  }

  *checkpointIfNeeded(patch: JsonObject): Generator<Step> {
    if (this.known.hasChanges || Object.keys(patch).length > 0) yield* this.checkpoint(patch);
  }
}

function copyOf({ watermark, atWatermark }: StateWithoutIds): StateWithoutIds {
  return { watermark, atWatermark: { ...atWatermark } };
}

/** Taken from the end of a digest, which the memory does not look at. */
function markOf(version: string): number {
  return Buffer.from(version, "base64url").subarray(-3).readUIntBE(0, 3) % MARKS;
}

/** The merge patch that leads from one flat record to another. */
function changesOf(before: Record<string, string>, after: Record<string, string>): JsonObject {
  const gone = Object.keys(before).filter((name) => !(name in after));
  const changed = Object.entries(after).filter(([name, value]) => before[name] !== value);
  return Object.fromEntries([...gone.map((name): [string, null] => [name, null]), ...changed]);
}
