import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs, promisify } from "node:util";
import { svgOf } from "../chart.ts";
import { withPart } from "../markdown.ts";
import { print } from "../support.ts";
import { dayChart } from "./chart.ts";
import { insightReport } from "./insight-report.ts";
import { dayReport, smallDayReport } from "./report.ts";
import { type Results, RUNS, type RunName, waits } from "./runs.ts";
import type { RunResult } from "./world.ts";

/**
 * A day in the life of a capture, on a simulated clock: how many requests the day takes, and how old
 * each kind of change is when it is captured. Writes `docs/day.md` and its chart.
 *
 *     npm run bench:day [-- --quick | --insights]
 *
 * `--quick` runs through a small day and only prints. `--insights` writes the section on insights only. `--run <name>` prints one run as JSON; every run has a process of its own.
 */

const { values: options } = parseArgs({
  options: { quick: { type: "boolean" }, insights: { type: "boolean" }, run: { type: "string" } },
});

const docs = new URL("../../docs/", import.meta.url);
const page = new URL("day.md", docs);

/** The longest runs first, so that the processes end at about the same time. */
const INSIGHTS: readonly RunName[] = ["insightEvents", "insights"];
const FULL: readonly RunName[] = [
  ...INSIGHTS,
  "everything",
  "week",
  "busy",
  "listed",
  "unlisted",
  "lossy",
  "events",
  "ages",
  "thousand",
  "nightly",
  "tail",
];
const QUICK: readonly RunName[] = ["small", "smallUnlisted", "smallEvents"];

if (options.run) {
  print(JSON.stringify(await RUNS[options.run as RunName]()));
} else if (options.quick) {
  print(smallDayReport(await runAll(QUICK)));
} else if (options.insights) {
  const report = insightReport(await runAll(INSIGHTS));
  writeFileSync(page, withPart(readFileSync(page, "utf8"), "insights", report));
  print(report);
} else {
  const results = await runAll(FULL);
  const report = dayReport(results, await waits());
  writeFileSync(page, report);
  writeFileSync(new URL("day.svg", docs), await svgOf(dayChart(results)));
  print(report);
}

/** Two runs at once at most: a run takes some hundred megabytes. */
async function runAll(names: readonly RunName[]): Promise<Results> {
  const queue = [...names];
  const results: Results = {};
  const work = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) results[name] = await run(name);
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
  return results;
}

async function run(name: RunName): Promise<RunResult> {
  const startedMs = performance.now();
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    import.meta.filename,
    "--run",
    name,
  ]);
  process.stderr.write(`${stderr}${name}: ${((performance.now() - startedMs) / 1000).toFixed(0)} s\n`);
  return JSON.parse(stdout);
}
