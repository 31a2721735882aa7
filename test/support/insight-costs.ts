import { count, duration, percent } from "../../bench/format.ts";
import { table } from "../../bench/markdown.ts";
import { shareOf } from "../../src/aircall/priorities.ts";
import { DEFAULT_REQUESTS_PER_MINUTE } from "../../src/spec.ts";
import { agesOf, throughSeconds } from "../../src/streams/insights/ages.ts";

/** Of the calls of the simulated day in docs/day.md. */
const RECORDED_SHARE = 2 / 3;
const SHARE_WITH_INSIGHTS = 1 / 2;

const CALLS_PER_PAGE = 50;
const MINUTES_PER_DAY = 24 * 60;
const COMPANY_QUOTA_PER_DAY = 120 * MINUTES_PER_DAY;
const HISTORY_DAYS = 30;

/** Kinds that are captured together, one of which is the transcription. */
interface Choice {
  readonly name: string;
  readonly kinds: number;
  /** Those that are read again. */
  readonly changing: number;
  /** Those that people can write for a call without a transcript. */
  readonly written: number;
}

const CHOICES: readonly Choice[] = [
  { name: "1: transcriptions", kinds: 1, changing: 0, written: 0 },
  { name: "5: those of AI Assist", kinds: 5, changing: 1, written: 0 },
  { name: "9: all", kinds: 9, changing: 4, written: 2 },
];

/** The table of costs in docs/insights.md: what is asked where each insight is there when its call is first asked. */
export function insightCostsTable(): string {
  const rows = [100, 1_000, 10_000].flatMap((calls) => CHOICES.map((choice) => rowOf(calls, choice)));
  return table(
    [
      "calls a day",
      "kinds",
      "requests a day",
      "share of the quota",
      "requests for a month's history",
      "time",
    ],
    rows,
  );
}

function rowOf(calls: number, choice: Choice): string[] {
  const daily = requestsADay(calls, choice);
  const history = HISTORY_DAYS * historyRequestsADay(calls, choice);
  const perMinute = Math.min(
    shareOf("insightHistory", DEFAULT_REQUESTS_PER_MINUTE),
    DEFAULT_REQUESTS_PER_MINUTE - daily / MINUTES_PER_DAY,
  );
  return [
    count(calls),
    choice.name,
    count(Math.round(daily)),
    percent(daily, COMPANY_QUOTA_PER_DAY),
    count(Math.round(history)),
    duration((60 * history) / perMinute),
  ];
}

/** The calls of a day, from the first age to the last one. */
function requestsADay(calls: number, { kinds, changing, written }: Choice): number {
  const ages = agesOf({ rereadInsightsAfterSeconds: [] });
  const lists = ages.map((ageSeconds) => Math.max(spansADay(ageSeconds), calls / CALLS_PER_PAGE));
  return (
    calls * SHARE_WITH_INSIGHTS * (kinds + changing) +
    calls * (RECORDED_SHARE - SHARE_WITH_INSIGHTS) * (ages.length + written) +
    lists.reduce((sum, pages) => sum + pages, 0)
  );
}

/** A call of the history is asked once. */
function historyRequestsADay(calls: number, { kinds, written }: Choice): number {
  return (
    calls * SHARE_WITH_INSIGHTS * kinds +
    calls * (RECORDED_SHARE - SHARE_WITH_INSIGHTS) * (1 + written) +
    calls / CALLS_PER_PAGE
  );
}

/** How many spans of calls come to an age on a day: each is listed by itself. */
function spansADay(ageSeconds: number): number {
  const minutes = Array.from({ length: MINUTES_PER_DAY }, (_, minute) =>
    throughSeconds(ageSeconds, 60 * minute),
  );
  return new Set(minutes).size;
}
