import { expect, test } from "vitest";
import { startEmulator } from "../../emulator/index.ts";
import { Follower } from "../support/capture.ts";
import { TestClock, takingTime } from "../support/clock.ts";
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

test.each(["fixed", "sliding"] as const)(
  "what answers say is left of the quota in a %s window is shared with another integration without a refusal",
  async (windowShape) => {
    const clock = new TestClock();
    const account = { calls: 2_000, days: 20, contacts: 0 };
    const limits = { limit: 30, windowShape, rateHeaders: "always" } as const;
    const emulator = await startEmulator({ clock, account, ...limits });
    const headers = { authorization: `Basic ${btoa(`${CONFIG.api_id}:${CONFIG.api_token}`)}` };
    const other = async () => {
      for (let requests = 0; requests < 12; requests++)
        await clock.hold(() => emulator.fetch(`${emulator.url}/v1/ping`, { headers }));
    };
    await other();
    const fetch = takingTime(clock, emulator.fetch, 200);
    const connector = connectorTo(emulator, clock, { fetch }, 60_000);
    const follower = new Follower({ connector, clock }, ["calls"], { take: () => {} });
    await follower.pass(10 * 60_000);
    await follower[Symbol.asyncDispose]();
    await emulator.close();
    expect(emulator.requests.refused).toBe(0);
    expect(emulator.requests.total).toBeGreaterThan(50);
  },
);
