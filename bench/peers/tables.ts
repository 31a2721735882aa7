import { count, UNKNOWN } from "../format.ts";
import { table } from "../markdown.ts";
import { median, ratiosOfPairs, sum } from "../statistics.ts";
import type { Costs, Failure, Found, Result } from "./comparison.ts";

/** The contestants of each round in the same order, the one that the others are compared with first. */
export type Round = readonly (Result | Failure)[];

/** Both runs as Markdown: figures are medians over the rounds, counts those of the last round. */
export function comparisonText(rounds: readonly Round[]): string {
  const contestants = (rounds[0] ?? []).map((_, index) => rounds.map((round) => round[index]));
  const base = contestants[0] ?? [];
  const rows = contestants.map((results) => ({ results, last: results.at(-1) }));
  return [
    "First run, of the whole account:",
    "",
    table(
      ["connector", ...COSTS, "missing", "duplicates"],
      rows.map(({ results, last }) => {
        if (!isResult(last)) return failureRow(last, COSTS.length + 2);
        const { missing, absent, duplicates } = last.first;
        const gaps = [...missing].map(([stream, rows]) => `${stream} ${count(rows)}`);
        const all = [...gaps, ...absent.map((stream) => `${stream}: not offered`)];
        return [
          titleOf(last),
          ...costCells(results, base, firstOf),
          all.join(", ") || "none",
          count(duplicates),
        ];
      }),
    ),
    "",
    "Second run, after a few changes, from the state of the first:",
    "",
    table(
      ["connector", ...COSTS, "changes", "deletions"],
      rows.map(({ results, last }) => {
        if (!isResult(last)) return failureRow(last, COSTS.length + 2);
        if (typeof last.second === "string")
          return failureRow({ name: titleOf(last), because: last.second }, COSTS.length + 2);
        const { changed, deleted } = last.second;
        return [titleOf(last), ...costCells(results, base, secondOf), foundText(changed), foundText(deleted)];
      }),
    ),
  ].join("\n");
}

/** Why runs failed after what they emitted. */
export function problemsText(rounds: readonly Round[]): string {
  const problems = rounds.flatMap((round) =>
    round
      .filter(isResult)
      .flatMap((result) =>
        [firstOf(result)?.problem, secondOf(result)?.problem].flatMap((problem) =>
          problem === undefined ? [] : [`${titleOf(result)}: ${problem}`],
        ),
      ),
  );
  return [...new Set(problems)].map((problem) => `- ${problem}`).join("\n");
}

/** How many rows the accounts of the last round, whose counts the tables have, really had. */
export function accountText(rounds: readonly Round[]): string {
  const result = rounds.at(-1)?.find(isResult);
  if (!result) return "";
  const rows = [...result.rows].map(([stream, rows]) => `${stream} ${count(rows)}`);
  return `The account has ${count(sum(result.rows.values()))} rows: ${rows.join(", ")}.`;
}

const COSTS = ["seconds", "CPU seconds", "CPU, times the first", "peak MiB", "requests", "rows"];

type CostsOf = (result: Result) => Costs | undefined;

const firstOf: CostsOf = ({ first }) => first;
const secondOf: CostsOf = ({ second }) => (typeof second === "string" ? undefined : second);

type Results = readonly (Result | Failure | undefined)[];

function costCells(results: Results, base: Results, costsOf: CostsOf): string[] {
  const costs = results.map((result) => (isResult(result) ? costsOf(result) : undefined));
  const bases = base.map((result) => (isResult(result) ? costsOf(result) : undefined));
  const pairs = costs.flatMap((one, round) => {
    const other = bases[round]?.cpuSeconds;
    return one?.cpuSeconds && other ? [[one.cpuSeconds, other] as const] : [];
  });
  const ratios = ratiosOfPairs(
    pairs.map(([cpu]) => cpu),
    pairs.map(([, cpu]) => cpu),
  );
  const middle = (quantity: (costs: Costs) => number | undefined, digits: number) => {
    const values = costs.flatMap((one) => (one && quantity(one)) ?? []);
    return values.length === 0 ? UNKNOWN : median(values).toFixed(digits);
  };
  const last = costs.at(-1);
  return [
    middle(({ seconds }) => seconds, 1),
    middle(({ cpuSeconds }) => cpuSeconds, 1),
    ratios.length === 0 ? UNKNOWN : median(ratios).toFixed(1),
    middle(({ peakMiB }) => peakMiB, 0),
    count(last?.requests ?? 0),
    count(last?.documents ?? 0),
  ];
}

function failureRow(failure: Failure | undefined, cells: number): string[] {
  return [failure?.name ?? "", `failed: ${failure?.because}`, ...Array<string>(cells - 1).fill("")];
}

function titleOf({ name, protocol }: Result): string {
  return `${name} (${protocol})`;
}

function foundText({ found, of }: Found): string {
  return `${found} of ${of}`;
}

function isResult(result: Result | Failure | undefined): result is Result {
  return result !== undefined && "first" in result;
}
