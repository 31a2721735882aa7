import { count, percent } from "./day/units.ts";
import { addedText, OUTPUT_NAMES, rounded, UNKNOWN } from "./format.ts";
import { table } from "./markdown.ts";
import type { Capture } from "./measure/captures.ts";
import { documentsPerSecond, medianOf, OUTPUTS, type Results } from "./results.ts";
import { median } from "./statistics.ts";

/** The figures that README shows. */
export function shortTable(results: Results): string {
  const largest = results.captures.at(-1);
  const rows = OUTPUTS.flatMap((output) =>
    (largest?.[output].length ?? 0) === 0 || !largest
      ? []
      : [[`${count(largest.calls)} calls to ${OUTPUT_NAMES[output]}`, captureWords(largest[output])]],
  );
  const backfill = results.requests[0];
  const [one, many] = [results.sideBySide[0], results.sideBySide.at(-1)];
  return table(
    ["what", "figure"],
    [
      [
        "the demo, from start to exit, emulator included",
        `${median(results.starts.demoSeconds).toFixed(1)} s`,
      ],
      ["a Flow `spec` request, beside a bare `node -e 0`", startRatio(results, "specSeconds")],
      ...rows,
      [
        `requests for ${count(backfill?.records ?? 0)} calls`,
        `${count(backfill?.requests ?? 0)}; the least is ${count(backfill?.least ?? 0)}`,
      ],
      ["share of the quota that a backfill uses", leastShare(results)],
      [`memory that each of ${count(many?.captures ?? 0)} captures side by side adds`, addedText(one, many)],
    ],
  );
}

function captureWords(runs: readonly Capture[]): string {
  const rate = rounded(medianOf(runs, documentsPerSecond));
  const peak = medianOf(runs, ({ peakMiB }) => peakMiB);
  return `${rate} documents a second, ${peak?.toFixed(0) ?? UNKNOWN} MiB at the peak`;
}

function startRatio({ starts }: Results, what: "specSeconds" | "discoverSeconds"): string {
  return `${(median(starts[what]) / median(starts.bareSeconds)).toFixed(1)} times`;
}

function leastShare({ quota }: Results): string {
  return `at least ${percent(Math.min(...quota.map(({ usedShare }) => usedShare)), 1)}`;
}
