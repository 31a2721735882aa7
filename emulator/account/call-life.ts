import { hashText, Random } from "../random.ts";
import { afterwards, type CallComment, type CallTag, commentsOf, tagsOf } from "./call-edits.ts";
import { NEVER, SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_MINUTE } from "./time.ts";

/**
 * Everything that happens to one call. Instants are in Unix seconds, and `NEVER` for what does not
 * happen. The API reports what has happened until now.
 */
export interface CallLife {
  readonly id: number;
  direction: "inbound" | "outbound";
  numberId: number | null;
  /** In display format, or `anonymous`. */
  rawDigits: string;
  contactId: number | null;
  /** The final start. Until the call has settled, the API reports a start that is `driftSeconds` earlier. */
  startedAt: number;
  driftSeconds: number;
  settledAt: number;
  /** The user who made an outbound call or answered an inbound one. */
  userId: number | null;
  answeredAt: number;
  endedAt: number;
  missedReason: string | null;
  asset: "recording" | "voicemail" | null;
  assetAt: number;
  transfer: { atSeconds: number; fromUserId: number; toUserId: number } | null;
  assignment: { atSeconds: number; userId: number } | null;
  archivedAt: number;
  teamIds: (number | null)[];
  tags: CallTag[];
  comments: CallComment[];
  /** In U.S. cents, once the call has settled. */
  cost: string;
  /** The call has insights if the share of calls that have some is above this number. Drawn from [0, 1). */
  insightRank: number;
}

/** The data from which calls are generated. */
export interface CallIngredients {
  seed: number;
  /** The IDs of the lines in each zone. */
  numberIdsByZone: readonly (readonly number[])[];
  /** The IDs of the lines that record calls. */
  recordingNumberIds: ReadonlySet<number>;
  userIds: readonly number[];
  teamIds: readonly number[];
  tagIds: readonly number[];
  /** Draws the party outside the company. */
  party(random: Random, zoneIndex: number, day: number): { digits: string; contactId: number | null };
}

/** Identifies a call. `startedAt` is its final start. */
export interface CallOrigin {
  id: number;
  day: number;
  index: number;
  startedAt: number;
  zoneIndex: number;
}

/** How much earlier than the final start the reported start of a call may be. */
export const LARGEST_DRIFT_SECONDS = 1;

/** The start and end of a seeded call are final this long after it started. */
export const UNSETTLED_SECONDS = 3 * SECONDS_PER_HOUR;

/** Nothing happens to a seeded call later than this after its start. */
export const LONGEST_LIFE_SECONDS = UNSETTLED_SECONDS + 10 * SECONDS_PER_DAY;

/** `call.ended` follows the end of a call, with its recording or voicemail, as seen on live accounts. */
export const ENDED_EVENT_AFTER_SECONDS = 31;

const LONGEST_TALK_SECONDS = 2 * SECONDS_PER_HOUR;
const MEDIAN_TALK_SECONDS = 3 * SECONDS_PER_MINUTE;
const ASSET_AFTER_SECONDS = 30;
const LATEST_ASSET_SECONDS = 20 * SECONDS_PER_HOUR;

/** A seeded call has its recording or voicemail within this time after its start, or has none. */
export const LONGEST_ASSET_SECONDS = SECONDS_PER_HOUR + LONGEST_TALK_SECONDS + LATEST_ASSET_SECONDS;

const MISSED_REASONS = [
  "out_of_opening_hours",
  "short_abandoned",
  "abandoned_in_ivr",
  "abandoned_in_classic",
  "no_available_agent",
  "agents_did_not_answer",
  null,
] as const;

export function generateLife(origin: CallOrigin, from: CallIngredients): CallLife {
  const random = new Random(from.seed, hashText("call"), origin.day, origin.index);
  const direction = random.chance(0.6) ? "inbound" : "outbound";
  const isAnswered = random.chance(direction === "inbound" ? 0.82 : 0.7);
  const party = from.party(random, origin.zoneIndex, origin.day);
  const userId = random.pick(from.userIds);
  const numberId = random.pick(from.numberIdsByZone[origin.zoneIndex] ?? []);
  const answeredAt = isAnswered ? origin.startedAt + random.integer(3, 40) : NEVER;
  const endedAt = isAnswered ? answeredAt + talkSeconds(random) : origin.startedAt + random.integer(5, 60);
  const canRecord = numberId !== null && from.recordingNumberIds.has(numberId);
  return {
    id: origin.id,
    direction,
    numberId,
    rawDigits: party.digits,
    contactId: party.contactId,
    startedAt: origin.startedAt,
    driftSeconds: random.chance(0.3) ? LARGEST_DRIFT_SECONDS : 0,
    settledAt: endedAt + random.integer(1, 20 * SECONDS_PER_MINUTE),
    userId: isAnswered || direction === "outbound" ? userId : null,
    answeredAt,
    endedAt,
    missedReason: isAnswered || direction === "outbound" ? null : random.pick(MISSED_REASONS),
    ...assetOf(random, { isAnswered, direction, canRecord, endedAt }),
    transfer: isAnswered ? transferOf(random, from, userId, answeredAt, endedAt) : null,
    assignment: assignmentOf(random, from, endedAt),
    archivedAt: random.chance(0.15) ? endedAt + random.integer(60, 2 * SECONDS_PER_HOUR) : NEVER,
    teamIds: direction === "inbound" ? teamsOf(random, from) : [],
    tags: tagsOf(random, from.tagIds, userId, endedAt),
    comments: commentsOf(random, origin.id, userId, endedAt),
    cost: (random.next() * 20).toFixed(2),
    insightRank: random.next(),
  };
}

