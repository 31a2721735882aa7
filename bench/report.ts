import { count, mebibytes, OUTPUT_NAMES, percent, rounded, UNKNOWN } from "./format.ts";
import { table } from "./markdown.ts";
import type { AccountCaptures, Capture, Output } from "./measure/captures.ts";
import type { SideBySide } from "./measure/side-by-side.ts";
import {
  addedMiB,
  cpuSecondsPerMillion,
  documentsPerSecond,
  medianOf,
  OUTPUTS,
  pagesOf,
  type Results,
  valuesOf,
} from "./results.ts";
import { median, ratiosOfPairs, spread } from "./statistics.ts";
import { verdicts } from "./targets.ts";

const peakOf = ({ peakMiB }: Capture) => peakMiB;
const requestsOf = ({ requests }: Capture) => requests;

/** `docs/benchmarks.md`. */
export function report(results: Results, command: string): string {
  return [
    "# Benchmarks",
    ...introduction(results, command),
    "![Memory, rates, captures side by side](benchmarks.svg)",
    "[day.md](day.md) has how old a change is when it is captured, and how many requests a day takes.",
    "## Targets",
    targetTable(results),
    ...startSection(results),
    ...captureSection(results),
    ...sideBySideSection(results.sideBySide),
  ]
    .join("\n\n")
    .concat("\n");
}

/** What README shows of it. */
export function readmePart(results: Results): string {
  const { machine, starts, captures, sideBySide } = results;
  const largest = captures.at(-1);
  const flowMedian = (quantity: (capture: Capture) => number) =>
    count(Math.round(medianOf(largest?.flow, quantity) ?? 0));
  const rows = OUTPUTS.map((output) => {
    const rate = rounded(medianOf(largest?.[output], documentsPerSecond));
    const peak = medianOf(largest?.[output], peakOf)?.toFixed(0) ?? UNKNOWN;
    return [
      `${count(largest?.calls ?? 0)} calls to ${OUTPUT_NAMES[output]}`,
      `${rate} documents a second, ${peak} MiB at the peak`,
    ];
  });
  return [
    `Measured on ${machine.cores} × ${machine.cpu} with Node ${machine.node.slice(1)}, emulator included; [docs/benchmarks.md](docs/benchmarks.md)`,
    "has all figures and the targets that they are held to.",
    "",
    table(
      ["what", "figure"],
      [
        ["the demo, from start to exit, emulator included", `${median(starts.demoSeconds).toFixed(1)} s`],
        [
          "a Flow `spec` request, beside a bare `node -e 0`",
          `${ratio(starts.specSeconds, results, 1)} times`,
        ],
        ...rows,
        [
          `requests for ${count(largest?.calls ?? 0)} calls`,
          `${flowMedian(requestsOf)}; the least is ${flowMedian(pagesOf)}`,
        ],
        [
          `memory that each of ${count(sideBySide.at(-1)?.captures ?? 0)} captures side by side adds`,
          mebibytes(addedMiB(sideBySide)),
        ],
      ],
    ),
    "",
    "![What a capture of calls takes](docs/benchmarks.svg)",
  ].join("\n");
}

/** A share of a core, which the measurements would miss. */
const QUIET_LOAD = 0.5;

function introduction({ machine, captures, loadBefore }: Results, command: string): string[] {
  const runs = captures
    .map((account) => `${account.flow.length} of ${count(account.calls)} calls`)
    .join(", ");
  const load = loadBefore.toFixed(1);
  return [
    [
      `Made by \`${command}\` on ${machine.cores} × ${machine.cpu} (${machine.platform}) with Node ${machine.node.slice(1)}. Ratios and counts`,
      "can be compared between machines; rates and times are those of this machine, which serves the emulator as well. A figure is the median of",
      `several runs (${runs}), and the number behind ± is half of their spread. All runs are in`,
      "`bench/results.json`. `npm run bench -- --compare` measures again and reports what got worse.",
    ].join("\n"),
    ...(loadBefore > QUIET_LOAD ? [`**The machine was busy with other work (load ${load}).**`] : []),
  ];
}

