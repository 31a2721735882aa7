import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { benchmarkChart, svgOf } from "./chart.ts";
import { compare, comparisonText } from "./compare.ts";
import { withPart } from "./markdown.ts";
import { measureCaptures } from "./measure/captures.ts";
import { measureSideBySide } from "./measure/side-by-side.ts";
import { measureStarts } from "./measure/start.ts";
import { readmePart, report } from "./report.ts";
import { figures, type Results } from "./results.ts";
import { print, thisMachine } from "./support.ts";

/**
 * Measures the connector, and writes `docs/benchmarks.md`, its chart, `bench/results.json` and the table in README.
 *
 *     npm run bench [-- --quick] [--compare]
 *
 * `--quick` measures small sizes and writes to a temporary folder. `--compare` writes nothing and prints
 * what changed since the last results; the exit code is 1 when a figure got worse.
 */

const { values: options } = parseArgs({
  options: { quick: { type: "boolean" }, compare: { type: "boolean" } },
});
const ROOT = new URL("../", import.meta.url).pathname;
const RESULTS = "bench/results.json";
const SIZES = options.quick
  ? {
      starts: 5,
      demos: 1,
      captures: [
        { calls: 2_000, runs: 3 },
        { calls: 10_000, runs: 3 },
      ],
      sideBySide: { calls: 200, captures: [1, 5] },
    }
  : {
      starts: 31,
      demos: 5,
      captures: [
        { calls: 10_000, runs: 5 },
        { calls: 100_000, runs: 3 },
        { calls: 1_000_000, runs: 2 },
      ],
      sideBySide: { calls: 1_000, captures: [1, 10, 100] },
    };

const before = options.compare ? lastResults() : undefined;
const results: Results = {
  machine: thisMachine(),
  loadBefore: loadavg()[0] ?? 0,
  starts: await timed("start-up", () => measureStarts(SIZES.starts, SIZES.demos)),
  captures: await timed("captures", () => measureCaptures(SIZES.captures)),
  sideBySide: await timed("side by side", () =>
    measureSideBySide(SIZES.sideBySide.calls, SIZES.sideBySide.captures),
  ),
};
if (before) printChanges(before, results);
else await writeFiles(results, options.quick ? mkdtempSync(join(tmpdir(), "source-aircall-bench-")) : ROOT);

async function timed<Found>(what: string, measure: () => Promise<Found>): Promise<Found> {
  const startedMs = performance.now();
  const found = await measure();
  process.stderr.write(`${what}: ${((performance.now() - startedMs) / 1000).toFixed(0)} s\n`);
  return found;
}

function lastResults(): Results {
  if (existsSync(join(ROOT, RESULTS))) return JSON.parse(readFileSync(join(ROOT, RESULTS), "utf8"));
  throw new Error(`There is no ${RESULTS} to compare with: run npm run bench first.`);
}

function printChanges(before: Results, found: Results): void {
  const isSameMachine = JSON.stringify(before.machine) === JSON.stringify(found.machine);
  const comparisons = compare(figures(before), figures(found));
  print(comparisonText(comparisons, isSameMachine));
  if (comparisons.some(({ verdict }) => verdict === "worse")) process.exitCode = 1;
}

async function writeFiles(found: Results, root: string): Promise<void> {
  const text = report(found, options.quick ? "npm run bench -- --quick" : "npm run bench");
  const files = {
    "docs/benchmarks.md": text,
    "docs/benchmarks.svg": await svgOf(benchmarkChart(found)),
    [RESULTS]: `${JSON.stringify(found)}\n`,
    "README.md": withPart(readFileSync(join(ROOT, "README.md"), "utf8"), "npm run bench", readmePart(found)),
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  print(text);
  if (root !== ROOT) print(`Written to ${root}.`);
}
