import { Command } from "commander";
import type { MinutePace, StreamCheck } from "../../connector.ts";
import { DONE, FAILED } from "../../shared/exit-codes.ts";
import { count, counted, roughDuration } from "../../shared/format.ts";
import { plainLog } from "../../shared/log.ts";
import { listedStreamNames } from "../../streams/index.ts";
import { openAccount } from "../account.ts";
import { CONFIG_OPTION, parseStreams } from "../arguments.ts";
import type { CliContext } from "../context.ts";
import { textTable } from "../table.ts";
import { writeLine } from "../terminal.ts";

interface CheckOptions {
  readonly config?: string;
  readonly streams?: ReturnType<typeof parseStreams>;
}

export function checkCommand(context: CliContext, end: (exitCode: number) => void): Command {
  return new Command("check")
    .summary("verify the API key and read access to each stream")
    .description(
      "Verifies the API key, then reads the first page of each stream. For each stream that cannot be read, it prints what to do. Reports how long a first capture takes.",
    )
    .option(...CONFIG_OPTION)
    .option(
      "--streams <names>",
      "comma-separated streams, such as calls,users (default: all that Aircall lists)",
      parseStreams,
    )
    .action(async (options: CheckOptions) => {
      const { env, redactor } = context;
      const log = plainLog({ level: env.LOG_LEVEL, redactor }, (line) => writeLine(context.stderr, line));
      const { connector, config } = await openAccount(context, log, options);
      const checks = await connector.check(config, options.streams ?? listedStreamNames, context.signal);
      writeLine(
        context.stdout,
        textTable(
          [
            ["stream", "left"],
            ["", "left"],
            ["rows", "right"],
            ["what to do", "left"],
          ],
          checks.map(checkRow),
        ),
      );
      writeLine(context.stdout, `\n${howLong(checks, connector.mostPerMinute(config))}`);
      end(checks.some(({ error }) => error) ? FAILED : DONE);
    });
}

/** How long the first capture takes: the request budget sets its pace. */
function howLong(checks: readonly StreamCheck[], { rows: rowsPerMinute, requests }: MinutePace): string {
  const rows = checks.reduce((sum, check) => sum + (check.rows ?? 0), 0);
  const time = roughDuration((rows / rowsPerMinute) * 60_000);
  return `A first capture of ${counted(rows, "row")} takes ${time}: at most ${counted(requests, "request")} a minute are sent.`;
}

function checkRow({ stream, rows, error }: StreamCheck): string[] {
  if (error) return [stream, "refused", "", error.message];
  if (rows === 0)
    return [
      stream,
      "empty",
      "0",
      "nothing, unless you expect rows: then ask whether the key's company is the right one",
    ];
  return [stream, "ok", rows === undefined ? "" : count(rows), ""];
}