function targetTable(results: Results): string {
  const outcome = (isMet: boolean | undefined) =>
    isMet === undefined ? UNKNOWN : isMet ? "met" : "**not met**";
  return table(
    ["target", "measured", ""],
    verdicts(results).map(({ target, found, isMet }) => [target, found, outcome(isMet)]),
  );
}

function startSection(results: Results): string[] {
  const { bareSeconds, specSeconds, discoverSeconds, demoSeconds } = results.starts;
  const row = (what: string, seconds: readonly number[], times: string) => [
    what,
    `${(1000 * median(seconds)).toFixed(0)} ms ${plusMinus(seconds)}`,
    times,
  ];
  return [
    "## Start-up",
    [
      `Whole processes from start to exit, ${bareSeconds.length} of each; the demo ${demoSeconds.length} times. \`spec\` and \`discover\` are started as Flow starts them, by`,
      "the whole command of the image with the request on standard input, in turns with a Node that does nothing. The last column is the",
      "median of the quotients of each pair.",
    ].join("\n"),
    table(
      ["process", "time", "times a bare Node"],
      [
        row("`node -e 0`", bareSeconds, "1.00"),
        row("`spec`", specSeconds, ratio(specSeconds, results, 2)),
        row("`discover`", discoverSeconds, ratio(discoverSeconds, results, 2)),
        row("the demo, emulator included", demoSeconds, ""),
      ],
    ),
  ];
}

function captureSection({ captures }: Results): string[] {
  return [
    "## Captures",
    [
      "All calls of an account of 180 days, read from an emulator without a request limit that is a process of its own. The command of the",
      "image writes to standard output, `capture` to a DuckDB file. CPU time and memory are sampled from outside the process. The last column",
      "is the share of the time in which the emulator was busy: it does not limit the capture.",
    ].join("\n"),
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
  ];
}

function captureRow(account: AccountCaptures, output: Output): string[] {
  const runs = account[output];
  const peaks = valuesOf(runs, peakOf);
  const busy = median(runs.map(({ emulatorCpuSeconds, seconds }) => emulatorCpuSeconds / seconds));
  return [
    count(account.calls),
    OUTPUT_NAMES[output],
    `${rounded(medianOf(runs, documentsPerSecond))} ${plusMinus(runs.map(documentsPerSecond))}`,
    medianOf(runs, cpuSecondsPerMillion)?.toFixed(0) ?? UNKNOWN,
    peaks.length === 0 ? UNKNOWN : `${median(peaks).toFixed(0)} MiB ${plusMinus(peaks)}`,
    count(Math.round(median(runs.map(requestsOf)))),
    percent(busy),
  ];
}

function sideBySideSection(runs: readonly SideBySide[]): string[] {
  return [
    "## Side by side",
    [
      `Captures of different accounts on one machine, one process each, of ${count(runs[0]?.callsEach ?? 0)} calls each. Memory is that of all captures`,
      "together when the last one has caught up; memory that they share, such as the program Node itself, counts once.",
    ].join("\n"),
    table(
      ["captures", "until all have caught up", "CPU seconds", "memory", "each", "highest peak"],
      runs.map(({ captures, seconds, cpuSeconds, memoryMiB, peakMiB }) => [
        count(captures),
        `${seconds.toFixed(1)} s`,
        cpuSeconds?.toFixed(1) ?? UNKNOWN,
        mebibytes(memoryMiB),
        mebibytes(memoryMiB && memoryMiB / captures),
        mebibytes(peakMiB),
      ]),
    ),
    `Each capture beyond the first adds ${mebibytes(addedMiB(runs))}.`,
  ];
}

/** The time beside that of the bare Node that ran just before, as a median. */
function ratio(seconds: readonly number[], { starts }: Results, digits: number): string {
  return median(ratiosOfPairs(seconds, starts.bareSeconds)).toFixed(digits);
}

function plusMinus(values: readonly number[]): string {
  return values.length < 2 ? "" : `± ${((100 * spread(values)) / 2).toFixed(0)} %`;
}
