import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Accounts, withAccounts } from "../process/accounts.ts";
import { FlowSession } from "../process/flow-session.ts";
import { type Usage, UsageWatch } from "../process/usage.ts";
import { BUNDLE, inTemporaryFolder } from "../support.ts";

/** Where a capture writes: lines on standard output for Flow, or rows in a DuckDB file. */
export type Output = "flow" | "duckdb";

/** One capture of all calls of an account. Null where the system does not report it. */
export interface Capture {
  readonly documents: number;
  readonly seconds: number;
  readonly cpuSeconds: number | null;
  readonly peakMiB: number | null;
  readonly requests: number;
  /** CPU time of the emulator, a process of its own, during the capture. */
  readonly emulatorCpuSeconds: number;
  readonly memory: readonly MemoryPoint[];
}

/** Resident memory when so many documents had been captured. */
export interface MemoryPoint {
  readonly documents: number;
  readonly residentMiB: number;
}

/** The captures of one account, by their output. */
export interface AccountCaptures extends Readonly<Record<Output, readonly Capture[]>> {
  readonly calls: number;
}

const MEMORY_EVERY_MS = 250;

type Progress = Omit<Capture, "requests" | "emulatorCpuSeconds">;

/** The outputs take turns, so that other load on the machine affects both alike. */
export async function measureCaptures(
  sizes: readonly { readonly calls: number; readonly runs: number }[],
): Promise<AccountCaptures[]> {
  const found: AccountCaptures[] = [];
  for (const { calls, runs } of sizes)
    found.push(
      await withAccounts({ accounts: 1, calls }, async (accounts) => {
        const [flow, duckdb]: [Capture[], Capture[]] = [[], []];
        for (let run = 0; run < runs; run++) {
          flow.push(await withEmulator(accounts, captureIntoFlow));
          duckdb.push(await withEmulator(accounts, captureIntoDuckDb));
        }
        return { calls, flow, duckdb };
      }),
    );
  return found;
}

async function withEmulator(
  accounts: Accounts,
  capture: (env: Record<string, string>) => Promise<Progress>,
): Promise<Capture> {
  const before = await accounts.served();
  const progress = await capture(accounts.environment());
  const after = await accounts.served();
  return {
    ...progress,
    requests: after.requests - before.requests,
    emulatorCpuSeconds: after.cpuSeconds - before.cpuSeconds,
  };
}

async function captureIntoFlow(env: Record<string, string>): Promise<Progress> {
  const session = new FlowSession(env);
  const memory = followMemory(session.watch, () => session.documents);
  try {
    const seconds = await session.caughtUp();
    const usage = await session.watch.stop();
    return { documents: session.documents, seconds, ...quantities(usage), memory: memory.points };
  } finally {
    memory.stop();
    await session.stop();
  }
}

function captureIntoDuckDb(env: Record<string, string>): Promise<Progress> {
  return inTemporaryFolder(async (folder) => {
    const args = ["capture", "--json", "--streams", "calls", "--to", join(folder, "calls.duckdb")];
    const startedMs = performance.now();
    const child = spawn(process.execPath, [BUNDLE, ...args], { env, stdio: ["ignore", "pipe", "inherit"] });
    const watch = new UsageWatch(child.pid ?? 0);
    const ended = once(child, "close");
    let documents = 0;
    const memory = followMemory(watch, () => documents);
    for await (const line of createInterface({ input: child.stdout })) documents = documentsIn(line);
    const [exitCode] = await ended;
    const seconds = (performance.now() - startedMs) / 1000;
    memory.stop();
    const usage = await watch.stop();
    if (exitCode !== 0) throw new Error(`the capture into DuckDB ended with ${exitCode}`);
    return { documents, seconds, ...quantities(usage), memory: memory.points };
  });
}

/** From a line of `--json`: the summary at the end, or the progress of the one stream. */
function documentsIn(line: string): number {
  const report = JSON.parse(line) as { documents?: number; streams?: { documents: number }[] };
  return report.documents ?? report.streams?.[0]?.documents ?? 0;
}

function quantities(usage: Usage | undefined): Pick<Capture, "cpuSeconds" | "peakMiB"> {
  return { cpuSeconds: usage?.cpuSeconds ?? null, peakMiB: usage?.peakMiB ?? null };
}

function followMemory(watch: UsageWatch, documents: () => number) {
  const points: MemoryPoint[] = [];
  const timer = setInterval(() => {
    const residentMiB = watch.usage?.residentMiB;
    if (residentMiB !== undefined)
      points.push({ documents: documents(), residentMiB: Math.round(residentMiB) });
  }, MEMORY_EVERY_MS);
  return { points, stop: () => clearInterval(timer) };
}
