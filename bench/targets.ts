import { count, percent } from "./day/units.ts";
import type { AccountCaptures, Capture, Output } from "./measure/captures.ts";
import { medianOf, type Results } from "./results.ts";
import { median } from "./statistics.ts";

export interface Verdict {
  readonly target: string;
  readonly found: string;
  /** `undefined` where it could not be measured. */
  readonly isMet: boolean | undefined;
}

/** What the connector is held to, and whether this run shows it. */
export function verdicts(results: Results): Verdict[] {
  return [
    startVerdict(results),
    rateVerdict(results, "flow", "standard output", 20_000),
    rateVerdict(results, "duckdb", "DuckDB", 10_000),
    growthVerdict(results.captures),
    peakVerdict(results.captures),
    ...quotaVerdicts(results),
    backfillVerdict(results),
  ];
}

function startVerdict({ starts }: Results): Verdict {
  const ratio = median(starts.specSeconds) / median(starts.bareSeconds);
  return {
    target: "a spec request takes at most 1.6 times a Node that does nothing",
    found: `${ratio.toFixed(2)} times`,
    isMet: ratio <= 1.6,
  };
}

function rateVerdict({ captures }: Results, output: Output, where: string, target: number): Verdict {
  const { calls, [output]: runs } = typical(captures);
  const rate = medianOf(runs, ({ documents, cpuSeconds }) => (cpuSeconds ? documents / cpuSeconds : null));
  return {
    target: `${count(target)} documents for a second of CPU, to ${where}`,
    found: rate === undefined ? "not measured" : `${count(Math.round(rate))} (${count(calls)} calls)`,
    isMet: rate === undefined ? undefined : rate >= target,
  };
}

/** The account in the middle: neither start-up nor hours of work weigh in. */
function typical(captures: readonly AccountCaptures[]): AccountCaptures {
  const account = captures[Math.floor(captures.length / 2)];
  if (!account) throw new Error("no account was captured");
  return account;
}

const peakOf = (runs: readonly Capture[] = []) => medianOf(runs, ({ peakMiB }) => peakMiB);

function growthVerdict(captures: readonly AccountCaptures[]): Verdict {
  const [small, large] = [captures[0], captures.at(-1)];
  const [first, last] = [peakOf(small?.flow), peakOf(large?.flow)];
  const ratio = first && last && last / first;
  return {
    target: `at ${count(large?.calls ?? 0)} calls at most 1.3 times the memory of ${count(small?.calls ?? 0)}, through Flow`,
    found: ratio === undefined ? "not measured" : `${ratio.toFixed(2)} times`,
    isMet: ratio === undefined ? undefined : ratio <= 1.3,
  };
}

function peakVerdict(captures: readonly AccountCaptures[]): Verdict {
  const peak = peakOf(captures.at(-1)?.flow);
  return {
    target: "less than 200 MiB, through Flow",
    found: peak === undefined ? "not measured" : `${peak.toFixed(0)} MiB at the peak`,
    isMet: peak === undefined ? undefined : peak < 200,
  };
}

function quotaVerdicts({ quota }: Results): Verdict[] {
  const latencies = [...new Set(quota.map(({ latencyMs }) => latencyMs))];
  return latencies.map((latencyMs) => {
    const least = Math.min(...quota.filter((run) => run.latencyMs === latencyMs).map((run) => run.usedShare));
    return {
      target: `at least 97 % of the quota is used where an answer takes ${latencyMs / 1000} s`,
      found: percent(least, 1),
      isMet: least >= 0.97,
    };
  });
}

function backfillVerdict({ requests }: Results): Verdict {
  const backfills = requests.filter(({ task }) => task.startsWith("backfill"));
  const worst = Math.max(...backfills.map((one) => one.requests / one.least));
  return {
    target: "a backfill takes at most 1 % more requests than its rows fill pages",
    found: `${percent(worst - 1, 1)} more`,
    isMet: worst <= 1.01,
  };
}
