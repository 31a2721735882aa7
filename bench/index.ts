import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { benchmarkChart } from "./chart.ts";
import { compare, comparisonText } from "./compare.ts";
import { pngOf } from "./day/png.ts";
import { withPart } from "./markdown.ts";
import { measureCaptures } from "./measure/captures.ts";
import { measureProfile } from "./measure/profile.ts";
import { measureQuota } from "./measure/quota.ts";
import { measureRequests } from "./measure/requests.ts";
import { measureSideBySide } from "./measure/side-by-side.ts";
import { measureStarts } from "./measure/start.ts";
import { report } from "./report.ts";
import { figures, type Results } from "./results.ts";
import { shortTable } from "./short-table.ts";
import { FULL, QUICK, type Sizes } from "./sizes.ts";
import { print, thisMachine } from "./support.ts";

/**
 * Measures what the connector is for, and writes `docs/benchmarks.md`, its chart, `bench/results.json` and the table in README.
 *
 *     npm run bench [-- --quick] [--compare]
 *
 * `--quick` measures small sizes, and writes to a temporary folder. `--compare` writes nothing but what
 * has changed since the last results; the exit code is 1 when something got worse.
 */

const { values: options } = parseArgs({
  options: { quick: { type: "boolean" }, compare: { type: "boolean" } },
});
const ROOT = new URL("../", import.meta.url).pathname;
const RESULTS = join(ROOT, "bench/results.json");
const COMMAND = options.quick ? "npm run bench -- --quick" : "npm run bench";

const last = options.compare ? lastResults() : undefined;
const results = await measure(options.quick ? QUICK : FULL);
if (last) tellChanges(last, results);
else writeFiles(results, options.quick ? copyOfFiles() : ROOT);

async function measure(sizes: Sizes): Promise<Results> {
  return {
    machine: thisMachine(),
    loadBefore: loadavg()[0] ?? 0,
    starts: await timed("start-up", () => measureStarts(sizes)),
    captures: await timed("captures", () => measureCaptures(sizes)),
    profile: await timed("profile", () => measureProfile(sizes)),
    sideBySide: await timed("side by side", () => measureSideBySide(sizes)),
    requests: await timed("requests", () => measureRequests(sizes)),
    quota: await timed("quota", () => measureQuota(sizes)),
  };
}

async function timed<Found>(what: string, work: () => Promise<Found>): Promise<Found> {
  const beganMs = performance.now();
  const found = await work();
  process.stderr.write(`${what}: ${((performance.now() - beganMs) / 1000).toFixed(0)} s\n`);
  return found;
}

function lastResults(): Results {
  if (existsSync(RESULTS)) return JSON.parse(readFileSync(RESULTS, "utf8"));
  throw new Error("There is no bench/results.json to compare with: run npm run bench first.");
}

function tellChanges(before: Results, found: Results): void {
  const isSameMachine = JSON.stringify(before.machine) === JSON.stringify(found.machine);
  const comparisons = compare(figures(before), figures(found));
  print(comparisonText(comparisons, isSameMachine));
  if (comparisons.some(({ verdict }) => verdict === "worse")) process.exitCode = 1;
}

function writeFiles(found: Results, root: string): void {
  const day = join(ROOT, "docs/day.md");
  const text = report(found, COMMAND, existsSync(day) ? readFileSync(day, "utf8") : undefined);
  const svg = benchmarkChart(found);
  const readme = join(root, "README.md");
  writeFileSync(join(root, "docs/benchmarks.md"), text);
  writeFileSync(join(root, "docs/benchmarks.svg"), svg);
  writeFileSync(join(root, "docs/benchmarks.png"), pngOf(svg));
  writeFileSync(join(root, "bench/results.json"), `${JSON.stringify(found)}\n`);
  writeFileSync(readme, withPart(readFileSync(readme, "utf8"), "npm run bench", readmePart(found)));
  print(text);
  if (root !== ROOT) print(`Written to ${root}.`);
}

function readmePart(found: Results): string {
  const { machine } = found;
  return [
    `Measured on ${machine.cores} × ${machine.cpu} with Node ${machine.node.slice(1)}, emulator included; [docs/benchmarks.md](docs/benchmarks.md)`,
    "has all of it, and what each figure is held to.",
    "",
    shortTable(found),
    "",
    "![What a capture of calls takes](docs/benchmarks.png)",
  ].join("\n");
}

/** A temporary folder in which the files have their places. */
function copyOfFiles(): string {
  const folder = mkdtempSync(join(tmpdir(), "source-aircall-benchmarks-"));
  for (const name of ["docs", "bench"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "README.md"), readFileSync(join(ROOT, "README.md")));
  return folder;
}
