import { Check } from "typebox/schema";
import { isJsonObject, type JsonObject } from "../../shared/json.ts";
import { nowSeconds, type Source } from "../source.ts";
import { fittedCursors, type RereadCursors } from "./reread-schedule.ts";
import {
  beginSchedule,
  isScheduleState,
  readSchedule,
  rereadAges,
  type ScheduleState,
  wholeHistory,
} from "./schedule-state.ts";

/** The calls of the last half hour by ID: when each started, and the digest of the version captured last. */
export type RecentCalls = Record<string, [startedAt: number, digest: string]>;

export interface CallsState extends ScheduleState {
  readonly recent: RecentCalls;
  /** The older calls that can be read again: see `KnownCalls`. */
  readonly known: JsonObject;
}

const RECENT = {
  type: "object",
  additionalProperties: {
    type: "array",
    prefixItems: [{ type: "integer" }, { type: "string", pattern: "^[A-Za-z0-9_-]{12}$" }],
    minItems: 2,
    maxItems: 2,
  },
} as const;

const INSTANTS = { type: "object", additionalProperties: { type: "integer" } } as const;

/** What versions kept that did not keep which part of the history is unread. */
const EARLIER_STATE = {
  type: "object",
  anyOf: [{ required: ["rungs", "open"] }, { required: ["settledThrough"] }],
  properties: { rungs: INSTANTS, open: INSTANTS, settledThrough: { type: "integer" } },
} as const;

interface EarlierState {
  readonly rungs?: RereadCursors;
  readonly open?: ScheduleState["open"];
  /** In the state of version 0.1.0, which read no call again. */
  readonly settledThrough?: number;
}

const isRecent = (value: unknown): value is RecentCalls => Check(RECENT, value);
const isEarlierState = (state: unknown): state is EarlierState => Check(EARLIER_STATE, state);

/** Whether the state holds what this version can read. */
export function canResumeFrom(state: JsonObject): boolean {
  return isRecent(state.recent) && (isScheduleState(state) || isEarlierState(state));
}

/** What the state holds, fitted to the configuration; a beginning when it holds nothing that this version can read. */
export function readState(state: JsonObject, source: Source): CallsState {
  const { recent, known } = state;
  const schedule = readSchedule(state, source) ?? readEarlierSchedule(state, source);
  if (!schedule || !isRecent(recent)) return { ...beginSchedule(source), recent: {}, known: {} };
  const { unread, backfilledAt, rungs, open } = schedule;
  return {
    unread,
    ...(backfilledAt !== undefined && { backfilledAt }),
    rungs,
    open,
    recent,
    known: isJsonObject(known) ? known : {},
  };
}

/**
 * The history is read once more, since the state does not show from which start date it was read. What has
 * come since the last run does not wait for that: the re-reads go on where they were.
 */
function readEarlierSchedule(state: unknown, source: Source): ScheduleState | undefined {
  if (!isEarlierState(state)) return undefined;
  source.log.info(
    "The state was written by an earlier version, which did not keep the start date. The history of calls is read once more.",
  );
  const ages = rereadAges(source);
  const now = nowSeconds(source);
  const { rungs = cursorsAt(state.settledThrough ?? now, ages, source), open = {} } = state;
  return {
    unread: wholeHistory(source, now),
    rungs: fittedCursors(ages, rungs, now, source.startSeconds),
    open,
  };
}

/** No call has been read a second time yet: the oldest step reads all that it can still reach. */
function cursorsAt(settledThrough: number, ages: readonly number[], source: Source): RereadCursors {
  const reachable = Math.min(settledThrough, nowSeconds(source) - Math.max(...ages));
  const behind = Math.max(reachable, source.startSeconds - 1);
  return Object.fromEntries(ages.map((age) => [age, behind]));
}
