import { count } from "../day/units.ts";
import { table } from "../markdown.ts";
import type { Accounts } from "../process/accounts.ts";
import { readOverAirbyte } from "./airbyte.ts";
import { readOverFlow } from "./flow.ts";
import type { Peer, Reading } from "./peer.ts";

/** What became of one peer beside the others. */
export interface Row {
  readonly peer: string;
  readonly seconds: number;
  readonly cpuSeconds: number | undefined;
  readonly peakMiB: number | undefined;
  readonly requests: number;
  readonly documents: number;
  /** Objects of the account that never came. */
  readonly missing: number;
  /** Documents beyond the first of an object, which nothing in the account calls for. */
  readonly duplicates: number;
}

export interface Failure {
  readonly peer: string;
  readonly because: string;
}

/** Has the peer read all calls of the account, and holds what it gives against what there is. */
export async function comparePeer(
  peer: Peer,
  accounts: Accounts,
  env: Readonly<Record<string, string>> = {},
  quietMs?: number,
): Promise<Row | Failure> {
  const before = await accounts.told();
  const all = { ...accounts.environment(), ...env };
  try {
    const reading =
      peer.protocol === "flow"
        ? await readOverFlow(peer, "calls", all, quietMs)
        : await readOverAirbyte(peer, "calls", all);
    const { requests } = await accounts.told();
    return rowOf(peer, reading, requests - before.requests, await accounts.ids());
  } catch (error) {
    return { peer: nameOf(peer), because: error instanceof Error ? error.message : String(error) };
  }
}

function rowOf(peer: Peer, { keys, seconds, usage }: Reading, requests: number, ids: readonly number[]): Row {
  const found = new Set(keys.map(String));
  return {
    peer: nameOf(peer),
    seconds,
    cpuSeconds: usage?.cpuSeconds,
    peakMiB: usage?.peakMiB,
    requests,
    documents: keys.length,
    missing: ids.filter((id) => !found.has(String(id))).length,
    duplicates: keys.length - found.size,
  };
}

/** The peers side by side, as Markdown. */
export function comparisonTable(rows: readonly (Row | Failure)[]): string {
  const unknown = "not available";
  return table(
    ["connector", "seconds", "CPU seconds", "peak MiB", "requests", "documents", "missing", "duplicates"],
    rows.map((row) =>
      "because" in row
        ? [row.peer, `failed: ${row.because}`, "", "", "", "", "", ""]
        : [
            row.peer,
            row.seconds.toFixed(1),
            row.cpuSeconds?.toFixed(1) ?? unknown,
            row.peakMiB?.toFixed(0) ?? unknown,
            count(row.requests),
            count(row.documents),
            count(row.missing),
            count(row.duplicates),
          ],
    ),
  );
}

function nameOf({ command, protocol }: Peer): string {
  return `\`${command}\` (${protocol})`;
}
