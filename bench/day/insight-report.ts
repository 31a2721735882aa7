import { INSIGHT_NAMES } from "../../emulator/index.ts";
import { count, duration, percent } from "../format.ts";
import { table } from "../markdown.ts";
import { sum } from "../statistics.ts";
import { KINDS } from "./changes.ts";
import type { InsightCost, InsightResult, Step } from "./insights.ts";
import type { Results } from "./runs.ts";
import type { Staleness } from "./watch.ts";
import type { RunResult } from "./world.ts";

/** Requests for each insight and each change of one, at most. */
const MOST_REQUESTS = { withEvents: 1.1, withoutEvents: 1.5 };

/** The section on insights in `docs/day.md`. */
export function insightReport({ insightEvents, insights }: Results): string {
  if (!insightEvents?.insights || !insights?.insights) return "";
  const runs = [insightEvents.insights, insights.insights] as const;
  return [
    introduction(insightEvents.callsOnDay, runs[0]),
    "### Requests for insights",
    requestTable(runs),
    verdicts(runs),
    "### Age of insights when they are captured",
    "From the instant at which an insight is ready to the instant at which it is captured, in each run:",
    ageTable(runs, "ready"),
    "From the instant of a change to the instant at which a document shows it. Aircall announces no change of an action item:",
    ageTable(runs, "changed"),
    "### Calls and contacts beside insights",
    "In the run with events, to be compared with those of runs without insights above:",
    stalenessTable(insightEvents.staleness),
  ].join("\n\n");
}

function introduction(callsOnDay: number, { calls }: InsightResult): string {
  return `
A day of ${count(callsOnDay)} calls with all nine [streams of insights](insights.md): ${count(calls)} of the calls have insights. A transcript is there half a minute and a tenth of
the talk time after the recording, and what Aircall makes of it within seconds to minutes, but for one evaluation in twenty, which takes 2 hours to 2 days.
Action items, custom summaries, playbook results and evaluations change in one case in ten, 2 hours to 3 days later. The clock runs on for 8
days, until the calls have come to the last age, 7 days, at which what can change is read again. Only what concerns the calls of the day is counted:
their insights, their changes, and the requests for both, lists of calls included. The run without events has no spare requests, which never go before
insights.
`.trim();
}

const AGES = ["p50", "p95", "max", "never"];

type Runs = readonly [withEvents: InsightResult, without: InsightResult];

function requestTable(runs: Runs): string {
  const costs = runs.flatMap(({ onDay, inAll }) => [onDay, inAll]);
  const purposes = [...new Set(costs.flatMap(({ requests }) => Object.keys(requests)))].sort((left, right) =>
    left.localeCompare(right, "en", { numeric: true }),
  );
  const row = (name: string, figure: (cost: InsightCost) => string) => [name, ...costs.map(figure)];
  return table(
    [
      "",
      "with events, on the day",
      "with events, in 9 days",
      "without events, on the day",
      "without, in 9 days",
    ],
    [
      ...purposes.map((purpose) => row(nameOf(purpose), ({ requests }) => count(requests[purpose] ?? 0))),
      row("**all requests**", (cost) => count(requestsOf(cost))),
      row("insights and changes captured", ({ captured }) => count(captured)),
      row("**requests for each**", (cost) => requestsForEach(cost).toFixed(2)),
    ],
  );
}

function nameOf(purpose: string): string {
  if (purpose === "calls") return "lists of calls";
  return purpose === "for other insights" ? "transcripts asked for by other streams" : purpose;
}

function requestsOf({ requests }: InsightCost): number {
  return sum(Object.values(requests));
}

function requestsForEach(cost: InsightCost): number {
  return requestsOf(cost) / cost.captured;
}

function verdicts([withEvents, without]: Runs): string {
  const verdict = (name: string, cost: InsightCost, most: number) => {
    const each = requestsForEach(cost);
    return `- ${name}: ${each.toFixed(2)}, which ${each <= most ? "meets" : "misses"} the target of ${most}`;
  };
  return [
    "Requests for each insight and change captured:",
    [
      verdict("with events, on the day", withEvents.onDay, MOST_REQUESTS.withEvents),
      verdict("with events, until the last age", withEvents.inAll, MOST_REQUESTS.withEvents),
      verdict("without events, on the day", without.onDay, MOST_REQUESTS.withoutEvents),
      verdict("without events, until the last age", without.inAll, MOST_REQUESTS.withoutEvents),
    ].join("\n"),
    `
What can change is read again at the age of 7 days: four of the nine insights of a call, a request each, of which one in ten has changed.
That is ${rereadsForEach(withEvents.inAll)} of the requests for each with events and ${rereadsForEach(without.inAll)} without. These requests are sent with events
too, so that a change whose event was lost is captured in the end. \`advanced.reread_insights_after\` sets the ages.
`.trim(),
  ].join("\n\n");
}

function rereadsForEach({ requests, captured }: InsightCost): string {
  const rereads = Object.entries(requests).filter(([purpose]) => purpose.startsWith("re-read "));
  return (sum(rereads.map(([, quantity]) => quantity)) / captured).toFixed(2);
}

function ageTable(runs: Runs, step: Step): string {
  const rows = INSIGHT_NAMES.flatMap((name) => {
    const [first, second] = runs.map(({ staleness }) => staleness[name].find(({ kind }) => kind === step));
    if (!first?.count || !second) return [];
    return [[`\`${name}\``, count(first.count), ...ages(first), ...ages(second)]];
  });
  return table(["insights", "count", ...heads("with events", AGES), ...heads("without", AGES)], rows);
}

function ages({ p50Seconds, p95Seconds, maxSeconds, neverSeen, count: all }: Staleness<Step>): string[] {
  return [duration(p50Seconds), duration(p95Seconds), duration(maxSeconds), percent(neverSeen, all)];
}

function stalenessTable(staleness: RunResult["staleness"]): string {
  return table(
    ["change", "count", "p50", "p95", "p99"],
    staleness.map(({ kind, count: all, p50Seconds, p95Seconds, p99Seconds }) => [
      KINDS[kind],
      count(all),
      ...[p50Seconds, p95Seconds, p99Seconds].map(duration),
    ]),
  );
}

function heads(run: string, figures: readonly string[]): string[] {
  return figures.map((figure) => `${run}, ${figure}`);
}
