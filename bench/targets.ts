import { count, percent, UNKNOWN } from "./format.ts";
import type { AccountCaptures, Output } from "./measure/captures.ts";
import { medianOf, pagesOf, type Results } from "./results.ts";
import { median, ratiosOfPairs } from "./statistics.ts";

export interface Verdict {
  readonly target: string;
  readonly found: string;
  /** `undefined` where it was not measured. */
  readonly isMet: boolean | undefined;
}

/** The targets of the connector, and whether a run meets them. */
export function verdicts({ starts, captures }: Results): Verdict[] {
  const [small, large] = [captures[0], captures.at(-1)];
  // Neither start-up nor hours of work weigh in.
  const middle = captures[Math.floor(captures.length / 2)];
  const [first, last] = [small, large].map((account) => medianOf(account?.flow, ({ peakMiB }) => peakMiB));
  return [
    verdict(
      "a spec request takes at most 1.6 times a Node that does nothing",
      median(ratiosOfPairs(starts.specSeconds, starts.bareSeconds)),
      (ratio) => `${ratio.toFixed(2)} times`,
      (ratio) => ratio <= 1.6,
    ),
    rateVerdict(middle, "flow", "standard output", 20_000),
    rateVerdict(middle, "duckdb", "DuckDB", 10_000),
    verdict(
      `at ${count(large?.calls ?? 0)} calls at most 1.3 times the memory of ${count(small?.calls ?? 0)}, through Flow`,
      first && last && last / first,
      (ratio) => `${ratio.toFixed(2)} times`,
      (ratio) => ratio <= 1.3,
    ),
    verdict(
      "less than 200 MiB, through Flow",
      last,
      (peakMiB) => `${peakMiB.toFixed(0)} MiB at the peak`,
      (peakMiB) => peakMiB < 200,
    ),
    verdict(
      "a capture takes at most 1 % more requests than its documents fill pages",
      medianOf(middle?.flow, (capture) => capture.requests / pagesOf(capture) - 1),
      (share) => `${percent(share)} more`,
      (share) => share <= 0.01,
    ),
  ];
}

function verdict(
  target: string,
  value: number | undefined,
  found: (value: number) => string,
  isMet: (value: number) => boolean,
): Verdict {
  if (value === undefined) return { target, found: UNKNOWN, isMet: undefined };
  return { target, found: found(value), isMet: isMet(value) };
}

function rateVerdict(
  account: AccountCaptures | undefined,
  output: Output,
  where: string,
  target: number,
): Verdict {
  return verdict(
    `${count(target)} documents for a second of CPU, to ${where}`,
    medianOf(account?.[output], ({ documents, cpuSeconds }) => (cpuSeconds ? documents / cpuSeconds : null)),
    (rate) => `${count(Math.round(rate))} (${count(account?.calls ?? 0)} calls)`,
    (rate) => rate >= target,
  );
}
