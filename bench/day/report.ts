import { count, duration, percent } from "../format.ts";
import { table } from "../markdown.ts";
import { sum } from "../statistics.ts";
import { KINDS, type Kind } from "./changes.ts";
import { insightReport } from "./insight-report.ts";
import { POLICIES } from "./policies.ts";
import type { Results, RunName } from "./runs.ts";
import type { Wait } from "./waits.ts";
import type { Staleness } from "./watch.ts";
import type { RunResult } from "./world.ts";

/** The runs that are compared with each other. */
export const WAYS: readonly [RunName, string][] = [
  ["events", "this connector, with events"],
  ["lossy", "with events, one in ten lost"],
  ["listed", "this connector, without events"],
  ["ages", "without events and spare requests"],
  ["tail", POLICIES.tail.title],
  ["week", POLICIES.week.title],
  ["everything", POLICIES.everything.title],
];

export function requestsForCalls({ requests }: RunResult): number {
  return requestsWhere(requests, (name) => name.startsWith("calls, "));
}

/** Requests that are sent only where nothing else needs them. */
function spareRequests({ requests }: RunResult): number {
  return requestsWhere(requests, (name) => name === "calls, spare re-read");
}

function allRequests({ requests }: RunResult): number {
  return requestsWhere(requests, () => true);
}

function requestsWhere(requests: RunResult["requests"], isWanted: (name: string) => boolean): number {
  return sum(Object.entries(requests).map(([name, value]) => (isWanted(name) ? value : 0)));
}

/** The small day. Its late changes are not waited for. */
export function smallDayReport(results: Results): string {
  return [
    requestTable([
      ["calls listed in progress", results.small],
      ["only once ended", results.smallUnlisted],
      ["with events", results.smallEvents],
    ]),
    ...stalenessSection("Where calls are listed in progress", results.small),
    ...stalenessSection("Where calls are listed only once they have ended", results.smallUnlisted),
    ...stalenessSection("With events", results.smallEvents),
    ...complaints(results),
  ].join("\n\n");
}

/** `docs/day.md`. */
export function dayReport(results: Results, waits: readonly Wait[]): string {
  const calls = (result: RunResult | undefined) => `${count(result?.callsOnDay ?? 0)} calls`;
  return [
    "# A day in the life of a capture",
    INTRODUCTION,
    `Made by \`npm run bench:day\` with Node ${process.version}; the figures are the same on every machine.`,
    "![Staleness against requests a day](day.svg)",
    "## Requests",
    "What a whole day takes, by stream and purpose. The quota allows 144,000 at the connector's default of 100 a minute.",
    requestTable([
      ["with events", results.events],
      ["events lost", results.lossy],
      ["without events", results.listed],
      ["without spare requests", results.ages],
      ["the same, listed once ended", results.unlisted],
      [`the same, ${calls(results.busy)}`, results.busy],
      [`without events, ${calls(results.thousand)}`, results.thousand],
      ["the same, a pass a night", results.nightly],
    ]),
    ...costOfEvents(results.events, waits),
    "## Staleness",
    "From the instant of a change to the instant at which a captured document first shows it.",
    ...stalenessSection("With events", results.events),
    ...stalenessSection("With events, of which one in ten is lost, and all of an hour", results.lossy),
    ...lostSection(results),
    ...stalenessSection("Without events", results.listed),
    ...stalenessSection("Without events and spare requests", results.ages),
    ...stalenessSection(
      "Without events and spare requests, where Aircall lists calls only once they have ended",
      results.unlisted,
    ),
    ...stalenessSection(`Without events, with ${calls(results.thousand)} a day`, results.thousand),
    ...stalenessSection(`With ${calls(results.thousand)} a day and a pass a night`, results.nightly),
    ...stalenessSection(
      `Without events and spare requests, with ${calls(results.busy)} a day`,
      results.busy,
      ["end", "soonTag", "soonComment"],
    ),
    "## Beside other ways",
    COMPARISON,
    comparisonTable(results),
    "## Insights",
    `<!-- insights -->\n${insightReport(results)}\n<!-- end of insights -->`,
    ...complaints(results),
  ]
    .join("\n\n")
    .concat("\n");
}

