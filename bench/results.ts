import type { AccountCaptures, Capture, Output } from "./measure/captures.ts";
import type { Profile } from "./measure/profile.ts";
import type { QuotaRun } from "./measure/quota.ts";
import type { RequestCount } from "./measure/requests.ts";
import type { SideBySide } from "./measure/side-by-side.ts";
import type { Starts } from "./measure/start.ts";
import { median } from "./statistics.ts";
import type { Machine } from "./support.ts";

/** All that one run of the benchmarks has found; `bench/results.json`. */
export interface Results {
  readonly machine: Machine;
  /** How many processes of others wanted to run when it began, on average over a minute. */
  readonly loadBefore: number;
  readonly starts: Starts;
  readonly captures: readonly AccountCaptures[];
  readonly profile: Profile;
  readonly requests: readonly RequestCount[];
  readonly quota: readonly QuotaRun[];
  readonly sideBySide: readonly SideBySide[];
}

/** One figure of a run, by a name that stays the same from run to run. */
export interface Figure {
  readonly name: string;
  readonly better: "more" | "less";
  /** A value for each time that it was measured. */
  readonly values: readonly number[];
  /** Whether it comes out the same on every machine and however busy that is. */
  readonly isExact: boolean;
}

export const OUTPUTS: readonly Output[] = ["flow", "duckdb"];

export const documentsPerSecond = ({ documents, seconds }: Capture) => documents / seconds;

export const cpuSecondsPerMillion = ({ documents, cpuSeconds }: Capture) =>
  cpuSeconds === null ? null : (cpuSeconds / documents) * 1e6;

/** The median of one quantity over some captures; `undefined` where it could not be measured. */
export function medianOf(
  captures: readonly Capture[],
  quantity: (capture: Capture) => number | null,
): number | undefined {
  const values = captures.map(quantity).filter((value) => value !== null);
  return values.length === 0 ? undefined : median(values);
}

/** What two runs of the benchmarks can be compared by. */
export function figures(results: Results): Figure[] {
  return [
    ...startFigures(results.starts),
    ...results.captures.flatMap(captureFigures),
    ...results.requests.map(({ task, records, requests }) =>
      exact(`requests, ${task} of ${records}`, "less", requests),
    ),
    ...results.quota.map(({ latencyMs, windowShape, usedShare }) =>
      exact(`share of the quota used, ${windowShape} windows, ${latencyMs} ms`, "more", usedShare),
    ),
    ...results.sideBySide.flatMap(({ captures, memoryMiB }) =>
      measured(`MiB of ${captures} captures side by side`, "less", [memoryMiB]),
    ),
  ];
}

function startFigures({ bareSeconds, specSeconds, discoverSeconds, demoSeconds }: Starts): Figure[] {
  const ratios = (seconds: readonly number[]) =>
    seconds.map((value, run) => value / (bareSeconds[run] ?? Number.NaN));
  return [
    ...measured("spec, times a bare Node", "less", ratios(specSeconds)),
    ...measured("discover, times a bare Node", "less", ratios(discoverSeconds)),
    ...measured("seconds of the demo", "less", demoSeconds),
  ];
}

function captureFigures(account: AccountCaptures): Figure[] {
  return OUTPUTS.flatMap((output) => {
    const of = (what: string) => `${what}, ${account.calls} calls, ${output}`;
    return [
      ...measured(of("documents a second"), "more", account[output].map(documentsPerSecond)),
      ...measured(of("CPU seconds per million documents"), "less", account[output].map(cpuSecondsPerMillion)),
      ...measured(
        of("MiB at the peak"),
        "less",
        account[output].map(({ peakMiB }) => peakMiB),
      ),
    ];
  });
}

function measured(name: string, better: Figure["better"], values: readonly (number | null)[]): Figure[] {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? [] : [{ name, better, values: known, isExact: false }];
}

function exact(name: string, better: Figure["better"], value: number): Figure {
  return { name, better, values: [value], isExact: true };
}
