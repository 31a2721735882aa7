import { Command } from "commander";
import { plainLog } from "../../shared/log.ts";
import { openAccount } from "../account.ts";
import { CONFIG_OPTION } from "../arguments.ts";
import type { CliContext } from "../context.ts";
import { writeLine } from "../terminal.ts";

interface RemoveOptions {
  readonly config?: string;
  readonly eventsUrl?: string;
}

export function eventsCommand(context: CliContext): Command {
  return new Command("events")
    .summary("manage the webhook that makes Aircall send events to a capture")
    .description("Manages the webhook that makes Aircall send events to a capture.")
    .addCommand(removeCommand(context));
}

function removeCommand(context: CliContext): Command {
  return new Command("remove")
    .summary("delete the webhook of a capture from Aircall")
    .description(
      "Deletes from Aircall the webhook that a capture with this API key and this address has created, and no other " +
        "webhook. Stop the capture first, or remove its events_url: a capture that runs creates its webhook again.",
    )
    .option(...CONFIG_OPTION)
    .option("--events-url <url>", "address of the capture, as in advanced.events_url of its config")
    .addHelpText(
      "after",
      `
Example:
  $ source-aircall events remove --events-url https://aircall.example.com`,
    )
    .action(async (options: RemoveOptions) => {
      const { env, redactor, signal, stdout, stderr } = context;
      const log = plainLog({ level: env.LOG_LEVEL, redactor }, (line) => writeLine(stderr, line));
      const { connector, config } = await openAccount(context, log, options);
      const { eventsUrl, count } = await connector.removeWebhook(config, signal);
      writeLine(
        stdout,
        count > 0
          ? `The webhook that sends events to ${eventsUrl} is deleted from Aircall.`
          : `No webhook of this API key sends events to ${eventsUrl}, so none is deleted.`,
      );
    });
}
