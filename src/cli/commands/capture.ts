import { Command } from "commander";
import { streamNames } from "../../streams/index.ts";
import { accountFromEnvironment } from "../account.ts";
import { parseStartDate, parseStreams } from "../arguments.ts";
import type { CliContext } from "../context.ts";

interface CaptureOptions {
  readonly to: string;
  readonly streams?: ReturnType<typeof parseStreams>;
  readonly startDate?: string;
  readonly follow?: true;
  readonly json?: true;
}

export function captureCommand(context: CliContext, end: (exitCode: number) => void): Command {
  return new Command("capture")
    .summary("capture the account into a DuckDB file")
    .description(
      "Captures the account into a DuckDB file: a table a stream, a row an object. Run again, it goes on " +
        "where it stopped and captures only what is new, changed or deleted. It may be killed at any time.",
    )
    .requiredOption("--to <file>", "the DuckDB file; it is created if it does not exist")
    .option("--streams <names>", "only these streams, such as calls,users (default: all)", parseStreams)
    .option(
      "--start-date <date>",
      "leave out calls before this date (default: all that Aircall keeps); a file stays with the date of its first capture",
      parseStartDate,
    )
    .option("--follow", "keep going until stopped, and capture changes as they come")
    .option("--json", "a JSON object a line on standard output, logs as JSON on standard error")
    .addHelpText(
      "after",
      `
Examples:
  $ export AIRCALL_API_ID=... AIRCALL_API_TOKEN=...
  $ source-aircall capture --to aircall.duckdb
  $ source-aircall capture --to calls.duckdb --streams calls --start-date 2026-09-01 --follow

Ask the file with any DuckDB client, such as:
  $ duckdb aircall.duckdb "SELECT direction, count(*) FROM calls GROUP BY ALL"`,
    )
    .action(async (options: CaptureOptions) => {
      const { captureView } = await import("../capture-view.ts");
      const { captureAndTell, withStore } = await import("../local-capture.ts");
      const asJson = options.json === true;
      const view = captureView(context, asJson);
      const run = {
        account: accountFromEnvironment(context, view.log, options.startDate),
        view,
        path: options.to,
        streams: options.streams ?? streamNames,
        follow: options.follow === true,
        asJson,
      };
      end(await withStore(run, (store) => captureAndTell(context, run, store)));
    });
}
