import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { count } from "../format.ts";
import { CREDENTIALS } from "../process/accounts.ts";
import { BUNDLE, FLOW_COMMAND, IMAGE_ENVIRONMENT, print, thisMachine } from "../support.ts";
import { type Contestant, compareInTurns } from "./comparison.ts";
import type { Protocol } from "./peer.ts";
import { accountText, comparisonText, problemsText, type Round } from "./tables.ts";

/**
 * Reads emulated accounts with this connector and with others, in turns, and prints the results side by side.
 *
 *     npm run bench:peers -- [--flow <command>]... [--airbyte <command>]... [--singer <command>]...
 *         [--config <file>] [--calls <number>] [--rounds <number>] [--idle <seconds>] [--pause <seconds>]
 */

const { values: options } = parseArgs({
  options: {
    flow: { type: "string", multiple: true, default: [] },
    airbyte: { type: "string", multiple: true, default: [] },
    singer: { type: "string", multiple: true, default: [] },
    config: { type: "string" },
    calls: { type: "string", default: "10000" },
    rounds: { type: "string", default: "3" },
    idle: { type: "string", default: "15" },
    pause: { type: "string", default: "330" },
  },
});

const OURS: Readonly<Record<Protocol, string>> = {
  flow: FLOW_COMMAND.join(" "),
  airbyte: `${process.execPath} ${BUNDLE} airbyte`,
  singer: `${process.execPath} ${BUNDLE} singer`,
};

const PROTOCOLS = ["flow", "airbyte", "singer"] as const;
const START_DATE = "2023-01-01T00:00:00.000Z";
const ownConfig = options.config ? readFileSync(options.config, "utf8") : "{}";

/** Of this process, for the likes of a virtual environment, without what would lead a peer to another account. */
const environment = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || name.startsWith("AIRCALL_") ? [] : [[name, value]],
  ),
);

const ours = PROTOCOLS.map(
  (protocol): Contestant => ({
    name: "this connector",
    env: IMAGE_ENVIRONMENT,
    peer: () => ({ protocol, command: OURS[protocol], config: { ...CREDENTIALS, start_date: START_DATE } }),
  }),
);

/** `{url}` stands for the emulator's address. */
const others = PROTOCOLS.flatMap((protocol) =>
  options[protocol].map(
    (command): Contestant => ({
      name: `\`${command}\``,
      env: environment,
      peer(url) {
        const addressed = (text: string) => text.replaceAll("{url}", url);
        const config = { ...CREDENTIALS, start_date: START_DATE, ...JSON.parse(addressed(ownConfig)) };
        return { protocol, command: addressed(command), config };
      },
    }),
  ),
);

const conditions = {
  calls: Number(options.calls),
  idleMs: Number(options.idle) * 1000,
  pauseMs: Number(options.pause) * 1000,
};
const rounds: Round[] = [];
for (let round = 0; round < Number(options.rounds); round++)
  rounds.push(await compareInTurns([...ours, ...others], conditions));

const { cores, cpu, node } = thisMachine();
print(`${accountText(rounds)} It has no request limit.`);
print(`${count(rounds.length)} rounds on ${cores} × ${cpu} with Node ${node.slice(1)}.\n`);
print(comparisonText(rounds));
const problems = problemsText(rounds);
if (problems) print(`\nFailures after rows were emitted:\n\n${problems}`);
