/**
 * Runs the programs that others drive the connector with, each against an emulator:
 *
 *     npm run test:clients [-- <client>...]
 *
 * A client that cannot be had on this machine is skipped with a line that says so.
 */
import { airbyte } from "./airbyte.ts";
import { airbyteStandard } from "./airbyte-standard.ts";
import { pythonOf, Unavailable } from "./environment.ts";
import { estuary } from "./estuary.ts";
import { singer } from "./singer.ts";

/** Throws what does not hold, and yields a line for each thing that does. */
export type Client = (python: string) => AsyncIterable<string>;

const clients: Readonly<Record<string, Client>> = {
  airbyte,
  "airbyte-standard": airbyteStandard,
  estuary,
  singer,
};

const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : Object.keys(clients)) await runClient(name);

async function runClient(name: string): Promise<void> {
  try {
    const client = clients[name];
    if (!client) throw new Error(`the clients are ${Object.keys(clients).join(", ")}`);
    for await (const line of client(await pythonOf(name))) tell(`${name}: ${line}`);
    tell(`${name}: passed`);
  } catch (error) {
    if (error instanceof Unavailable) return tell(`${name}: skipped, ${error.message}`);
    process.exitCode = 1;
    tell(`${name}: FAILED\n${(error as Error).stack}`);
  }
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