const INTRODUCTION = `
How many requests a working day takes, and how old each kind of change is when it is captured. The whole
connector, all streams that discovery enables, follows the emulator through a Wednesday on a simulated clock, under its own request
budget; a request takes 300 ms. It has read the history long ago, and starts four hours before the day. The account has 183 days of
calls, of which half last less than about 3 minutes, 10,000 contacts, and 2,000 edits of contacts on the day. After a call, people
tag, comment and assign within 10 minutes, and one time in ten 1 to 10 days later. One recording in twenty is late, evenly on a
logarithmic scale from a minute to 20 hours. After the measured day no more calls start, and the clock runs on until every change has
been captured, for at most 31 days; for 6 hours in the run with ten times as many calls.

With events, the emulator sends over HTTP, within the second, what Aircall announces. In one run, one event in ten is lost, and
Aircall sends nothing from 11 to 12 o'clock, UTC. Spare requests, with which calls are read again between the re-read ages, are not
sent as long as events come. None are sent in the run with losses, nor in those "without spare requests": \`advanced.spare_share\`
is 0 in these, so that they show what events, polls and re-read ages do by themselves. By default, some are sent for a day after the
capture has noticed that no events came.

The account of 1,000 calls a day has 1,000 contacts and 200 edits; one of its runs makes a pass a night, at 2 o'clock, in place of
following.
`.trim();

const COMPARISON = `
The same day, the same account where calls are listed in progress, the same client and budget, read in other ways. Each
makes a pass every 5 minutes, or as soon as the budget lets it: a tail from the last start seen that reads each
call once more at 24 hours; the last 7 days; everything that Aircall lists. A change that is never captured counts as
later than all others: "never" at p95 means that at least one in twenty was missed.
`.trim();

/** What the requests with events are spent on. */
function costOfEvents(result: RunResult | undefined, waits: readonly Wait[]): string[] {
  if (!result) return [];
  const { requests, staleness } = result;
  const changes = sum(staleness.map(({ kind, count: each }) => (kind === "contact" ? 0 : each)));
  const touched = requestsWhere(requests, (name) => name.startsWith("calls, touched"));
  const polled = requestsForCalls(result) - touched;
  const contacts = requestsWhere(requests, (name) => name.startsWith("contacts, "));
  const lists = allRequests(result) - touched - polled - contacts;
  return [
    `
Of the ${count(allRequests(result))} requests with events, ${count(touched)} read the ${count(changes)} changes of calls,
${(changes / touched).toFixed(1)} changes each; ${count(contacts)} are for contacts, and ${count(lists)} for the small lists and the webhook. The
other ${count(polled)} poll and re-read calls as without events, so that a change whose event is lost is captured as soon as
polling does that. An event is not captured in place of what it announces, since it does not show a call as Aircall lists it. What
Aircall answers may lag an event, so a call that no poll reads any more and that is read within two seconds of its latest event is read once more.

A request reads one call, or up to 50 that started one after the other. So changes share a request only if they come within the few
seconds for which the first of them waits, to calls that started at about the same time. How many requests read the changes of this
day's calls depends on how long they may wait, beside all other requests:
`.trim(),
    table(
      ["wait", ...waits.map(({ seconds }) => `${seconds} s`)],
      [["requests", ...waits.map(({ requests: each }) => count(each))]],
    ),
  ];
}

/** What no event announced, beside the same kinds of changes in the run without events. */
function lostSection({ lossy, ages }: Results): string[] {
  if (!lossy?.unannounced || !ages) return [];
  const rows = lossy.unannounced.map((lost) => {
    const polled = ages.staleness.find(({ kind }) => kind === lost.kind);
    return [
      KINDS[lost.kind],
      count(lost.count),
      ...figures(lost),
      ...(polled ? figures(polled).slice(0, 3) : ["", "", ""]),
    ];
  });
  const heads = [
    "change",
    "count",
    "p50",
    "p95",
    "p99",
    "never seen",
    "polled, p50",
    "polled, p95",
    "polled, p99",
  ];
  return [
    "The changes of this run whose events were lost, and beside them how old changes are in the run without events and spare requests:",
    table(heads, rows),
  ];
}

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
      row("**all but spare re-reads**", (result) => allRequests(result) - spareRequests(result)),
      row("**all**", allRequests),
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

function figures({ p50Seconds, p95Seconds, p99Seconds, neverSeen, count: all }: Staleness<string>): string[] {
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
