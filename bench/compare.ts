import type { Figure } from "./results.ts";
import { median, quartileSpread } from "./statistics.ts";

export interface Comparison {
  readonly name: string;
  readonly before: number;
  readonly after: number;
  /** After divided by before. */
  readonly ratio: number;
  /** A ratio that differs from one by no more than this may be chance. */
  readonly noise: number;
  readonly verdict: "worse" | "better" | "the same";
}

/** Single runs of one build differed by 8 %; a few runs may agree by chance. */
const LEAST_NOISE = 0.1;

/** The spread of a figure that was measured once is unknown. */
const NOISE_OF_ONE_VALUE = 0.2;

/** The figures that both runs have. */
export function compare(before: readonly Figure[], after: readonly Figure[]): Comparison[] {
  const known = new Map(before.map((figure) => [figure.name, figure]));
  return after.flatMap((figure) => {
    const former = known.get(figure.name);
    return former ? [comparison(former, figure)] : [];
  });
}

function comparison(before: Figure, after: Figure): Comparison {
  const [old, now] = [median(before.values), median(after.values)];
  const ratio = now / old;
  const noise = Math.max(noiseOf(before.values), noiseOf(after.values));
  const isMore = ratio > 1 + noise;
  const isLess = ratio < 1 - noise;
  const isBetter = after.better === "more" ? isMore : isLess;
  const verdict = isBetter ? "better" : isMore || isLess ? "worse" : "the same";
  return { name: after.name, before: old, after: now, ratio, noise, verdict };
}

function noiseOf(values: readonly number[]): number {
  return values.length === 1 ? NOISE_OF_ONE_VALUE : Math.max(LEAST_NOISE, quartileSpread(values));
}

/** Lists the figures that got worse and those that got better. */
export function comparisonText(comparisons: readonly Comparison[], sameMachine: boolean): string {
  const lines = (verdict: Comparison["verdict"]) =>
    comparisons.filter((one) => one.verdict === verdict).map(comparisonLine);
  const [worse, better] = [lines("worse"), lines("better")];
  return [
    ...(sameMachine
      ? []
      : [
          "The last results are from another machine or another Node: rates and times differ for that reason too.",
        ]),
    `${comparisons.length} figures compared with the last results.`,
    ...(worse.length > 0 ? ["", "Worse, beyond noise:", ...worse] : ["Nothing got worse beyond noise."]),
    ...(better.length > 0 ? ["", "Better, beyond noise:", ...better] : []),
  ].join("\n");
}

function comparisonLine({ name, before, after, ratio, noise }: Comparison): string {
  const figures = [before, after].map((value) => Number(value.toPrecision(4)).toLocaleString("en-US"));
  return `  ${name}: ${ratio.toFixed(3)} times (${figures.join(" to ")}; noise ${(100 * noise).toFixed(0)} %)`;
}
