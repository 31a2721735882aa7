import { Command } from "commander";
import { ConfigError } from "../../errors.ts";
import type { InsightName } from "../../streams/index.ts";
import { parseAddOns, parseCount, parsePercent, parsePort } from "../arguments.ts";
import type { CliContext } from "../context.ts";
import { writeLine } from "../terminal.ts";

interface EmulatorCommandOptions {
  readonly port: number;
  readonly seed: string;
  readonly calls: number;
  readonly days: number;
  readonly contacts: number;
  readonly messages: number;
  readonly addOns?: readonly InsightName[];
  readonly eventsLosses: number;
  readonly eventsDuplicates: number;
  readonly limit: number;
  readonly latency: number;
  readonly hideInProgress?: true;
}

export function emulatorCommand(context: CliContext): Command {
  return new Command("emulator")
    .summary("serve a made-up Aircall account on this machine")
    .description(
      "Serves a made-up Aircall account with ongoing activity: calls ring, are answered, end, and gain recordings, " +
        "tags and comments. The activity of a day depends only on the seed and the date. Listens on 127.0.0.1 " +
        "until stopped. Webhooks with an address on this machine receive an event of everything that happens.",
    )
    .option("--port <number>", "port to listen on; 0 for any free port", parsePort, 8484)
    .option("--seed <text>", "seed of the account's random data", "aircall")
    .option("--calls <number>", "approximate number of calls in total", parseCount, 3_000)
    .option("--days <number>", "number of days with calls", parseCount, 60)
    .option("--contacts <number>", "approximate number of contacts", parseCount, 400)
    .option("--messages <number>", "approximate number of text messages a day", parseCount, 200)
    .option(
      "--add-ons <kinds>",
      "kinds of insights in the plan: names of their streams, or none (default: all)",
      parseAddOns,
    )
    .option("--events-losses <percent>", "share of events that are not sent", parsePercent, 0)
    .option("--events-duplicates <percent>", "share of events that are sent twice", parsePercent, 0)
    .option("--limit <number>", "requests per minute for the whole company; 0 for no limit", parseCount, 120)
    .option("--latency <ms>", "delay of every response", parseCount, 0)
    .option("--hide-in-progress", "list a call only after it has ended")
    .addHelpText(
      "after",
      `
Example:
  $ source-aircall emulator --calls 30000 --limit 0
  $ export AIRCALL_API_URL=http://127.0.0.1:8484 AIRCALL_API_ID=emulator-id AIRCALL_API_TOKEN=emulator-token
  $ source-aircall capture --to emulated.duckdb`,
    )
    .action(async (options: EmulatorCommandOptions) => {
      const emulator = await start(options);
      const { API_ID, API_TOKEN } = await import("../../../emulator/index.ts");
      writeLine(context.stdout, `An Aircall account is served at ${emulator.url}. To capture it:`);
      writeLine(
        context.stdout,
        `  AIRCALL_API_URL=${emulator.url} AIRCALL_API_ID=${API_ID} AIRCALL_API_TOKEN=${API_TOKEN} source-aircall capture --to emulated.duckdb`,
      );
      await aborted(context.signal);
      await emulator.close();
    });
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}

const WHY_NOT_LISTENING: Readonly<Record<string, string>> = {
  EADDRINUSE: "is taken",
  EACCES: "is not for this user",
};

async function start(options: EmulatorCommandOptions) {
  const { startEmulator } = await import("../../../emulator/index.ts");
  try {
    return await startEmulator({
      port: options.port,
      seed: options.seed,
      account: {
        calls: options.calls,
        days: options.days,
        contacts: options.contacts,
        messagesPerDay: options.messages,
      },
      insights: options.addOns ? { addOns: options.addOns } : {},
      events: { losses: options.eventsLosses / 100, duplicates: options.eventsDuplicates / 100 },
      httpOnThisMachine: true,
      limit: options.limit === 0 ? null : options.limit,
      latencyMs: options.latency,
      listInProgress: !options.hideInProgress,
    });
  } catch (error) {
    const whyNot = WHY_NOT_LISTENING[(error as NodeJS.ErrnoException).code ?? ""];
    if (!whyNot) throw error;
    throw new ConfigError(`Port ${options.port} ${whyNot}. Choose another with --port, or 0 for any.`);
  }
}
