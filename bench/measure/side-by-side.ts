import { type Accounts, withAccounts } from "../process/accounts.ts";
import { FlowSession } from "../process/flow-session.ts";
import { proportionalMiB } from "../process/usage.ts";
import type { Sizes } from "../sizes.ts";
import { sum } from "../statistics.ts";
import { FLOW_COMMAND } from "../support.ts";

/** Captures of different accounts on one machine, a process each. Null where processes cannot be watched. */
export interface SideBySide {
  readonly captures: number;
  readonly callsEach: number;
  /** Until the last of them has captured all. */
  readonly seconds: number;
  readonly cpuSeconds: number | null;
  /** What all take when they have caught up; what they share is counted once. */
  readonly memoryMiB: number | null;
  /** The highest that one of them had, counting what it shares. */
  readonly peakMiB: number | null;
  readonly documents: number;
}

export async function measureSideBySide({ sideBySide }: Sizes): Promise<SideBySide[]> {
  const found: SideBySide[] = [];
  for (const captures of sideBySide.captures) {
    found.push(
      await withAccounts(sideBySide.calls, captures, (accounts) => runSideBySide(accounts, sideBySide.calls)),
    );
  }
  return found;
}

async function runSideBySide(accounts: Accounts, callsEach: number): Promise<SideBySide> {
  const beganMs = performance.now();
  const sessions = accounts.urls.map(
    (_, index) => new FlowSession(FLOW_COMMAND, accounts.environment(index)),
  );
  try {
    await Promise.all(sessions.map((session) => session.caughtUp()));
    const seconds = (performance.now() - beganMs) / 1000;
    const usages = sessions.map(({ watch }) => watch.usage());
    return {
      captures: sessions.length,
      callsEach,
      seconds,
      cpuSeconds: known(
        usages.map((usage) => usage?.cpuSeconds),
        sum,
      ),
      memoryMiB: known(
        sessions.map(({ process }) => proportionalMiB(process.pid ?? 0)),
        sum,
      ),
      peakMiB: known(
        usages.map((usage) => usage?.peakMiB),
        (peaks) => Math.max(...peaks),
      ),
      documents: sum(sessions.map(({ documents }) => documents)),
    };
  } finally {
    await Promise.all(sessions.map((session) => session.stop()));
  }
}

function known(values: readonly (number | undefined)[], join: (values: number[]) => number): number | null {
  const all = values.filter((value) => value !== undefined);
  return all.length < values.length ? null : join(all);
}
