import { hashText, Random } from "../random.ts";
import { placeOfId } from "./call-ids.ts";
import type { CallLife } from "./call-life.ts";
import { INSIGHT_NAMES, type InsightName } from "./insight-kinds.ts";
import { NEVER, SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_MINUTE } from "./time.ts";

/** Everything that happens to one insight of a call. */
export interface InsightLife {
  readonly callId: number;
  readonly name: InsightName;
  /** In ascending order. The insight is ready at the instant of its first version. */
  readonly versions: readonly [InsightVersion, ...InsightVersion[]];
}

export interface InsightVersion {
  readonly atSeconds: number;
  /** The fields that a test has set. */
  readonly content: object;
}

const LATE_EVALUATION_SECONDS = [2 * SECONDS_PER_HOUR, 2 * SECONDS_PER_DAY] as const;
const CHANGE_AFTER_SECONDS = [2 * SECONDS_PER_HOUR, 3 * SECONDS_PER_DAY] as const;

/** Nothing happens to the insights of a call later than this after the call has its recording or voicemail. */
export const LONGEST_INSIGHT_SECONDS =
  SECONDS_PER_HOUR + LATE_EVALUATION_SECONDS[1] + CHANGE_AFTER_SECONDS[1];

/** The insights of a call that has a recording or voicemail, in the order of their names. */
export function generateInsights(call: CallLife, seed: number): InsightLife[] {
  const { day, index } = placeOfId(call.id);
  const random = new Random(seed, hashText("insights"), day, index);
  const readyAt = readyTimes(random, call);
  return INSIGHT_NAMES.map((name) => {
    const first = { atSeconds: readyAt[name], content: {} };
    const changes = CHANGING.has(name) && random.chance(0.1);
    const changedAt = readyAt[name] + Math.round(random.logUniform(...CHANGE_AFTER_SECONDS));
    const versions = changes ? ([first, { atSeconds: changedAt, content: {} }] as const) : ([first] as const);
    return { callId: call.id, name, versions };
  });
}

/** The kinds that people edit. */
const CHANGING: ReadonlySet<InsightName> = new Set([
  "action_items",
  "custom_summaries",
  "playbook_results",
  "evaluations",
]);

/** The recording is transcribed in a tenth of the time that it takes. All else is made from the transcript. */
function readyTimes(random: Random, call: CallLife): Record<InsightName, number> {
  const transcribedAt = call.assetAt + Math.ceil(spokenSeconds(call) / 10);
  const after = (shortest: number, longest: number) => transcribedAt + random.integer(shortest, longest);
  const summarizedAt = after(3, 10);
  const evaluatedAt = after(SECONDS_PER_MINUTE, 10 * SECONDS_PER_MINUTE);
  const isEvaluatedLate = random.chance(0.05);
  const evaluatedLateAt = transcribedAt + Math.round(random.logUniform(...LATE_EVALUATION_SECONDS));
  return {
    transcriptions: transcribedAt,
    sentiments: after(2, 8),
    topics: after(2, 8),
    summaries: summarizedAt,
    action_items: after(3, 12),
    custom_summaries: after(20, 3 * SECONDS_PER_MINUTE),
    playbook_results: after(30, 4 * SECONDS_PER_MINUTE),
    evaluations: isEvaluatedLate ? evaluatedLateAt : evaluatedAt,
    predicted_csats: summarizedAt,
  };
}

/** How long somebody spoke: the talk time of an answered call, the length of a voicemail, or a minute of a call that goes on. */
export function spokenSeconds(call: CallLife): number {
  return call.endedAt < NEVER ? call.endedAt - spokenFrom(call) : SECONDS_PER_MINUTE;
}

/** When the first word was spoken. */
export function spokenFrom({ startedAt, answeredAt, endedAt }: CallLife): number {
  return answeredAt < endedAt ? answeredAt : startedAt;
}

/** The position of the version at an instant, or -1 if the insight is not ready by then. */
export function versionAt({ versions }: InsightLife, atSeconds: number): number {
  return versions.findLastIndex((version) => version.atSeconds <= atSeconds);
}
