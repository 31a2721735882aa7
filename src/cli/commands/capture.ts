import { Command } from "commander";
import { isServerAddress } from "../../local/index.ts";
import type { StatusAddress } from "../../status/index.ts";
import { isListed, isRequested, type StreamName, streamNames } from "../../streams/index.ts";
import { openAccount } from "../account.ts";
import {
  type AskedStreams,
  askedStreams,
  CONFIG_OPTION,
  parseFile,
  parseSchema,
  parseSnapshotInterval,
  parseStartDate,
  parseStatusAddress,
  parseStreams,
  parseTarget,
} from "../arguments.ts";
import type { CliContext } from "../context.ts";
import type { SnapshotPlan } from "../snapshots.ts";
import { isSameFile } from "../target.ts";

interface CaptureOptions {
  readonly to: string;
  readonly schema?: string;
  readonly config?: string;
  readonly streams?: AskedStreams;
  readonly startDate?: string;
  readonly follow?: true;
  readonly eventsUrl?: string;
  readonly snapshot?: string;
  readonly snapshotEvery?: number;
  readonly status?: StatusAddress;
  readonly json?: true;
}

export function captureCommand(context: CliContext, end: (exitCode: number) => void): Command {
  const command = new Command("capture");
  return command
    .summary("replicate the account into a DuckDB file or a PostgreSQL database")
    .description(
      "Replicates the streams of the account into a DuckDB file or a PostgreSQL database, with one table per stream and one row per object. Each run " +
        "continues where the last one ended and captures only changes. It is safe to kill at any time.",
    )
    .requiredOption(
      "--to <target>",
      "DuckDB file, which is created if it does not exist, or the address of a PostgreSQL database without a password, such as postgres://user@host/database",
      (value: string) => parseTarget(value, command),
    )
    .option(
      "--schema <name>",
      "schema of the PostgreSQL database; created if it does not exist (default: aircall)",
      parseSchema,
    )
    .option(...CONFIG_OPTION)
    .option(
      "--streams <names>",
      "comma-separated streams, such as calls,users, or all, which adds what Aircall derives from calls, such as transcriptions: a request for each call and stream (default: all that Aircall lists, and with events also events and messages)",
      parseStreams,
    )
    .option(
      "--start-date <date>",
      "skip calls that started before this date, UTC (default: all that Aircall keeps); an earlier date than last time adds the calls that were left out",
      (value: string) => parseStartDate(value, context.ports.clock.now()),
    )
    .option("--follow", "keep running and capture changes until stopped")
    .option(
      "--events-url <url>",
      "with --follow, capture changes within seconds: the https address under which Aircall reaches the port for events of this machine, AIRCALL_EVENTS_PORT",
    )
    .option(
      "--snapshot <file>",
      "put a copy of the DuckDB file here that any client can open while the capture follows, or without --follow one copy at the end",
      (value: string) => parseFile(value, command, "--snapshot"),
    )
    .option(
      "--snapshot-every <duration>",
      "how often to make the copy, as an ISO 8601 duration, at least PT10S (default: PT10M)",
      parseSnapshotInterval,
    )
    .option(
      "--status <address>",
      "with --follow, serve a page that shows the capture, /healthz and /metrics, such as at 127.0.0.1:8090; a port alone is one of this machine",
      parseStatusAddress,
    )
    .option("--json", "write JSON lines to standard output, and logs as JSON to standard error")
    .addHelpText(
      "after",
      `
Examples:
  $ export AIRCALL_API_ID=... AIRCALL_API_TOKEN=...
  $ source-aircall capture --to aircall.duckdb
  $ source-aircall capture --to calls.duckdb --streams calls --start-date 2026-09-01 --follow
  $ source-aircall capture --to aircall.duckdb --config config.json
  $ source-aircall capture --to aircall.duckdb --follow --events-url https://aircall.example.com
  $ PGPASSWORD=... source-aircall capture --to postgres://ada@db.example.com/crm --schema aircall

Query the file with any DuckDB client:
  $ duckdb aircall.duckdb "SELECT direction, count(*) FROM calls GROUP BY ALL"`,
    )
    .action(async (options: CaptureOptions) => {
      const follow = options.follow === true;
      if (options.schema !== undefined && !isServerAddress(options.to))
        command.error(
          "error: --schema needs a PostgreSQL database: a DuckDB file has a schema of its own. Leave --schema out, or name an address with --to.",
        );
      if (options.eventsUrl !== undefined && !follow)
        command.error(
          "error: --events-url needs --follow: without it, the capture ends before an event comes. Add --follow, or leave --events-url out.",
        );
      if (options.status !== undefined && !follow)
        command.error(
          "error: --status needs --follow: without it, the capture ends before somebody looks. Add --follow, or leave --status out.",
        );
      const snapshots = snapshotPlan(options, command);
      const { captureView } = await import("../capture-view.ts");
      const { captureAndReport, withStore } = await import("../local-capture.ts");
      const asJson = options.json === true;
      const view = captureView(context, asJson);
      const account = await openAccount(context, view.log, options);
      const receivesEvents = follow && account.connector.receivesEvents(account.config);
      const run = {
        account,
        view,
        target: options.to,
        schema: options.schema,
        streams: options.streams
          ? askedStreams(options.streams, { receivesEvents })
          : usualStreams(receivesEvents),
        follow,
        asJson,
        ...(snapshots && { snapshots }),
        status: options.status,
      };
      end(await withStore(context, run, (store) => captureAndReport(context, run, store)));
    });
}

/** The streams that are captured unless others are asked for: those that Aircall lists, and those of events where they are received. */
function usualStreams(receivesEvents: boolean): StreamName[] {
  return streamNames.filter((name) => isListed(name) || (receivesEvents && !isRequested(name)));
}

const DEFAULT_SNAPSHOT_INTERVAL_MS = 600_000;

function snapshotPlan(
  { to, follow, snapshot, snapshotEvery }: CaptureOptions,
  command: Command,
): SnapshotPlan | undefined {
  if (snapshotEvery !== undefined && snapshot === undefined)
    command.error("error: --snapshot-every needs --snapshot. Add --snapshot, or leave --snapshot-every out.");
  if (snapshotEvery !== undefined && !follow)
    command.error(
      "error: --snapshot-every needs --follow: without it, there is one copy, at the end. Add --follow, or leave --snapshot-every out.",
    );
  if (snapshot === undefined) return undefined;
  if (isServerAddress(to))
    command.error(
      "error: --snapshot needs a DuckDB file: a PostgreSQL database can be read while it is written. Leave --snapshot out.",
    );
  if (isSameFile(snapshot, to))
    command.error("error: --snapshot names the file of --to. Name another file for the copy.");
  return { path: snapshot, everyMs: snapshotEvery ?? DEFAULT_SNAPSHOT_INTERVAL_MS };
}
