import { table } from "../markdown.ts";
import { KINDS, type Kind } from "./changes.ts";
import { POLICIES } from "./policies.ts";
import type { RunResult } from "./result.ts";
import type { RunName } from "./runs.ts";
import { count, duration, percent } from "./units.ts";
import type { Staleness } from "./watch.ts";

export type Results = Partial<Record<RunName, RunResult>>;

const OURS: readonly [RunName, string][] = [
  ["listed", "this connector"],
  ["tail", POLICIES.tail.title],
  ["week", POLICIES.week.title],
  ["everything", POLICIES.everything.title],
];

export function requestsForCalls({ requests }: RunResult): number {
  return sum(Object.entries(requests).filter(([name]) => name.startsWith("calls, ")));
}

/** The small day, for whoever works on the connector or on this. Late changes are not waited for. */
export function smallReport(results: Results): string {
  return [
    requestTable([
      ["calls listed in progress", results.small],
      ["only once ended", results.smallUnlisted],
    ]),
    "",
    ...stalenessSection("Where calls are listed in progress", results.small),
    ...stalenessSection("Where calls are listed only once they have ended", results.smallUnlisted),
    ...complaints(results),
  ].join("\n");
}

/** `docs/day.md`. */
export function fullReport(results: Results): string {
  return [
    ...INTRODUCTION,
    "## Requests",
    "",
    "What a whole day takes, by stream and by what the requests are for. The quota allows 144,000 at the connector's default of 100 a minute.",
    "",
    requestTable([
      [`${day(results.listed)} calls`, results.listed],
      ["the same, listed once ended", results.unlisted],
      [`${day(results.busy)} calls`, results.busy],
    ]),
    "",
    "## Staleness",
    "",
    "From the instant of a change to the instant at which a captured document first shows it.",
    "",
    ...stalenessSection("Where Aircall lists calls in progress", results.listed),
    ...stalenessSection("Where Aircall lists calls only once they have ended", results.unlisted),
    ...stalenessSection(`With ${day(results.busy)} calls a day`, results.busy, [
      "end",
      "soonTag",
      "soonComment",
    ]),
    "## Beside other ways",
    "",
    ...COMPARISON,
    "",
    comparisonTable(results),
    "",
    "![Staleness against requests a day](day.png)",
    "",
    ...complaints(results),
  ].join("\n");
}

const INTRODUCTION = [
  "# A day in the life of a capture",
  "",
  "How many requests a working day takes, and how old each kind of change is when it is captured. The whole",
  "connector, all nine streams, follows the emulator through a Wednesday on a simulated clock, under its own request budget; a",
  "request takes 300 ms. It has read the history long ago, and starts four hours before the day. The account has 183 days of calls,",
  "of which half last less than about 3 minutes, 10,000 contacts, and 2,000 edits of contacts on the day. After a call, people tag,",
  "comment and assign within 10 minutes, and one time in ten 1 to 10 days later. One recording in twenty is late, evenly on a",
  "logarithmic scale from a minute to 20 hours. After the measured day no more calls start, and the clock runs on for 31 days, so",
  "that late looks at its calls count too; for 6 hours in the run with ten times as many calls.",
  "",
  `Made by \`npm run bench:day\` with Node ${process.version}; the figures are the same on every machine.`,
  "",
];

const COMPARISON = [
  "The same day, the same account where calls are listed in progress, the same client and budget, read in other ways. Each",
  "makes a pass every 5 minutes, or as soon as the budget lets it: a tail from the last start seen that reads each",
  "call once more at 24 hours; the last 7 days; everything that Aircall lists. A change that is never captured counts as",
  'later than all others, so that "never" at p95 says that at least one in twenty was missed.',
];

function requestTable(columns: readonly [title: string, result: RunResult | undefined][]): string {
  const names = [...new Set(columns.flatMap(([, result]) => Object.keys(result?.requests ?? {})))].sort(
    (left, right) => left.localeCompare(right, "en", { numeric: true }),
  );
  const cells = (of: (result: RunResult) => number) =>
    columns.map(([, result]) => (result === undefined ? "" : count(of(result))));
  return table(
    ["requests", ...columns.map(([title]) => title)],
    [
      ...names.map((name) => [name, ...cells(({ requests }) => requests[name] ?? 0)]),
      ["**all for calls**", ...cells(requestsForCalls)],
      ["**all**", ...cells(({ requests }) => sum(Object.entries(requests)))],
    ],
  );
}

function stalenessSection(title: string, result: RunResult | undefined, kinds?: readonly Kind[]): string[] {
  const wanted = (result?.staleness ?? []).filter(({ kind }) => kinds?.includes(kind) ?? true);
  const rows = wanted.map((staleness) => [
    KINDS[staleness.kind],
    count(staleness.count),
    ...figures(staleness),
  ]);
  return [`### ${title}`, "", table(["change", "count", "p50", "p95", "p99", "never seen"], rows), ""];
}

function comparisonTable(results: Results): string {
  const rows = OURS.flatMap(([run, title]) => {
    const result = results[run];
    const end = result?.staleness.find(({ kind }) => kind === "end");
    const late = result?.staleness.find(({ kind }) => kind === "lateTag");
    if (!result || !end || !late) return [];
    return [[title, count(requestsForCalls(result)), ...figures(end), ...figures(late)]];
  });
  const figureNames = (of: string) => ["p50", "p95", "p99", "never"].map((name) => `${of}, ${name}`);
  return table(["", "requests for calls", ...figureNames("end"), ...figureNames("late tag")], rows);
}

function figures({ p50Seconds, p95Seconds, p99Seconds, neverSeen, count: all }: Staleness): string[] {
  return [duration(p50Seconds), duration(p95Seconds), duration(p99Seconds), percent(neverSeen, all)];
}

/** A run with warnings or refused requests is not a plain day: it is said. */
function complaints(results: Results): string[] {
  return Object.entries(results).flatMap(([name, { refused, complaints: lines }]) => {
    if (refused === 0 && lines.length === 0) return [];
    return [
      `In the run "${name}", ${refused} requests were refused, and ${lines.length} warnings came: ${lines[0] ?? ""}`,
    ];
  });
}

function day(result: RunResult | undefined): string {
  return count(result?.callsOnDay ?? 0);
}

function sum(entries: readonly (readonly [string, number])[]): number {
  return entries.reduce((total, [, value]) => total + value, 0);
}
