import type { AccountCaptures, Capture, Output } from "./measure/captures.ts";
import type { SideBySide } from "./measure/side-by-side.ts";
import type { Starts } from "./measure/start.ts";
import { median, ratiosOfPairs } from "./statistics.ts";
import type { Machine } from "./support.ts";

/** The measurements of one run of the benchmarks: `bench/results.json`. */
export interface Results {
  readonly machine: Machine;
  /** The load average of the last minute when the run began. */
  readonly loadBefore: number;
  readonly starts: Starts;
  /** Ordered by the size of the account. */
  readonly captures: readonly AccountCaptures[];
  readonly sideBySide: readonly SideBySide[];
}

/** The largest page that Aircall returns. */
const ROWS_PER_PAGE = 50;

export const OUTPUTS: readonly Output[] = ["flow", "duckdb"];

/** One figure of a run, under a name that stays the same from run to run. */
export interface Figure {
  readonly name: string;
  readonly better: "more" | "less";
  /** One value per measurement. */
  readonly values: readonly number[];
}

export const documentsPerSecond = ({ documents, seconds }: Capture) => documents / seconds;

export const cpuSecondsPerMillion = ({ documents, cpuSeconds }: Capture) =>
  cpuSeconds === null ? null : (cpuSeconds / documents) * 1e6;

/** The least requests that can list the documents of a capture. */
export const pagesOf = ({ documents }: Capture) => Math.ceil(documents / ROWS_PER_PAGE);

/** The median of a quantity over several captures; `undefined` where it was not measured. */
export function medianOf(
  captures: readonly Capture[] | undefined,
  quantity: (capture: Capture) => number | null,
): number | undefined {
  const values = valuesOf(captures ?? [], quantity);
  return values.length === 0 ? undefined : median(values);
}

export function valuesOf(
  captures: readonly Capture[],
  quantity: (capture: Capture) => number | null,
): number[] {
  return captures.map(quantity).filter((value) => value !== null);
}

/** The memory that each capture beyond the first adds, in MiB. */
export function addedMiB(sideBySide: readonly SideBySide[]): number | undefined {
  const [one, many] = [sideBySide[0], sideBySide.at(-1)];
  if (!one?.memoryMiB || !many?.memoryMiB) return undefined;
  return (many.memoryMiB - one.memoryMiB) / (many.captures - one.captures);
}

/** The figures that two runs are compared by. What a run did not measure is left out. */
export function figures({ starts, captures, sideBySide }: Results): Figure[] {
  const ratios = (seconds: readonly number[]) => ratiosOfPairs(seconds, starts.bareSeconds);
  const all: Figure[] = [
    { name: "spec, times a bare Node", better: "less", values: ratios(starts.specSeconds) },
    { name: "discover, times a bare Node", better: "less", values: ratios(starts.discoverSeconds) },
    { name: "seconds of the demo", better: "less", values: starts.demoSeconds },
    ...captures.flatMap(captureFigures),
    ...sideBySide.map(
      ({ captures, memoryMiB }): Figure => ({
        name: `MiB of ${captures} captures side by side`,
        better: "less",
        values: memoryMiB === null ? [] : [memoryMiB],
      }),
    ),
  ];
  return all.filter(({ values }) => values.length > 0);
}

function captureFigures(account: AccountCaptures): Figure[] {
  return OUTPUTS.flatMap((output) => {
    const figure = (
      what: string,
      better: Figure["better"],
      quantity: (capture: Capture) => number | null,
    ): Figure => ({
      name: `${what}, ${account.calls} calls, ${output}`,
      better,
      values: valuesOf(account[output], quantity),
    });
    return [
      figure("documents a second", "more", documentsPerSecond),
      figure("CPU seconds per million documents", "less", cpuSecondsPerMillion),
      figure("MiB at the peak", "less", ({ peakMiB }) => peakMiB),
    ];
  });
}
