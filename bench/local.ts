import { spawn } from "node:child_process";
import { join } from "node:path";
import {
  BUNDLE,
  inTemporaryFolder,
  machine,
  median,
  print,
  readUsage,
  USAGE,
  type Usage,
  withEmulator,
} from "./support.ts";

/**
 * Measures the two ways a first-time user meets the program: the demo, and a large account captured
 * into DuckDB. Every run is a process of its own, and so is the emulator of the large account.
 */

const CALLS = 100_000;
const RUNS = 3;

interface Run extends Usage {
  readonly wallSeconds: number;
  readonly stdout: string;
}

await inTemporaryFolder(async (folder) => {
  print(`${machine()}; medians of ${RUNS} runs.\n`);
  const demos = await repeat((run) =>
    measure(folder, ["demo", "--to", join(folder, `demo-${run}.duckdb`)], {}),
  );
  print("The demo account (about 3,500 documents), from start to exit:");
  print(
    `  ${figure(demos, "wallSeconds", 2)} s, peak memory ${figure(demos, "peakMiB")} MiB, emulator included\n`,
  );
  await withEmulator(CALLS, async (env) => {
    const capture = (run: number) => [
      "capture",
      "--json",
      "--streams",
      "calls",
      "--to",
      join(folder, `large-${run}.duckdb`),
    ];
    report(await repeat((run) => measure(folder, capture(run), env)));
  });
});

function report(runs: readonly Run[]): void {
  const summary = JSON.parse(runs[0]?.stdout.trim().split("\n").at(-1) ?? "{}");
  const { documents, requests } = summary.streams[0];
  const seconds = median(runs.map(({ wallSeconds }) => wallSeconds));
  print(`${documents.toLocaleString("en-US")} calls from an unlimited emulator into DuckDB:`);
  print(`  ${Math.round(documents / seconds).toLocaleString("en-US")} documents a second`);
  print(`  peak memory ${figure(runs, "peakMiB")} MiB, ${figure(runs, "cpuSeconds", 1)} s of CPU`);
  print(
    `  ${requests.toLocaleString("en-US")} requests; the least that 50 a page allow is ${Math.ceil(documents / 50).toLocaleString("en-US")}`,
  );
}

async function repeat(work: (run: number) => Promise<Run>): Promise<Run[]> {
  const runs: Run[] = [];
  for (let run = 0; run < RUNS; run++) runs.push(await work(run));
  return runs;
}

function measure(folder: string, args: readonly string[], env: Record<string, string>): Promise<Run> {
  const usageFile = join(folder, "usage.json");
  const began = performance.now();
  const child = spawn(process.execPath, ["--import", USAGE, BUNDLE, ...args], {
    env: { PATH: process.env.PATH, USAGE_FILE: usageFile, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("close", (exitCode) => {
      const wallSeconds = (performance.now() - began) / 1000;
      if (exitCode !== 0) return reject(new Error(`${args.join(" ")} ended with ${exitCode}:\n${stderr}`));
      resolve({ wallSeconds, stdout, ...readUsage(usageFile) });
    });
  });
}

function figure(runs: readonly Run[], name: "wallSeconds" | keyof Usage, digits = 0): string {
  return median(runs.map((run) => run[name])).toFixed(digits);
}
