import { Command } from "commander";
import type { MinutePace, StreamCheck } from "../../connector.ts";
import { DONE, FAILED } from "../../shared/exit-codes.ts";
import { count, counted, roughDuration } from "../../shared/format.ts";
import { plainLog } from "../../shared/log.ts";
import { isInsight } from "../../streams/index.ts";
import { openAccount } from "../account.ts";
import { type AskedStreams, askedStreams, CONFIG_OPTION, parseStreams } from "../arguments.ts";
import type { CliContext } from "../context.ts";
import { textTable } from "../table.ts";
import { writeLine } from "../terminal.ts";

interface CheckOptions {
  readonly config?: string;
  readonly streams: AskedStreams;
}

export function checkCommand(context: CliContext, end: (exitCode: number) => void): Command {
  return new Command("check")
    .summary("verify the API key and read access to each stream")
    .description(
      "Verifies the API key, then reads the first page of each stream, and each kind of insight of a recent call. For each stream that cannot be read, it prints what to do. Reports how long a first capture takes.",
    )
    .option(...CONFIG_OPTION)
    .option("--streams <names>", "comma-separated streams, such as calls,users, or all", parseStreams, "all")
    .action(async (options: CheckOptions) => {
      const { env, redactor } = context;
      const log = plainLog({ level: env.LOG_LEVEL, redactor }, (line) => writeLine(context.stderr, line));
      const { connector, config } = await openAccount(context, log, options);
      const names = askedStreams(options.streams, { receivesEvents: false });
      const checks = await connector.check(config, names, context.signal);
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
      if (checks.some(costsRequests)) writeLine(context.stdout, INSIGHTS_COME_LATER);
      end(checks.some(({ error }) => error) ? FAILED : DONE);
    });
}

const INSIGHTS_COME_LATER =
  "Insights come after it, those of the latest calls first: each costs a request for its call and kind. See docs/insights.md.";

const costsRequests = ({ stream, error, notInPlan }: StreamCheck): boolean =>
  isInsight(stream) && !error && !notInPlan;

/** How long the first capture takes: the request budget sets its pace. */
function howLong(checks: readonly StreamCheck[], { rows: rowsPerMinute, requests }: MinutePace): string {
  const rows = checks.reduce((sum, check) => sum + (check.rows ?? 0), 0);
  const time = roughDuration((rows / rowsPerMinute) * 60_000);
  return `A first capture of ${counted(rows, "row")} takes ${time}: at most ${counted(requests, "request")} a minute are sent.`;
}

function checkRow({ stream, rows, error, notInPlan }: StreamCheck): string[] {
  if (notInPlan)
    return [
      stream,
      "not in plan",
      "",
      "leave the stream out, or ask Aircall for the add-on that includes it",
    ];
  if (error) return [stream, "refused", "", error.message];
  if (rows === 0 && isInsight(stream))
    return [
      stream,
      "empty",
      "0",
      "nothing: no recent call has a recording, from which Aircall makes insights",
    ];
  if (rows === 0)
    return [
      stream,
      "empty",
      "0",
      "nothing, unless you expect rows: then ask whether the key's company is the right one",
    ];
  return [stream, "ok", rows === undefined ? "" : count(rows), ""];
}
