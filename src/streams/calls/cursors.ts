import { Check } from "typebox/schema";
import type { JsonObject } from "../../shared/json.ts";
import { nowSeconds, type Source } from "../source.ts";
import { SPAN, type Span } from "../window.ts";
import { fittedCursors, freshCursors, type RereadCursors } from "./reread-schedule.ts";

/** How far back each poll reads, and the age of the first re-read. */
export const RECENT_SECONDS = 30 * 60;

/**
 * How far the reading of calls has come. All instants are Unix seconds.
 *
 *     start_date       begin      30 d        7 d         6 h        30 min    now
 *     |====backfill===>..|.........|...........|...........|............|~~~~~~~|
 *                                  ^ rungs: the cursor of each step of   recent:
 *                                    the re-read schedule                  read with
 *                                                                          each poll
 */
export interface CallCursors {
  /** What is left of the history. Absent once it has been read. */
  backfill?: Span;
  /** When the history was read to its end. */
  backfilledAt?: number;
  rungs: RereadCursors;
  /** Calls of the last half hour by ID: when each started, and the digest of what was captured of it. */
  recent: Record<string, [startedAt: number, digest: string]>;
  /** Older calls that go on, or have ended so lately that Aircall may still correct them, by ID: when each is read next. */
  open: Record<string, number>;
}

const INSTANTS = { type: "object", additionalProperties: { type: "integer" } } as const;
const RECENT = {
  type: "object",
  additionalProperties: {
    type: "array",
    prefixItems: [{ type: "integer" }, { type: "string", pattern: "^[A-Za-z0-9_-]{12}$" }],
    minItems: 2,
    maxItems: 2,
  },
} as const;
const HISTORY = { backfill: SPAN, backfilledAt: { type: "integer" } } as const;

const CALL_CURSORS = {
  type: "object",
  required: ["rungs", "recent", "open"],
  properties: { ...HISTORY, rungs: INSTANTS, recent: RECENT, open: INSTANTS },
} as const;

/** What version 0.1.0 kept, which had no re-read schedule. */
const WITHOUT_REREADS = {
  type: "object",
  required: ["settledThrough", "recent"],
  properties: { ...HISTORY, settledThrough: { type: "integer" }, recent: RECENT },
} as const;

type WithoutRereads = Omit<CallCursors, "rungs" | "open"> & { settledThrough: number };

const isCallCursors = (state: unknown): state is CallCursors => Check(CALL_CURSORS, state);
const isWithoutRereads = (state: unknown): state is WithoutRereads => Check(WITHOUT_REREADS, state);

/** The cursors that state holds, fitted to the configured ages; `undefined` when it holds none. */
export function readCursors(state: JsonObject, source: Source): CallCursors | undefined {
  const now = nowSeconds(source);
  const ages = rereadAges(source);
  if (isCallCursors(state)) {
    return { ...state, rungs: fittedCursors(ages, state.rungs, now, source.startSeconds) };
  }
  if (!isWithoutRereads(state)) return undefined;
  // Nothing has been read a second time yet: the oldest step reads all that it can still reach.
  const { settledThrough, ...cursors } = state;
  const oldest = Math.min(settledThrough, now - Math.max(...ages));
  const behind = Math.max(oldest, source.startSeconds - 1);
  return { ...cursors, rungs: Object.fromEntries(ages.map((age) => [age, behind])), open: {} };
}

/** The cursors of a binding that begins now. */
export function beginning(source: Source): CallCursors {
  const now = nowSeconds(source);
  return {
    backfill: wholeHistory(source, now),
    rungs: freshCursors(rereadAges(source), now, source.startSeconds),
    recent: {},
    open: {},
  };
}

/** All up to the calls of the last half hour. The start date's own second is part of it. */
export function wholeHistory({ startSeconds }: Source, nowSeconds: number): Span {
  const after = startSeconds - 1;
  return { after, until: Math.max(after, nowSeconds - RECENT_SECONDS) };
}

/** Each poll reads the younger calls; the first step of the schedule takes over from there. */
export function rereadAges({ rereadAfterSeconds }: Source): number[] {
  const older = rereadAfterSeconds.filter((age) => age > RECENT_SECONDS);
  return [...new Set([RECENT_SECONDS, ...older])].sort((left, right) => left - right);
}
