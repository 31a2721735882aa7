import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { count } from "../format.ts";
import { CREDENTIALS, withAccounts } from "../process/accounts.ts";
import { FLOW_COMMAND, IMAGE_ENVIRONMENT, print, thisMachine } from "../support.ts";
import { comparePeer, comparisonTable, type Failure, type Row } from "./comparison.ts";
import type { Peer } from "./peer.ts";

/**
 * Reads one emulated account with this connector and with others, and prints the results side by side.
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

const OURS: Peer = { protocol: "flow", command: FLOW_COMMAND.join(" "), config: CREDENTIALS };
const ownConfig = options.config ? readFileSync(options.config, "utf8") : "{}";

/** `{url}` stands for the emulator's address. */
function others(url: string): Peer[] {
  const addressed = (text: string) => text.replaceAll("{url}", url);
  const start_date = "2023-01-01T00:00:00.000Z";
  const config = { ...CREDENTIALS, start_date, ...JSON.parse(addressed(ownConfig)) };
  return (["flow", "airbyte"] as const).flatMap((protocol) =>
    options[protocol].map((command): Peer => ({ protocol, command: addressed(command), config })),
  );
}

/** Of this process, for the likes of a virtual environment, without what would lead a peer to another account. */
const environment = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || name.startsWith("AIRCALL_") ? [] : [[name, value]],
  ),
);

const rows = await withAccounts({ accounts: 1, calls: Number(options.calls) }, async (accounts) => {
  const ours = await comparePeer(OURS, accounts, IMAGE_ENVIRONMENT);
  const found: (Row | Failure)[] = [{ ...ours, peer: "this connector (flow)" }];
  for (const peer of others(accounts.urls[0] ?? ""))
    found.push(await comparePeer(peer, accounts, environment));
  return found;
});

const { cores, cpu, node } = thisMachine();
print(
  `About ${count(Number(options.calls))} calls of an emulator without a limit, on ${cores} × ${cpu} with Node ${node.slice(1)}.\n`,
);
print(comparisonTable(rows));
