import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Measures the two ways a first-time user meets the program: the demo, and a large account captured
 * into DuckDB. Every run is a process of its own, and so is the emulator of the large account.
 */

const BUNDLE = new URL("../dist/source-aircall.cjs", import.meta.url).pathname;
const USAGE = new URL("./usage.mjs", import.meta.url).href;
const CALLS = 100_000;
const RUNS = 3;

interface Run {
  readonly wallSeconds: number;
  readonly peakMiB: number;
  readonly cpuSeconds: number;
  readonly stdout: string;
}

const folder = mkdtempSync(join(tmpdir(), "source-aircall-bench-"));
try {
  print(
    `Node ${process.version} on ${cpus().length} × ${cpus()[0]?.model.trim()}; medians of ${RUNS} runs.\n`,
  );
  await benchDemo();
  await benchLargeAccount();
} finally {
  rmSync(folder, { recursive: true });
}

async function benchDemo(): Promise<void> {
  const runs: Run[] = [];
  for (let run = 0; run < RUNS; run++)
    runs.push(await measure(["demo", "--to", join(folder, `demo-${run}.duckdb`)], {}));
  print("The demo account (about 3,500 documents), from start to exit:");
  print(
    `  ${median(runs, "wallSeconds").toFixed(2)} s, peak memory ${median(runs, "peakMiB").toFixed(0)} MiB, emulator included\n`,
  );
}

async function benchLargeAccount(): Promise<void> {
  const emulator = spawn(
    process.execPath,
    [BUNDLE, "emulator", "--port", "0", "--calls", String(CALLS), "--limit", "0"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  try {
    const url = await servedUrl(emulator.stdout);
    const env = {
      AIRCALL_API_URL: url,
      AIRCALL_API_ID: "emulator-id",
      AIRCALL_API_TOKEN: "emulator-token",
      AIRCALL_RATE_WINDOW_MS: "1",
    };
    const runs: Run[] = [];
    for (let run = 0; run < RUNS; run++) {
      const path = join(folder, `large-${run}.duckdb`);
      runs.push(await measure(["capture", "--json", "--streams", "calls", "--to", path], env));
    }
    report(runs);
  } finally {
    emulator.kill();
  }
}

function report(runs: readonly Run[]): void {
  const summary = JSON.parse(runs[0]?.stdout.trim().split("\n").at(-1) ?? "{}");
  const { documents, requests } = summary.streams[0];
  const leastRequests = Math.ceil(documents / 50);
  print(`${documents.toLocaleString("en-US")} calls from an unlimited emulator into DuckDB:`);
  print(
    `  ${Math.round(documents / median(runs, "wallSeconds")).toLocaleString("en-US")} documents a second`,
  );
  print(
    `  peak memory ${median(runs, "peakMiB").toFixed(0)} MiB, ${median(runs, "cpuSeconds").toFixed(1)} s of CPU`,
  );
  print(
    `  ${requests.toLocaleString("en-US")} requests, ${(requests / leastRequests).toFixed(3)} times the least that 50 a page allow`,
  );
}

function measure(args: readonly string[], env: Record<string, string>): Promise<Run> {
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
      resolve({ wallSeconds, stdout, ...JSON.parse(readFileSync(usageFile, "utf8")) });
    });
  });
}

function servedUrl(output: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve) => {
    output.on("data", (chunk) => {
      const url = /http:\/\/[\d.]+:\d+/.exec(String(chunk))?.[0];
      if (url) resolve(url);
    });
  });
}

function median(runs: readonly Run[], figure: "wallSeconds" | "peakMiB" | "cpuSeconds"): number {
  const sorted = runs.map((run) => run[figure]).sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
