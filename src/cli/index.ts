import { setFlagsFromString } from "node:v8";
import { Command, CommanderError } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { ConfigError, ConnectorError, defectSentence, StoreError } from "../errors.ts";
import { DONE, FAILED, MISCONFIGURED, STOPPED, WRONG_COMMAND_LINE } from "../shared/exit-codes.ts";
import { OutputLost } from "../shared/line-writer.ts";
import { Redactor } from "../shared/redactor.ts";
import { isStop } from "../shared/stop.ts";
import { visible } from "../shared/visible.ts";
import { airbyteCommand } from "./commands/airbyte.ts";
import { captureCommand } from "./commands/capture.ts";
import { checkCommand } from "./commands/check.ts";
import { demoCommand } from "./commands/demo.ts";
import { discoverCommand } from "./commands/discover.ts";
import { emulatorCommand } from "./commands/emulator.ts";
import { eventsCommand } from "./commands/events.ts";
import { flowCommand } from "./commands/flow.ts";
import { singerCommand } from "./commands/singer.ts";
import { specCommand } from "./commands/spec.ts";
import type { CliContext, CliWorld } from "./context.ts";
import { writeLine } from "./terminal.ts";

export type { CliContext } from "./context.ts";

// A capture keeps little and throws much away. Left alone, V8 gives such a program a nursery of a
// hundred megabytes, and it is no faster for it.
setFlagsFromString("--semi-space-growth-factor=1");

/** Runs one command line and returns the exit code. Errors are reported here, in one sentence. */
export async function runCli(args: readonly string[], world: CliWorld): Promise<number> {
  const context = { ...world, redactor: new Redactor() };
  let exitCode = DONE;
  let follows = false;
  const program = createProgram(context, (code) => {
    exitCode = code;
  });
  program.hook("preAction", (_, command) => {
    follows = command.opts().follow === true;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : WRONG_COMMAND_LINE;
    if (isStop(error, context.signal) || error instanceof OutputLost) return STOPPED;
    writeLine(context.stderr, `error: ${context.redactor.hide(sentence(error, context))}`);
    return follows && isMisconfigured(error) ? MISCONFIGURED : FAILED;
  }
}

/** Whether another attempt would meet the same. A store may be free, or its disk have room, at the next one. */
function isMisconfigured(error: unknown): boolean {
  return error instanceof ConfigError && !(error instanceof StoreError);
}

function sentence(error: unknown, { env }: CliContext): string {
  if (error instanceof ConnectorError) return visible(error.message);
  const stack = error instanceof Error ? (error.stack ?? "").split("\n").map(visible).join("\n") : "";
  const more = env.LOG_LEVEL === "debug" ? `\n${stack}` : " LOG_LEVEL=debug prints its stack.";
  return `${visible(defectSentence(error))}${more}`;
}

function createProgram(context: CliContext, end: (exitCode: number) => void): Command {
  const { stdout, stderr } = context;
  const program = new Command("source-aircall")
    .description(
      "Replicates calls, contacts, users and their availability, teams, numbers, tags, webhooks and the company of " +
        "an Aircall account, and keeps the copy up to date; where it receives Aircall's events, within seconds, and text " +
        "messages too; and, where they are asked for, transcriptions and other insights into calls. Not captured: " +
        "recordings' audio and analytics.",
    )
    .version(packageJson.version)
    .addHelpText("after", MANUAL);
  const commands = [
    captureCommand(context, end),
    checkCommand(context, end),
    discoverCommand(context),
    specCommand(context),
    demoCommand(context, end),
    eventsCommand(context),
    emulatorCommand(context),
    flowCommand(),
    airbyteCommand(context, end),
    singerCommand(context, end),
  ];
  for (const command of commands) program.addCommand(command);
  for (const command of [program, ...commands, ...commands.flatMap(({ commands: inner }) => inner)]) {
    command
      .exitOverride()
      .showHelpAfterError(`Run ${pathOf(command)} --help for ${helpOf(command)}.`)
      .configureOutput({
        writeOut: (text) => stdout.write(text),
        writeErr: (text) => stderr.write(text),
      });
  }
  return program;
}

/** As it is typed, such as `source-aircall airbyte read`. */
function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

function helpOf({ commands }: Command): string {
  return commands.length > 0 ? "the commands and their options" : "its options";
}

const MANUAL = `
Environment:
  AIRCALL_API_ID, AIRCALL_API_TOKEN   the API key; create one at
                                      https://dashboard.aircall.io/integrations/api-keys
  AIRCALL_API_URL                     the API's address, for example an emulator's
                                      (default: https://api.aircall.io)
  AIRCALL_EVENTS_PORT                 the port that receives events, with advanced.events_url
                                      or --events-url (default: 8080)
  AIRCALL_EVENTS_HOST                 the address that it listens on (default: all networks,
                                      or this machine alone if the address is one of it)
  PGPASSWORD, PGPASSFILE, PGSERVICE   the password of a PostgreSQL database, or the file that
                                      has it (default: ~/.pgpass); other variables of
                                      PostgreSQL's clients, such as PGSSLMODE, count too
  LOG_LEVEL                           debug, info, warn (default) or error

Exit status:
  0    success
  1    failure; a message on standard error says what to do
  2    invalid command line
  78   with --follow: the configuration or the API key has to be changed first
  130  stopped early; run the same command again to continue`;
