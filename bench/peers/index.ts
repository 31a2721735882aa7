import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { count } from "../day/units.ts";
import { CREDENTIALS, withAccounts } from "../process/accounts.ts";
import { CAN_WATCH } from "../process/usage.ts";
import { FLOW_COMMAND, IMAGE_ENVIRONMENT, print, thisMachine } from "../support.ts";
import { comparePeer, comparisonTable, type Failure, type Row } from "./comparison.ts";
import type { Peer } from "./peer.ts";

/**
 * Has other connectors read the same emulated account as this one, and prints them side by side.
 *
 *     npm run bench:peers -- [--flow <command>]... [--airbyte <command>]... [--config <file>] [--calls <number>]
 */

const { values: options } = parseArgs({
  options: {
    flow: { type: "string", multiple: true, default: [] },
    airbyte: { type: "string", multiple: true, default: [] },
    config: { type: "string" },
    calls: { type: "string", default: "10000" },
  },
});

const ours: Peer = { protocol: "flow", command: FLOW_COMMAND.join(" "), config: CREDENTIALS };
const ownConfig = options.config ? readFileSync(options.config, "utf8") : "{}";

/** `{url}` stands for the emulator's address. */
function others(url: string): Peer[] {
  const addressed = (text: string) => text.replaceAll("{url}", url);
  const start_date = "2023-01-01T00:00:00.000Z";
  const config = { ...CREDENTIALS, start_date, ...JSON.parse(addressed(ownConfig)) };
  return [
    ...options.flow.map((command): Peer => ({ protocol: "flow", command: addressed(command), config })),
    ...options.airbyte.map((command): Peer => ({ protocol: "airbyte", command: addressed(command), config })),
  ];
}

const rows = await withAccounts(Number(options.calls), 1, async (accounts) => {
  const found: (Row | Failure)[] = [
    { ...(await comparePeer(ours, accounts, IMAGE_ENVIRONMENT)), peer: "this connector (flow)" },
  ];
  for (const peer of others(accounts.urls[0] ?? "")) {
    found.push(await comparePeer(peer, accounts, surroundings()));
  }
  return found;
});

const { cores, cpu, node } = thisMachine();
print(
  `About ${count(Number(options.calls))} calls of an emulator without a limit, on ${cores} × ${cpu} with Node ${node.slice(1)}.\n`,
);
print(comparisonTable(rows));
if (!CAN_WATCH) print("\nCPU and memory of other processes can be read on Linux only.");

/** A virtual environment and the like are told of by environment variables. */
function surroundings(): Record<string, string> {
  const known = Object.entries(process.env).filter(([name]) => !name.startsWith("AIRCALL_"));
  return Object.fromEntries(known.map(([name, value]) => [name, value ?? ""]));
}
