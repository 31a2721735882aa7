import { count, duration, percent } from "../format.ts";
import { table } from "../markdown.ts";
import { sum } from "../statistics.ts";
import { KINDS, type Kind } from "./changes.ts";
import { POLICIES } from "./policies.ts";
import type { Results, RunName } from "./runs.ts";
import type { Staleness } from "./watch.ts";
import type { RunResult } from "./world.ts";

/** The runs that are compared with each other. */
export const WAYS: readonly [RunName, string][] = [
  ["listed", "this connector"],
  ["tail", POLICIES.tail.title],
  ["week", POLICIES.week.title],
  ["everything", POLICIES.everything.title],
];

export function requestsForCalls({ requests }: RunResult): number {
  const forCalls = Object.entries(requests).filter(([name]) => name.startsWith("calls, "));
  return sum(forCalls.map(([, value]) => value));
}

/** The small day. Its late changes are not waited for. */
export function smallDayReport(results: Results): string {
  return [
    requestTable([
      ["calls listed in progress", results.small],
      ["only once ended", results.smallUnlisted],
    ]),
    ...stalenessSection("Where calls are listed in progress", results.small),
    ...stalenessSection("Where calls are listed only once they have ended", results.smallUnlisted),
    ...complaints(results),
  ].join("\n\n");
}

/** `docs/day.md`. */
export function dayReport(results: Results): string {
  const calls = (result: RunResult | undefined) => `${count(result?.callsOnDay ?? 0)} calls`;
  return [
    "# A day in the life of a capture",
    INTRODUCTION,
    `Made by \`npm run bench:day\` with Node ${process.version}; the figures are the same on every machine.`,
    "## Requests",
    "What a whole day takes, by stream and purpose. The quota allows 144,000 at the connector's default of 100 a minute.",
    requestTable([
      [calls(results.listed), results.listed],
      ["the same, listed once ended", results.unlisted],
      [calls(results.busy), results.busy],
    ]),
    "## Staleness",
    "From the instant of a change to the instant at which a captured document first shows it.",
    ...stalenessSection("Where Aircall lists calls in progress", results.listed),
    ...stalenessSection("Where Aircall lists calls only once they have ended", results.unlisted),
    ...stalenessSection(`With ${calls(results.busy)} a day`, results.busy, ["end", "soonTag", "soonComment"]),
    "## Beside other ways",
    COMPARISON,
    comparisonTable(results),
    "![Staleness against requests a day](day.svg)",
    ...complaints(results),
  ]
    .join("\n\n")
    .concat("\n");
}

const INTRODUCTION = `
How many requests a working day takes, and how old each kind of change is when it is captured. The whole
connector, all nine streams, follows the emulator through a Wednesday on a simulated clock, under its own request budget; a
request takes 300 ms. It has read the history long ago, and starts four hours before the day. The account has 183 days of calls,
of which half last less than about 3 minutes, 10,000 contacts, and 2,000 edits of contacts on the day. After a call, people tag,
comment and assign within 10 minutes, and one time in ten 1 to 10 days later. One recording in twenty is late, evenly on a
logarithmic scale from a minute to 20 hours. After the measured day no more calls start, and the clock runs on for 31 days, so
that late re-reads of its calls count too; for 6 hours in the run with ten times as many calls.
`.trim();

const COMPARISON = `
The same day, the same account where calls are listed in progress, the same client and budget, read in other ways. Each
makes a pass every 5 minutes, or as soon as the budget lets it: a tail from the last start seen that reads each
call once more at 24 hours; the last 7 days; everything that Aircall lists. A change that is never captured counts as
later than all others: "never" at p95 means that at least one in twenty was missed.
`.trim();

function requestTable(columns: readonly [title: string, result: RunResult | undefined][]): string {
  const names = [...new Set(columns.flatMap(([, result]) => Object.keys(result?.requests ?? {})))].sort(
    (left, right) => left.localeCompare(right, "en", { numeric: true }),
  );
  const row = (name: string, quantity: (result: RunResult) => number) => [
    name,
    ...columns.map(([, result]) => (result ? count(quantity(result)) : "")),
  ];
  return table(
    ["requests", ...columns.map(([title]) => title)],
    [
      ...names.map((name) => row(name, ({ requests }) => requests[name] ?? 0)),
      row("**all for calls**", requestsForCalls),
      row("**all**", ({ requests }) => sum(Object.values(requests))),
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
  return [`### ${title}`, table(["change", "count", "p50", "p95", "p99", "never seen"], rows)];
}

function comparisonTable(results: Results): string {
  const rows = WAYS.flatMap(([run, title]) => {
    const result = results[run];
    const [end, late] = (["end", "lateTag"] as const).map((kind) =>
      result?.staleness.find((staleness) => staleness.kind === kind),
    );
    if (!result || !end || !late) return [];
    return [[title, count(requestsForCalls(result)), ...figures(end), ...figures(late)]];
  });
  const heads = (kind: string) => ["p50", "p95", "p99", "never"].map((figure) => `${kind}, ${figure}`);
  return table(["", "requests for calls", ...heads("end"), ...heads("late tag")], rows);
}

function figures({ p50Seconds, p95Seconds, p99Seconds, neverSeen, count: all }: Staleness): string[] {
  return [duration(p50Seconds), duration(p95Seconds), duration(p99Seconds), percent(neverSeen, all)];
}

/** Reports warnings and refused requests, which a plain day does not have. */
function complaints(results: Results): string[] {
  return Object.entries(results).flatMap(([name, { refused, complaints: lines }]) =>
    refused === 0 && lines.length === 0
      ? []
      : [
          `In the run "${name}", ${refused} requests were refused, and ${lines.length} warnings were logged: ${lines[0] ?? ""}`,
        ],
  );
}
