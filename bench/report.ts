import { count, percent } from "./day/units.ts";
import { addedText, OUTPUT_NAMES, rounded, UNKNOWN } from "./format.ts";
import { table, tableBelow } from "./markdown.ts";
import type { AccountCaptures, Capture, Output } from "./measure/captures.ts";
import type { SideBySide } from "./measure/side-by-side.ts";
import { cpuSecondsPerMillion, documentsPerSecond, medianOf, OUTPUTS, type Results } from "./results.ts";
import { median, spread } from "./statistics.ts";
import { verdicts } from "./targets.ts";

/** `docs/benchmarks.md`; `day` is the text of `docs/day.md`, if there is one. */
export function report(results: Results, command: string, day: string | undefined): string {
  return [
    "# Benchmarks",
    "",
    ...introduction(results, command),
    "![Memory, rates, CPU time, captures side by side](benchmarks.png)",
    "",
    ...section("Targets", [verdictTable(results)]),
    ...section("Start-up", startSection(results)),
    ...section("Captures", captureSection(results)),
    ...section("Where the time goes", profileSection(results)),
    ...section("Requests", requestSection(results)),
    ...section("Freshness", freshnessSection(day)),
    ...section("Side by side", sideBySideSection(results.sideBySide)),
  ].join("\n");
}

/** A share of a core, which the measurements would miss. */
const QUIET_LOAD = 0.5;

