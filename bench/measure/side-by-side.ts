import { type Accounts, withAccounts } from "../process/accounts.ts";
import { FlowSession } from "../process/flow-session.ts";
import { proportionalMiB } from "../process/usage.ts";
import { sum } from "../statistics.ts";

/** Captures of different accounts on one machine, one process each. Null where the system does not report it. */
export interface SideBySide {
  readonly captures: number;
  readonly callsEach: number;
  /** Until the last capture has caught up. */
  readonly seconds: number;
  readonly cpuSeconds: number | null;
  /** Of all captures when they have caught up. Shared memory counts once. */
  readonly memoryMiB: number | null;
  /** The highest peak of one capture, shared memory included. */
  readonly peakMiB: number | null;
  readonly documents: number;
}

export async function measureSideBySide(calls: number, sizes: readonly number[]): Promise<SideBySide[]> {
  const found: SideBySide[] = [];
  for (const captures of sizes)
    found.push(await withAccounts({ accounts: captures, calls }, (accounts) => measure(accounts, calls)));
  return found;
}

async function measure(accounts: Accounts, callsEach: number): Promise<SideBySide> {
  const startedMs = performance.now();
  const sessions = accounts.urls.map((_, index) => new FlowSession(accounts.environment(index)));
  try {
    await Promise.all(sessions.map((session) => session.caughtUp()));
    const seconds = (performance.now() - startedMs) / 1000;
    const memory = sessions.map(({ process }) => proportionalMiB(process.pid ?? 0));
    const usages = await Promise.all(sessions.map(({ watch }) => watch.stop()));
    return {
      captures: sessions.length,
      callsEach,
      seconds,
      cpuSeconds: complete(
        usages.map((usage) => usage?.cpuSeconds),
        sum,
      ),
      memoryMiB: complete(memory, sum),
      peakMiB: complete(
        usages.map((usage) => usage?.peakMiB),
        (peaks) => Math.max(...peaks),
      ),
      documents: sum(sessions.map(({ documents }) => documents)),
    };
  } finally {
    await Promise.all(sessions.map((session) => session.stop()));
  }
}

/** Null unless every value is known. */
function complete(
  values: readonly (number | undefined)[],
  join: (values: number[]) => number,
): number | null {
  const known = values.filter((value) => value !== undefined);
  return known.length < values.length ? null : join(known);
}
