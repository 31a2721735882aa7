import { Check } from "typebox/schema";
import type { JsonObject } from "../../shared/json.ts";
import { PACKED_IDS, type PackedIds } from "../known-ids.ts";
import { SPAN, type Span } from "../window.ts";

/**
 * What is left of a full scan, by creation. Changes since `changedSince` have perhaps not been captured,
 * all earlier ones have. Unix seconds.
 */
export type FullScan = Readonly<Span & { changedSince: number }>;

/** How far contacts have been captured, as state has it. All instants are Unix seconds. */
export interface ContactProgress {
  /** Every change before this instant has been captured, or is left to the full scan. */
  readonly watermark: number;
  /** Digests, by ID, of the captured contacts that changed in the watermark's own second, or by a clock that is ahead. */
  readonly atWatermark: Readonly<Record<string, string>>;
  /** The full scan that is under way. */
  readonly backfill?: FullScan;
  /** When the last full scan ended; absent while one is under way. */
  readonly backfilledAt?: number;
}

/** What an event makes of the progress, and the merge patch that brings state there. */
export type Transition = readonly [ContactProgress, JsonObject];

export interface ContactsState extends ContactProgress {
  /** The contacts that were captured and not deleted since, each marked with some bits of its digest. */
  readonly known: PackedIds;
  /** Since when full scans have found no contact at all. */
  readonly emptySince?: number;
}

/** A binding that begins: nothing is known until the first full scan has begun. */
export const BEGINNING: ContactsState = { watermark: 0, atWatermark: {}, known: {} };

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
    emptySince: { type: "integer" },
  },
} as const;

const isContactsState = (state: unknown): state is ContactsState => Check(CONTACTS_STATE, state);
const isStateWithoutIds = (state: unknown): state is ContactProgress => Check(STATE_WITHOUT_IDS, state);

/** What a state holds; `undefined` when it holds nothing that this version can read. */
export function readState(state: JsonObject): ContactsState | undefined {
  if (isContactsState(state)) return state;
  if (!isStateWithoutIds(state)) return undefined;
  // Version 0.1 kept no IDs: all contacts must be read before one can be missing.
  return { ...BEGINNING, watermark: state.watermark, atWatermark: state.atWatermark };
}

export function hasBegun({ backfill, backfilledAt }: ContactProgress): boolean {
  return backfill !== undefined || backfilledAt !== undefined;
}

/**
 * A full scan begins of all contacts that were created up to an instant; incremental reads capture what
 * changes after the latest change. The scan takes the place of one that is under way.
 */
export function fullScanBegun(
  progress: ContactProgress,
  latestChangeSeconds: number,
  createdUntilSeconds: number,
): Transition {
  const changedSince = Math.min(progress.backfill?.changedSince ?? Infinity, progress.watermark);
  const watermark = Math.max(progress.watermark, latestChangeSeconds);
  const [moved, patch] = watermarkMoved(
    progress,
    watermark,
    watermark > progress.watermark ? {} : progress.atWatermark,
  );
  const backfill = { after: -1, until: createdUntilSeconds, changedSince };
  return [
    { watermark, atWatermark: moved.atWatermark, backfill },
    { known: {}, watermark, atWatermark: {}, ...patch, backfill, backfilledAt: null },
  ];
}

/** The full scan has read all contacts created up to an instant, among them these of the watermark's second. */
export function scannedThrough(
  progress: ContactProgress,
  throughSeconds: number,
  atWatermark: Readonly<Record<string, string>>,
): Transition {
  const { backfill } = progress;
  return [
    {
      ...progress,
      atWatermark: { ...progress.atWatermark, ...atWatermark },
      ...(backfill && { backfill: { ...backfill, after: throughSeconds } }),
    },
    { backfill: { after: throughSeconds }, atWatermark: { ...atWatermark } },
  ];
}

export function fullScanEnded({ watermark, atWatermark }: ContactProgress, backfilledAt: number): Transition {
  return [
    { watermark, atWatermark, backfilledAt },
    { backfill: null, backfilledAt },
  ];
}

/** The patch is empty when the watermark is where it was. */
export function watermarkMoved(
  progress: ContactProgress,
  watermark: number,
  atWatermark: Readonly<Record<string, string>>,
): Transition {
  const changes = changesOf(progress.atWatermark, atWatermark);
  if (watermark === progress.watermark && Object.keys(changes).length === 0) return [progress, {}];
  return [
    { ...progress, watermark, atWatermark },
    { watermark, atWatermark: changes },
  ];
}

/** The merge patch that leads from one flat record to another. */
function changesOf(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): JsonObject {
  const gone = Object.keys(before).filter((name) => !(name in after));
  const changed = Object.entries(after).filter(([name, value]) => before[name] !== value);
  return Object.fromEntries([...gone.map((name): [string, null] => [name, null]), ...changed]);
}