function introduction({ machine, captures, loadBefore }: Results, command: string): string[] {
  const runs = captures
    .map((account) => `${account.flow.length} of ${count(account.calls)} calls`)
    .join(", ");
  return [
    `Made by \`${command}\` on ${machine.cores} × ${machine.cpu} (${machine.platform}) with Node ${machine.node.slice(1)}. The figures that`,
    "two machines can share are ratios and counts: rates and times are those of this machine, where the emulator has to be",
    `served as well. Medians of several runs (${runs}), with half of their spread behind ±. All runs are in \`bench/results.json\`.`,
    "`npm run bench -- --compare` measures again and tells what got worse.",
    ...(loadBefore > QUIET_LOAD
      ? [
          "",
          `**The machine was busy with other work when this was measured (load ${loadBefore.toFixed(1)}).**`,
        ]
      : []),
    "",
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return [`## ${title}`, "", ...lines, ""];
}

function verdictTable(results: Results): string {
  const words = (isMet: boolean | undefined) =>
    isMet === undefined ? UNKNOWN : isMet ? "met" : "**not met**";
  return table(
    ["target", "found", ""],
    verdicts(results).map(({ target, found, isMet }) => [target, found, words(isMet)]),
  );
}

function startSection(results: Results): string[] {
  const { bareSeconds, specSeconds, discoverSeconds, demoSeconds } = results.starts;
  const row = (what: string, seconds: readonly number[]) => [
    what,
    `${(1000 * median(seconds)).toFixed(0)} ms ${plusMinus(seconds)}`,
    `${(median(seconds) / median(bareSeconds)).toFixed(2)}`,
  ];
  return [
    `Whole processes from start to exit, ${bareSeconds.length} of each, in turns; the demo ${demoSeconds.length} times.`,
    "",
    table(
      ["process", "time", "times a bare Node"],
      [
        row("`node -e 0`", bareSeconds),
        row("`spec`", specSeconds),
        row("`discover`", discoverSeconds),
        row("the demo, emulator included", demoSeconds),
      ],
    ),
  ];
}

function captureSection({ captures }: Results): string[] {
  return [
    "All calls of an account of 180 days, read from an emulator without a limit that runs in a process of its own, by the",
    "command of the image to standard output and by `capture` into a DuckDB file. CPU and memory are read from outside, from `/proc`.",
    "",
    table(
      [
        "calls",
        "to",
        "documents a second",
        "CPU seconds a million",
        "peak memory",
        "requests",
        "emulator busy",
      ],
      captures.flatMap((account) => OUTPUTS.map((output) => captureRow(account, output))),
    ),
    "",
    "The emulator is not what limits them: it is busy for the share of the time in the last column, and a process that reads the same",
    "lists and drops them gets",
    "",
    table(
      ["calls", "documents a second, read and dropped", "times the capture to standard output"],
      captures.map((account) => {
        const bare = median(account.bareDocumentsPerSecond);
        const rate = medianOf(account.flow, documentsPerSecond) ?? Number.NaN;
        return [count(account.calls), rounded(bare), (bare / rate).toFixed(1)];
      }),
    ),
  ];
}

function captureRow(account: AccountCaptures, output: Output): string[] {
  const runs = account[output];
  const known = (quantity: (capture: Capture) => number | null) =>
    runs.map(quantity).filter((value) => value !== null);
  const peaks = known(({ peakMiB }) => peakMiB);
  const busy = median(runs.map(({ emulatorCpuSeconds, seconds }) => emulatorCpuSeconds / seconds));
  return [
    count(account.calls),
    OUTPUT_NAMES[output],
    `${rounded(medianOf(runs, documentsPerSecond))} ${plusMinus(runs.map(documentsPerSecond))}`,
    medianOf(runs, cpuSecondsPerMillion)?.toFixed(0) ?? UNKNOWN,
    peaks.length === 0 ? UNKNOWN : `${median(peaks).toFixed(0)} MiB ${plusMinus(peaks)}`,
    count(Math.round(median(runs.map(({ requests }) => requests)))),
    percent(busy, 1),
  ];
}

function profileSection({ profile }: Results): string[] {
  const rows = ({ name, share }: { name: string; share: number }) => [name, percent(share, 1)];
  return [
    `Own time in a session over ${count(profile.calls)} calls, by \`node --cpu-prof\`, of the time in which it was not idle.`,
    "What was done about the largest of them is told in [decision 21](decisions/0021-less-work-for-a-document.md).",
    "",
    table(["part", "share"], profile.modules.map(rows)),
    "",
    table(["function", "share"], profile.functions.map(rows)),
  ];
}

function requestSection({ requests, quota }: Results): string[] {
  return [
    "On a simulated clock, where an answer takes 300 ms: these figures are the same on every machine. All nine streams take part in the",
    "hour and the day. What the looks at the present take while a backfill goes on is not counted for it.",
    "",
    table(
      ["task", "records", "requests", "a thousand records", "least", "the least is", "share of 100 a minute"],
      requests.map(({ task, records, requests: sent, least, leastIs, allowed }) => [
        task,
        count(records),
        count(sent),
        task.startsWith("idle") ? "" : ((1000 * sent) / records).toFixed(1),
        count(least),
        leastIs,
        allowed === null ? "" : percent(sent, allowed),
      ]),
    ),
    "",
    "What a busy day takes beyond its least is for changes: each call is read again until it is half an hour old, and at six later ages.",
    "How much of a company's quota a backfill uses, after two minutes in which it may learn the limit:",
    "",
    table(
      ["requests a minute", "window", "an answer takes", "used", "refused"],
      quota.map(({ limit, windowShape, latencyMs, usedShare, refusedShare }) => [
        count(limit),
        windowShape,
        `${latencyMs / 1000} s`,
        percent(usedShare, 1),
        percent(refusedShare, 1),
      ]),
    ),
  ];
}

function freshnessSection(day: string | undefined): string[] {
  const found = tableBelow(day ?? "", "Where Aircall lists calls in progress");
  if (found === "") return ["`npm run bench:day` measures it, on a simulated day."];
  return [
    "How old a change is when it is captured, on a simulated day. [day.md](day.md) has the whole of it, and other ways of reading",
    "calls beside it; where Aircall lists calls in progress:",
    "",
    found,
  ];
}

function sideBySideSection(runs: readonly SideBySide[]): string[] {
  return [
    `Captures of different accounts on one machine, a process each, of ${count(runs[0]?.callsEach ?? 0)} calls each. Memory is what all take together when`,
    "the last of them has caught up, and counts once what they share, such as the program Node itself.",
    "",
    table(
      ["captures", "until all have caught up", "CPU seconds", "memory", "each", "highest peak"],
      runs.map(({ captures, seconds, cpuSeconds, memoryMiB, peakMiB }) => [
        count(captures),
        `${seconds.toFixed(1)} s`,
        cpuSeconds?.toFixed(1) ?? UNKNOWN,
        memoryMiB === null ? UNKNOWN : `${rounded(memoryMiB)} MiB`,
        memoryMiB === null ? UNKNOWN : `${rounded(memoryMiB / captures)} MiB`,
        peakMiB === null ? UNKNOWN : `${rounded(peakMiB)} MiB`,
      ]),
    ),
    "",
    `Each capture beyond the first adds ${addedText(runs[0], runs.at(-1))}.`,
  ];
}

function plusMinus(values: readonly number[]): string {
  return values.length < 2 ? "" : `± ${((100 * spread(values)) / 2).toFixed(0)} %`;
}
