import { Check } from "typebox/schema";
import { isJsonObject, type JsonObject } from "../../shared/json.ts";
import { nowSeconds, type Source } from "../source.ts";
import {
  beginSchedule,
  HISTORY,
  isScheduleState,
  readSchedule,
  rereadAges,
  type ScheduleState,
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

/** What version 0.1.0 kept, which read no call again. */
const WITHOUT_REREADS = {
  type: "object",
  required: ["settledThrough"],
  properties: { ...HISTORY, settledThrough: { type: "integer" } },
} as const;

const isRecent = (value: unknown): value is RecentCalls => Check(RECENT, value);
const isWithoutRereads = (state: unknown): state is { settledThrough: number } =>
  Check(WITHOUT_REREADS, state);

/** Whether the state holds what this version can read. */
export function canResumeFrom(state: JsonObject): boolean {
  return isRecent(state.recent) && (isScheduleState(state) || isWithoutRereads(state));
}

/** What the state holds, fitted to the configured ages; a beginning when it holds nothing that this version can read. */
export function readState(state: JsonObject, source: Source): CallsState {
  const { recent, known } = state;
  const schedule = readSchedule(state, source) ?? readWithoutRereads(state, source);
  if (!schedule || !isRecent(recent)) return { ...beginSchedule(source), recent: {}, known: {} };
  return { ...schedule, recent, known: isJsonObject(known) ? known : {} };
}

/** No call has been read a second time yet: the oldest step reads all that it can still reach. */
function readWithoutRereads(state: JsonObject, source: Source): ScheduleState | undefined {
  if (!isWithoutRereads(state)) return undefined;
  const { settledThrough, ...others } = state;
  const ages = rereadAges(source);
  const oldest = Math.min(settledThrough, nowSeconds(source) - Math.max(...ages));
  const behind = Math.max(oldest, source.startSeconds - 1);
  return { ...others, rungs: Object.fromEntries(ages.map((age) => [age, behind])), open: {} };
}
