import { type LimitedAccount, type QuotaUse, quotaUse } from "../../test/support/quota.ts";
import type { Sizes } from "../sizes.ts";

export type QuotaRun = LimitedAccount & QuotaUse;

/** The limit that Aircall documents. */
const LIMIT = 120;

const SHAPES = ["fixed", "sliding"] as const;
const LATENCIES_MS = [300, 2_000];

/** How much of a company's quota a backfill uses, on a simulated clock: the figures are the same on every machine. */
export async function measureQuota({ quotaMinutes }: Sizes): Promise<QuotaRun[]> {
  const runs: QuotaRun[] = [];
  for (const latencyMs of LATENCIES_MS)
    for (const windowShape of SHAPES) {
      const account = { limit: LIMIT, windowShape, latencyMs };
      runs.push({ ...account, ...(await quotaUse(account, quotaMinutes)) });
    }
  return runs;
}
