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
 *                                  ^ rungs: the cursor of each step       tail:
 *                                    of the re-read schedule              each poll
 */
export interface ScheduleState {
  /** What is left of the history. Absent once it has been read. */
  readonly backfill?: Span;
  /** When the history was read to its end. */
  readonly backfilledAt?: number;
  readonly rungs: RereadCursors;
  /** Older calls that go on, or have ended so lately that Aircall may still correct them, by ID: when each is read next. */
  readonly open: Readonly<Record<string, number>>;
}

export const HISTORY = { backfill: SPAN, backfilledAt: { type: "integer" } } as const;

const INSTANTS = { type: "object", additionalProperties: { type: "integer" } } as const;

const SCHEDULE_STATE = {
  type: "object",
  required: ["rungs", "open"],
  properties: { ...HISTORY, rungs: INSTANTS, open: INSTANTS },
} as const;

export const isScheduleState = (state: unknown): state is ScheduleState => Check(SCHEDULE_STATE, state);

/** The state with its schedule fitted to the configured ages; `undefined` when it holds no schedule. */
export function readSchedule(state: JsonObject, source: Source): (JsonObject & ScheduleState) | undefined {
  if (!isScheduleState(state)) return undefined;
  const rungs = fittedCursors(rereadAges(source), state.rungs, nowSeconds(source), source.startSeconds);
  return { ...state, rungs: { ...rungs } };
}

/** The state of a schedule that begins now. */
export function beginSchedule(source: Source): ScheduleState {
  const now = nowSeconds(source);
  return {
    backfill: wholeHistory(source, now),
    rungs: freshCursors(rereadAges(source), now, source.startSeconds),
    open: {},
  };
}

/** All calls up to those of the last half hour. The second of the start date is part of it. */
export function wholeHistory({ startSeconds }: Source, nowSeconds: number): Span {
  const after = startSeconds - 1;
  return { after, until: Math.max(after, nowSeconds - RECENT_SECONDS) };
}

/** The ages of the re-read schedule in seconds, ascending. Each poll reads younger calls than the first. */
export function rereadAges({ rereadAfterSeconds }: Source): number[] {
  const older = rereadAfterSeconds.filter((age) => age > RECENT_SECONDS);
  return [...new Set([RECENT_SECONDS, ...older])].sort((left, right) => left - right);
}
