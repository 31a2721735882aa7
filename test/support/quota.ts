import { startEmulator } from "../../emulator/index.ts";
import { Follower } from "./capture.ts";
import { TestClock, takingTime } from "./clock.ts";
import { connectorTo } from "./world.ts";

const MINUTE_MS = 60_000;

/** The first minutes may teach the limit; what follows is measured. */
const LEARNING_MINUTES = 2;

export interface LimitedAccount {
  /** Requests a minute. */
  readonly limit: number;
  readonly windowShape: "fixed" | "sliding";
  /** How long an answer takes. */
  readonly latencyMs: number;
}

export interface QuotaUse {
  /** Of the requests that the limit allows. */
  readonly usedShare: number;
  /** Of the requests that were sent. */
  readonly refusedShare: number;
}

/** How a backfill that lasts for longer than it is watched uses the company's quota. */
export async function quotaUse(account: LimitedAccount, measuredMinutes: number): Promise<QuotaUse> {
  const { limit, windowShape, latencyMs } = account;
  const clock = new TestClock();
  const emulator = await startEmulator({
    clock,
    limit,
    windowShape,
    account: { calls: 200_000, days: 60, contacts: 0 },
  });
  const fetch = takingTime(clock, emulator.fetch, latencyMs);
  const config = { advanced: { requests_per_minute: 120 } };
  const follower = new Follower(
    { connector: connectorTo(emulator, clock, { fetch }, MINUTE_MS), clock },
    ["calls"],
    {
      config,
      take: () => {},
    },
  );
  await follower.pass(LEARNING_MINUTES * MINUTE_MS);
  const before = { total: emulator.requests.total, refused: emulator.requests.refused };
  await follower.pass(measuredMinutes * MINUTE_MS);
  const { total, refused } = emulator.requests;
  await follower[Symbol.asyncDispose]();
  await emulator.close();
  return {
    usedShare: (total - refused - (before.total - before.refused)) / (limit * measuredMinutes),
    refusedShare: refused / total,
  };
}
