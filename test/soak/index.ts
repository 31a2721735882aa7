import { textTable } from "../../src/cli/table.ts";
import { type Soak, soak } from "./soak.ts";

/** Soaks the connector once for each seed that is named, and exits with 1 when a check fails. */

const seeds = process.argv.slice(2).map(Number);

for (const seed of seeds.length > 0 ? seeds : [1]) {
  const result = await soak(seed);
  process.stdout.write(`${report(result)}\n`);
  if (result.checks.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
}

function report({ seed, tookMs, checks, counts, troubles }: Soak): string {
  const title = `An hour of an account with the seed ${seed}, in ${(tookMs / 1000).toFixed(0)} s:`;
  const faults = checks.flatMap(({ name, faults }) => faults.map((fault) => `${name}: ${fault}`));
  const tables = [countsTable("what", counts), countsTable("trouble", troubles), checksTable(checks)];
  return [title, ...tables, ...faults, ""].join("\n\n");
}

function countsTable(title: string, counts: ReadonlyMap<string, number>): string {
  return textTable(
    [
      [title, "left"],
      ["times", "right"],
    ],
    [...counts].map(([what, times]) => [what, String(times)]),
  );
}

function checksTable(checks: Soak["checks"]): string {
  return textTable(
    [
      ["check", "left"],
      ["", "left"],
      ["measured", "left"],
    ],
    checks.map(({ name, faults, figure = "" }) => [name, faults.length === 0 ? "ok" : "FAILED", figure]),
  );
}
