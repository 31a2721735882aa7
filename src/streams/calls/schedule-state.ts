import { Check } from "typebox/schema";
import type { JsonObject } from "../../shared/json.ts";
import { nowSeconds, type Source } from "../source.ts";
import { fittedCursors, freshCursors, type RereadCursors } from "./reread-schedule.ts";
import { allUntil, splitAt, type UnreadSpans, withSpan } from "./unread.ts";

/** How far back each poll reads, and the age of the first re-read. */
export const RECENT_SECONDS = 30 * 60;

/**
 * How far the reading of calls has come. All instants are Unix seconds.
 *
 *          start_date      begin     30 d        7 d         6 h        30 min    now
 *     |~~~~~~~~|===history==>..|.......|...........|...........|............|~~~~~~~|
 *       unread  unread               ^ rungs: the cursor of each step        tail:
 *                                      of the re-read schedule               each poll
 */
export interface ScheduleState {
  /** The history that is left, and what lies before the start date. */
  readonly unread: UnreadSpans;
  /** When the history was read to its end. Absent until then. */
  readonly backfilledAt?: number;
  readonly rungs: RereadCursors;
  /** Older calls that go on, or have ended so lately that Aircall may still correct them, by ID: when each is read next. */
  readonly open: Readonly<Record<string, number>>;
}

const INSTANTS = { type: "object", additionalProperties: { type: "integer" } } as const;

const SCHEDULE_STATE = {
  type: "object",
  required: ["unread", "rungs", "open"],
  properties: { unread: INSTANTS, backfilledAt: { type: "integer" }, rungs: INSTANTS, open: INSTANTS },
} as const;

export const isScheduleState = (state: unknown): state is ScheduleState => Check(SCHEDULE_STATE, state);

/**
 * The state with its schedule fitted to the configured ages and to the start date; `undefined` when it holds
 * no schedule.
 */
export function readSchedule(state: JsonObject, source: Source): (JsonObject & ScheduleState) | undefined {
  if (!isScheduleState(state)) return undefined;
  const rungs = fittedCursors(rereadAges(source), state.rungs, nowSeconds(source), source.startSeconds);
  return { ...state, rungs: { ...rungs }, unread: { ...fittedSpans(state.unread, rungs, source) } };
}

/** The state of a schedule that begins now. */
export function beginSchedule(source: Source): ScheduleState {
  return {
    unread: wholeHistory(source, nowSeconds(source)),
    rungs: freshCursors(rereadAges(source), nowSeconds(source), source.startSeconds),
    open: {},
  };
}

/** All calls up to those of the last half hour, with a border at the start date, whose second is part of the history. */
export function wholeHistory({ startSeconds }: Source, nowSeconds: number): UnreadSpans {
  return splitAt(allUntil(Math.max(nowSeconds - RECENT_SECONDS, startSeconds - 1)), startSeconds - 1);
}

/** A start date that is later than what has been read so far leaves out what lies between, until it is an earlier one again. */
function fittedSpans(unread: UnreadSpans, cursors: RereadCursors, { startSeconds }: Source): UnreadSpans {
  const leftOut = { after: Math.max(...Object.values(cursors)), until: startSeconds - 1 };
  return splitAt(withSpan(unread, leftOut), startSeconds - 1);
}

/** The ages of the re-read schedule in seconds, ascending. Each poll reads younger calls than the first. */
export function rereadAges({ rereadAfterSeconds }: Source): number[] {
  const older = rereadAfterSeconds.filter((age) => age > RECENT_SECONDS);
  return [...new Set([RECENT_SECONDS, ...older])].sort((left, right) => left - right);
}