/** The same call at the moment when it started to ring, before anything else happened. */
export function ringing(life: CallLife): CallLife {
  return {
    ...life,
    driftSeconds: 0,
    settledAt: NEVER,
    userId: life.direction === "outbound" ? life.userId : null,
    answeredAt: NEVER,
    endedAt: NEVER,
    missedReason: null,
    asset: null,
    assetAt: NEVER,
    transfer: null,
    assignment: null,
    archivedAt: NEVER,
    tags: [],
    comments: [],
    insightRank: NEVER,
  };
}

/** The same call, settled at an instant and ended by then. */
export function finishedBy(life: CallLife, atSeconds: number): CallLife {
  const isAnswered = life.answeredAt < atSeconds;
  return {
    ...life,
    answeredAt: isAnswered ? life.answeredAt : NEVER,
    endedAt: Math.min(life.endedAt, atSeconds),
    settledAt: atSeconds,
    asset: isAnswered ? life.asset : null,
  };
}

/** Whether an asset of that instant is too late for `call.ended`, and is announced by itself. */
export function isLateAsset(life: CallLife, assetAt: number): boolean {
  return assetAt > life.endedAt + ENDED_EVENT_AFTER_SECONDS;
}

/** The start that the API reports at an instant. */
export function reportedStart(life: CallLife, nowSeconds: number): number {
  return nowSeconds < life.settledAt ? life.startedAt - life.driftSeconds : life.startedAt;
}

function talkSeconds(random: Random): number {
  return Math.ceil(Math.min(random.lognormal(MEDIAN_TALK_SECONDS, 1), LONGEST_TALK_SECONDS));
}

/**
 * A recording or voicemail appears half a minute after the end of the call. One in twenty is late: its
 * delay is between a minute and 20 hours, and uniform on a logarithmic scale, so that delays of one to
 * two minutes are as frequent as delays of ten to twenty hours.
 */
function assetOf(
  random: Random,
  call: { isAnswered: boolean; direction: string; canRecord: boolean; endedAt: number },
): { asset: CallLife["asset"]; assetAt: number } {
  const isLate = random.chance(0.05);
  const leavesVoicemail = random.chance(0.4);
  const lateSeconds = Math.round(random.logUniform(SECONDS_PER_MINUTE, LATEST_ASSET_SECONDS));
  const assetAt = call.endedAt + (isLate ? lateSeconds : ASSET_AFTER_SECONDS);
  if (call.isAnswered && call.canRecord) return { asset: "recording", assetAt };
  if (!call.isAnswered && call.direction === "inbound" && leavesVoicemail)
    return { asset: "voicemail", assetAt };
  return { asset: null, assetAt: NEVER };
}

function transferOf(
  random: Random,
  from: CallIngredients,
  fromUserId: number | null,
  answeredAt: number,
  endedAt: number,
): CallLife["transfer"] {
  const toUserId = random.pick(from.userIds);
  if (!random.chance(0.05) || fromUserId === null || toUserId === null) return null;
  return { atSeconds: Math.floor((answeredAt + endedAt) / 2), fromUserId, toUserId };
}

function assignmentOf(random: Random, from: CallIngredients, endedAt: number): CallLife["assignment"] {
  const userId = random.pick(from.userIds);
  if (!random.chance(0.08) || userId === null) return null;
  return { atSeconds: afterwards(random, endedAt), userId };
}

/** The API does return null for some teams. */
function teamsOf(random: Random, from: CallIngredients): (number | null)[] {
  const teamId = random.pick(from.teamIds);
  if (teamId === null || random.chance(0.3)) return [];
  return random.chance(0.05) ? [null, teamId] : [teamId];
}
