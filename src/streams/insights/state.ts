import { Check } from "typebox/schema";
import type { JsonObject } from "../../shared/json.ts";
import { fittedCursors, freshCursors, type RereadCursors } from "../calls/reread-schedule.ts";
import { allUntil, splitAt, type UnreadSpans, withSpan } from "../calls/unread.ts";
import { PACKED_IDS, type PackedIds } from "../known-ids.ts";
import { nowSeconds, type Source } from "../source.ts";
import { agesOf, DAY_SECONDS, throughSeconds, YOUNGEST_SECONDS } from "./ages.ts";

/** How far back the history goes where the binding has no start date: each call costs a request. */
const DEFAULT_HISTORY_DAYS = 30;

/** How far the calls have been asked. All instants are Unix seconds. */
export type InsightState = {
  /** Where the history began when the binding did. */
  since: number;
  /** The history that is left, and what lies before the start date. */
  unread: UnreadSpans;
  /** When the history was read to its end. Absent until then. */
  backfilledAt?: number;
  /** By age in seconds: all calls that started up to the instant have been asked at that age. */
  rungs: RereadCursors;
  /** The calls whose insight has been captured, until they have come to the last age, and older ones that events have announced. */
  known: PackedIds;
  /** Calls that are asked again by themselves: those that Aircall did not answer for, and those whose insight may be deleted. */
  again: Record<string, number>;
};

const INSTANTS = { type: "object", additionalProperties: { type: "integer" } } as const;

const INSIGHT_STATE = {
  type: "object",
  required: ["since", "unread", "rungs", "known", "again"],
  properties: {
    since: { type: "integer" },
    unread: INSTANTS,
    backfilledAt: { type: "integer" },
    rungs: INSTANTS,
    known: PACKED_IDS,
    again: INSTANTS,
  },
} as const;

export const isInsightState = (state: unknown): state is InsightState => Check(INSIGHT_STATE, state);

/** The state fitted to the ages and the start date; a beginning when it holds nothing that this version can read. */
export function readState(state: JsonObject, source: Source): InsightState {
  if (!isInsightState(state)) return begin(source);
  const start = startSecondsOf(state, source);
  const rungs = fittedCursors(agesOf(source), state.rungs, nowSeconds(source), start);
  const leftOut = { after: Math.max(...Object.values(rungs)), until: start - 1 };
  return { ...state, rungs, unread: splitAt(withSpan(state.unread, leftOut), start - 1) };
}

/** Calls that started before this instant are not asked; Unix seconds. */
export function startSecondsOf({ since }: Pick<InsightState, "since">, { ownStartSeconds }: Source): number {
  return ownStartSeconds ?? since;
}

function begin(source: Source): InsightState {
  const now = nowSeconds(source);
  const default_ = Math.max(source.startSeconds, now - DEFAULT_HISTORY_DAYS * DAY_SECONDS);
  const since = source.ownStartSeconds ?? default_;
  const through = Math.max(throughSeconds(YOUNGEST_SECONDS, now), since - 1);
  const rungs = Object.entries(freshCursors(agesOf(source), now, since)).map(([age, cursor]) => [
    age,
    Math.max(since - 1, Math.min(cursor, throughSeconds(Number(age), now))),
  ]);
  return {
    since,
    unread: splitAt(allUntil(through), since - 1),
    rungs: Object.fromEntries(rungs),
    known: {},
    again: {},
  };
}
