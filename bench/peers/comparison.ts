import { count, UNKNOWN } from "../format.ts";
import { table } from "../markdown.ts";
import type { Accounts } from "../process/accounts.ts";
import { readOverAirbyte } from "./airbyte.ts";
import { readOverFlow } from "./flow.ts";
import type { Environment, Peer } from "./peer.ts";

/** How one peer read the account. */
export interface Row {
  readonly peer: string;
  readonly seconds: number;
  readonly cpuSeconds: number | undefined;
  readonly peakMiB: number | undefined;
  readonly requests: number;
  readonly documents: number;
  /** Calls of the account that never came. */
  readonly missing: number;
  /** Documents beyond the first of a call, though no call changed. */
  readonly duplicates: number;
}

export interface Failure {
  readonly peer: string;
  readonly because: string;
}

/** Reads all calls of the account with a peer, and compares what came with what the account holds. */
export async function comparePeer(
  peer: Peer,
  accounts: Accounts,
  env: Environment = {},
  quietMs?: number,
): Promise<Row | Failure> {
  const name = `\`${peer.command}\` (${peer.protocol})`;
  const environment = { ...accounts.environment(), ...env };
  const before = await accounts.served();
  try {
    const { ids, seconds, usage } =
      peer.protocol === "flow"
        ? await readOverFlow(peer, "calls", environment, quietMs)
        : await readOverAirbyte(peer, "calls", environment);
    const after = await accounts.served();
    const found = new Set(ids.map(String));
    return {
      peer: name,
      seconds,
      cpuSeconds: usage?.cpuSeconds,
      peakMiB: usage?.peakMiB,
      requests: after.requests - before.requests,
      documents: ids.length,
      missing: (await accounts.ids()).filter((id) => !found.has(String(id))).length,
      duplicates: ids.length - found.size,
    };
  } catch (error) {
    return { peer: name, because: error instanceof Error ? error.message : String(error) };
  }
}

/** The peers side by side, as Markdown. */
export function comparisonTable(rows: readonly (Row | Failure)[]): string {
  return table(
    ["connector", "seconds", "CPU seconds", "peak MiB", "requests", "documents", "missing", "duplicates"],
    rows.map((row) =>
      "because" in row
        ? [row.peer, `failed: ${row.because}`, "", "", "", "", "", ""]
        : [
            row.peer,
            row.seconds.toFixed(1),
            row.cpuSeconds?.toFixed(1) ?? UNKNOWN,
            row.peakMiB?.toFixed(0) ?? UNKNOWN,
            count(row.requests),
            count(row.documents),
            count(row.missing),
            count(row.duplicates),
          ],
    ),
  );
}
