import { INSIGHT_NAMES } from "../../emulator/index.ts";
import { count, duration, percent } from "../format.ts";
import { table } from "../markdown.ts";
import { sum } from "../statistics.ts";
import type { InsightCost, InsightResult, Step } from "./insights.ts";
import type { Results } from "./runs.ts";
import type { Staleness } from "./watch.ts";

/** Requests for each insight and each change of one, at most. */
const MOST_REQUESTS = { withEvents: 1.1, withoutEvents: 1.5 };

/** The section on insights in `docs/day.md`, of the runs that there are. */
export function insightReport({ insightEvents, insights }: Results): string {
  const runs = [
    { name: "with events", target: MOST_REQUESTS.withEvents, run: insightEvents },
    { name: "without events", target: MOST_REQUESTS.withoutEvents, run: insights },
  ].flatMap(({ name, target, run }) => (run?.insights ? [{ name, target, run, ...run.insights }] : []));
  const [first] = runs;
  if (!first) return "";
  return [
    introduction(first.run.callsOnDay, first),
    "### Requests for insights",
    requestTable(runs),
    verdicts(runs),
    "### Age of insights when they are captured",
    "From the instant at which an insight is ready to the instant at which it is captured:",
    ageTable(runs, "ready"),
    "From the instant of a change to the instant at which a document shows it. Aircall announces no change of an action item:",
    ageTable(runs, "changed"),
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

interface Run extends InsightResult {
  readonly name: string;
  /** Requests for each insight and change, at most. */
  readonly target: number;
}

function requestTable(runs: readonly Run[]): string {
  const costs = runs.flatMap(({ onDay, inAll }) => [onDay, inAll]);
  const purposes = [...new Set(costs.flatMap(({ requests }) => Object.keys(requests)))].sort((left, right) =>
    left.localeCompare(right, "en", { numeric: true }),
  );
  const row = (name: string, figure: (cost: InsightCost) => string) => [name, ...costs.map(figure)];
  return table(
    ["", ...runs.flatMap(({ name }) => [`${name}, on the day`, `${name}, until the last age`])],
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

function verdicts(runs: readonly Run[]): string {
  const verdict = (span: string, cost: InsightCost, target: number) => {
    const each = requestsForEach(cost);
    return `- ${span}: ${each.toFixed(2)}, which ${each <= target ? "meets" : "misses"} the target of ${target}`;
  };
  const lines = runs.flatMap(({ name, target, onDay, inAll }) => [
    verdict(`${name}, on the day`, onDay, target),
    verdict(`${name}, until the last age`, inAll, target),
  ]);
  const rereads = runs.map(({ name, inAll }) => `${rereadsForEach(inAll)} ${name}`).join(" and ");
  return [
    "Requests for each insight and change captured:",
    lines.join("\n"),
    `
What can change is read again at the age of 7 days, with events too, so that a change whose event was lost is captured in the end: four of
the nine insights of a call, a request each, of which one in ten has changed. Of the requests for each, that is ${rereads}.
\`advanced.reread_insights_after\` sets the ages.
`.trim(),
  ].join("\n\n");
}

function rereadsForEach({ requests, captured }: InsightCost): string {
  const rereads = Object.entries(requests).filter(([purpose]) => purpose.startsWith("re-read "));
  return (sum(rereads.map(([, quantity]) => quantity)) / captured).toFixed(2);
}

function ageTable(runs: readonly Run[], step: Step): string {
  const rows = INSIGHT_NAMES.flatMap((name) => {
    const found = runs.flatMap(({ staleness }) => staleness[name].filter(({ kind }) => kind === step));
    const [first] = found;
    return first?.count ? [[`\`${name}\``, count(first.count), ...found.flatMap(ages)]] : [];
  });
  return table(["insights", "count", ...runs.flatMap(({ name }) => heads(name, AGES))], rows);
}

function ages({ p50Seconds, p95Seconds, maxSeconds, neverSeen, count: all }: Staleness<Step>): string[] {
  return [duration(p50Seconds), duration(p95Seconds), duration(maxSeconds), percent(neverSeen, all)];
}

function heads(run: string, figures: readonly string[]): string[] {
  return figures.map((figure) => `${run}, ${figure}`);
}
