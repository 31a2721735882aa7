import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { print } from "../support.ts";
import { dayChart } from "./chart.ts";
import { pngOf } from "./png.ts";
import { fullReport, type Results, smallReport } from "./report.ts";
import type { RunResult } from "./result.ts";
import type { RunName } from "./runs.ts";

/**
 * A day in the life of a capture, on a simulated clock: how many requests the day takes, and how old
 * each kind of change is when it is captured. Writes `docs/day.md` and its chart; with `--quick`
 * it runs through a small day and only prints.
 */

/** The longest first, so that none is left alone at the end. */
const FULL: readonly RunName[] = ["everything", "week", "busy", "listed", "unlisted", "tail"];
const QUICK: readonly RunName[] = ["small", "smallUnlisted"];

const RUN = new URL("./run.ts", import.meta.url).pathname;
const DOCS = new URL("../../docs/", import.meta.url);

if (process.argv.includes("--quick")) {
  print(smallReport(await results(QUICK)));
} else {
  const found = await results(FULL);
  const report = fullReport(found);
  const svg = dayChart(found);
  writeFileSync(new URL("day.md", DOCS), report);
  writeFileSync(new URL("day.svg", DOCS), svg);
  writeFileSync(new URL("day.png", DOCS), pngOf(svg));
  print(report);
}

/** As many runs at once as there are cores, and two at most: each takes some hundred megabytes. */
async function results(names: readonly RunName[]): Promise<Results> {
  const left = [...names];
  const found: Results = {};
  const work = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) found[name] = await run(name);
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
  return found;
}

function run(name: RunName): Promise<RunResult> {
  const beganMs = performance.now();
  const child = spawn(process.execPath, [RUN, name], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("close", (exitCode) => {
      const seconds = ((performance.now() - beganMs) / 1000).toFixed(0);
      process.stderr.write(`${name}: ${seconds} s\n`);
      if (exitCode === 0) resolve(JSON.parse(output));
      else reject(new Error(`the run "${name}" ended with ${exitCode}`));
    });
  });
}
