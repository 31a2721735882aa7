import { expect, test } from "vitest";
import { isDeep } from "../support/draws.ts";
import { type LimitedAccount, quotaUse } from "../support/quota.ts";

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
