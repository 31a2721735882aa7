import { expect, test } from "vitest";
import { startEmulator } from "../../emulator/index.ts";
import { TestClock } from "../support/clock.ts";
import { isDeep } from "../support/draws.ts";
import { type LimitedAccount, quotaUse } from "../support/quota.ts";
import { CONFIG, connectorTo } from "../support/world.ts";

const accounts: readonly LimitedAccount[] = [
  { limit: 60, windowShape: "sliding", latencyMs: 2_000 },
  { limit: 60, windowShape: "fixed", latencyMs: 300 },
  { limit: 120, windowShape: "fixed", latencyMs: 2_000 },
  { limit: 120, windowShape: "sliding", latencyMs: 300 },
];

test.each(isDeep ? accounts : accounts.slice(0, 1))(
  "$limit requests a minute in $windowShape windows, answered in $latencyMs ms, are used up and not overdrawn",
  async (account) => {
    const { usedShare, refusedShare } = await quotaUse(account, 10);
    expect(usedShare).toBeGreaterThanOrEqual(0.97);
    expect(usedShare).toBeLessThanOrEqual(1);
    expect(refusedShare).toBeLessThan(0.01);
  },
);

test.each([
  [3, 6, [3, 6]],
  [6, 3, [6, 6]],
])(
  "a config of %i requests a minute and then one of %i make so many by then: %j",
  async (first, second, sent) => {
    const clock = new TestClock();
    const emulator = await startEmulator({ clock, limit: null, account: { calls: 0 } });
    const connector = connectorTo(emulator, clock, {}, 60_000);
    const stop = new AbortController();
    const sentBy = [];
    for (const requests_per_minute of [first, second]) {
      const config = { ...CONFIG, advanced: { requests_per_minute } };
      for (let pings = 0; pings < 9; pings++) connector.proveCredentials(config, stop.signal).catch(() => {});
      await clock.runUntil(clock.now() + 1);
      sentBy.push(emulator.requests.total);
    }
    stop.abort();
    await emulator.close();
    expect(sentBy).toEqual(sent);
  },
);
