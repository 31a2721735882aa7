import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import {
  BUNDLE,
  inTemporaryFolder,
  machine,
  median,
  print,
  readUsage,
  USAGE,
  withEmulator,
} from "./support.ts";

/**
 * Measures the Flow face: how soon a `spec` request is answered beside a Node that does nothing, and
 * how fast and in how much memory a session captures accounts of growing size.
 */

const START_RUNS = 30;
const ACCOUNTS = [10_000, 100_000];

/** What the image starts Node with. */
const NODE_FLAGS = ["--max-old-space-size=700", "--max-semi-space-size=4"];

print(`${machine()}.\n`);
benchStart();
await inTemporaryFolder(async (folder) => {
  for (const calls of ACCOUNTS)
    await withEmulator(calls, (env) => benchSession(join(folder, "usage.json"), env));
});

function benchStart(): void {
  const bare: number[] = [];
  const spec: number[] = [];
  for (let run = 0; run < START_RUNS; run++) {
    bare.push(startMs(["-e", "0"]));
    spec.push(startMs([...NODE_FLAGS, BUNDLE, "flow"]));
  }
  const ratio = median(spec) / median(bare);
  print(`A spec request, from start to exit (medians of ${START_RUNS}):`);
  print(
    `  ${median(spec).toFixed(1)} ms, ${ratio.toFixed(2)} times the ${median(bare).toFixed(1)} ms of a bare node -e 0\n`,
  );
}

function startMs(args: readonly string[]): number {
  const began = performance.now();
  spawnSync(process.execPath, args, { input: `${JSON.stringify({ spec: { config: {} } })}\n` });
  return performance.now() - began;
}

async function benchSession(usageFile: string, env: Record<string, string>): Promise<void> {
  const child = spawn(process.execPath, [...NODE_FLAGS, "--import", USAGE, BUNDLE, "flow"], {
    env: { PATH: process.env.PATH, USAGE_FILE: usageFile, ...env },
  });
  const began = performance.now();
  let documents = 0;
  let seconds = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    documents += chunk.toString("latin1").split('{"captured"').length - 1;
  });
  child.stderr.on("data", (chunk) => {
    if (!String(chunk).includes("Caught up")) return;
    seconds = (performance.now() - began) / 1000;
    child.kill("SIGTERM");
  });
  const bindings = [{ resourceConfig: { stream: "calls", syncMode: "incremental" }, stateKey: "calls" }];
  const config = { api_id: env.AIRCALL_API_ID, api_token: env.AIRCALL_API_TOKEN };
  child.stdin.write(`${JSON.stringify({ open: { capture: { name: "bench", config, bindings } } })}\n`);
  await new Promise((resolve) => child.on("close", resolve));
  const { peakMiB, cpuSeconds } = readUsage(usageFile);
  print(`A session over ${documents.toLocaleString("en-US")} calls from an unlimited emulator:`);
  print(`  ${Math.round(documents / seconds).toLocaleString("en-US")} documents a second`);
  print(`  peak memory ${peakMiB.toFixed(0)} MiB, ${cpuSeconds.toFixed(1)} s of CPU\n`);
}
