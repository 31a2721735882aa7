import { startEmulator } from "../../emulator/index.ts";
import { Connector } from "../../src/connector.ts";
import { TestClock, takingTime } from "./clock.ts";
import { CONFIG, rememberingLog } from "./world.ts";

const START_MS = Date.UTC(2026, 5, 15, 12);
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
  const clock = new TestClock(START_MS);
  const emulator = await startEmulator({
    clock,
    limit,
    windowShape,
    account: { calls: 200_000, days: 60, contacts: 0 },
  });
  const fetch = takingTime(clock, emulator.fetch, latencyMs);
  const ports = { clock, random: () => 0.5, fetch, log: rememberingLog() };
  const stop = new AbortController();
  const session = (async () => {
    const messages = new Connector({ ports, origin: emulator.url, rateWindowMs: MINUTE_MS }).capture({
      config: { ...CONFIG, advanced: { requests_per_minute: 120 } },
      bindings: [{ resourceConfig: { stream: "calls", syncMode: "incremental" }, stateKey: "it" }],
      state: {},
      until: "pass",
      signal: stop.signal,
    });
    for await (const _ of messages);
  })();
  await clock.runUntil(START_MS + LEARNING_MINUTES * MINUTE_MS);
  const before = { total: emulator.requests.total, refused: emulator.requests.refused };
  await clock.runUntil(START_MS + (LEARNING_MINUTES + measuredMinutes) * MINUTE_MS);
  const { total, refused } = emulator.requests;
  stop.abort();
  await clock.runUntil(clock.now() + MINUTE_MS);
  await session.catch(() => {});
  await emulator.close();
  return {
    usedShare: (total - refused - (before.total - before.refused)) / (limit * measuredMinutes),
    refusedShare: refused / total,
  };
}
