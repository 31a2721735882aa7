import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Accounts, withAccounts } from "../process/accounts.ts";
import { FlowSession } from "../process/flow-session.ts";
import { UsageWatch } from "../process/usage.ts";
import type { Sizes } from "../sizes.ts";
import { BUNDLE, FLOW_COMMAND, inTemporaryFolder } from "../support.ts";

/** Where a capture's documents go: lines on standard output for Flow, or rows of a DuckDB file. */
export type Output = "flow" | "duckdb";

/** The calls of an account, captured once. Null where processes cannot be watched. */
export interface Capture {
  readonly documents: number;
  readonly seconds: number;
  readonly cpuSeconds: number | null;
  readonly peakMiB: number | null;
  readonly requests: number;
  /** What the emulator, in a process of its own, took in the meantime. */
  readonly emulatorCpuSeconds: number;
  /** Memory by documents captured. */
  readonly memory: readonly MemoryPoint[];
}

export interface MemoryPoint {
  readonly documents: number;
  readonly residentMiB: number;
}

/** The captures of one account, and how fast its emulator lets itself be read by something that only drops what it reads. */
export interface AccountCaptures {
  readonly calls: number;
  readonly bareDocumentsPerSecond: readonly number[];
  readonly flow: readonly Capture[];
  readonly duckdb: readonly Capture[];
}

const MEMORY_EVERY_MS = 250;

type Progress = Omit<Capture, "requests" | "emulatorCpuSeconds">;

/** An account a size. The outputs take turns, so that the machine's moods meet both alike. */
export async function measureCaptures({ captures }: Sizes): Promise<AccountCaptures[]> {
  const found: AccountCaptures[] = [];
  for (const { calls, runs } of captures)
    found.push(await withAccounts(calls, 1, (accounts) => measureAccount(accounts, calls, runs)));
  return found;
}

async function measureAccount(accounts: Accounts, calls: number, runs: number): Promise<AccountCaptures> {
  const bareDocumentsPerSecond: number[] = [];
  const flow: Capture[] = [];
  const duckdb: Capture[] = [];
  for (let run = 0; run < runs; run++) {
    bareDocumentsPerSecond.push(await readBarely(accounts));
    flow.push(await withEmulator(accounts, () => captureIntoFlow(accounts)));
    duckdb.push(await withEmulator(accounts, () => captureIntoDuckDb(accounts)));
  }
  return { calls, bareDocumentsPerSecond, flow, duckdb };
}

async function withEmulator(accounts: Accounts, capture: () => Promise<Progress>): Promise<Capture> {
  const before = await accounts.told();
  const progress = await capture();
  const after = await accounts.told();
  return {
    ...progress,
    requests: after.requests - before.requests,
    emulatorCpuSeconds: after.cpuSeconds - before.cpuSeconds,
  };
}

async function readBarely(accounts: Accounts): Promise<number> {
  const reader = new URL("../process/bare-reader.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [reader], {
    env: accounts.environment(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  await once(child, "close");
  const { documents, seconds } = JSON.parse(output) as { documents: number; seconds: number };
  return documents / seconds;
}

async function captureIntoFlow(accounts: Accounts): Promise<Progress> {
  const session = new FlowSession(FLOW_COMMAND, accounts.environment());
  const memory = followMemory(session.watch, () => session.documents);
  try {
    const seconds = await session.caughtUp();
    return { documents: session.documents, seconds, ...usageOf(session.watch), memory: memory.points };
  } finally {
    memory.stop();
    await session.stop();
  }
}

function captureIntoDuckDb(accounts: Accounts): Promise<Progress> {
  return inTemporaryFolder(async (folder) => {
    const args = ["capture", "--json", "--streams", "calls", "--to", join(folder, "calls.duckdb")];
    const beganMs = performance.now();
    const child = spawn(process.execPath, [BUNDLE, ...args], {
      env: accounts.environment(),
      stdio: ["ignore", "pipe", "inherit"],
    });
    const watch = new UsageWatch(child.pid ?? 0);
    const ended = once(child, "close");
    let documents = 0;
    const memory = followMemory(watch, () => documents);
    for await (const line of createInterface({ input: child.stdout })) documents = documentsTold(line);
    const [exitCode] = await ended;
    const seconds = (performance.now() - beganMs) / 1000;
    memory.stop();
    watch.stop();
    if (exitCode !== 0) throw new Error(`the capture into DuckDB ended with ${exitCode}`);
    return { documents, seconds, ...usageOf(watch), memory: memory.points };
  });
}

/** A line of `--json`: the summary at the end, or the progress of the one stream. */
function documentsTold(line: string): number {
  const told = JSON.parse(line) as { documents?: number; streams?: { documents: number }[] };
  return told.documents ?? told.streams?.[0]?.documents ?? 0;
}

function usageOf(watch: UsageWatch): Pick<Capture, "cpuSeconds" | "peakMiB"> {
  const usage = watch.usage();
  return { cpuSeconds: usage?.cpuSeconds ?? null, peakMiB: usage?.peakMiB ?? null };
}

function followMemory(watch: UsageWatch, documents: () => number) {
  const points: MemoryPoint[] = [];
  const timer = setInterval(() => {
    const residentMiB = watch.usage()?.residentMiB;
    if (residentMiB !== undefined)
      points.push({ documents: documents(), residentMiB: Math.round(residentMiB) });
  }, MEMORY_EVERY_MS);
  return { points, stop: () => clearInterval(timer) };
}
