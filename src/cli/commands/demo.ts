import { Command } from "commander";
import { DONE } from "../../shared/exit-codes.ts";
import { listedStreamNames } from "../../streams/index.ts";
import { openAccount } from "../account.ts";
import { parseCount, parseFile } from "../arguments.ts";
import type { CliContext } from "../context.ts";
import { writeLine } from "../terminal.ts";

interface DemoOptions {
  readonly to?: string;
  readonly follow?: true;
  readonly callsPerMinute?: number;
}

/** A capture reads a call at each of its events as long as one page has the calls of half an hour. */
const CALLS_PER_MINUTE = 1;

/** A small company's two months. */
const DEMO_ACCOUNT = { calls: 3_000, contacts: 400 };

/** The emulator has no quota to keep to, so that a second run need not wait for the minute of the first to end. */
const SHORT_WINDOW_MS = 1_000;

export function demoCommand(context: CliContext, end: (exitCode: number) => void): Command {
  const command = new Command("demo");
  return command
    .summary("replicate a made-up account and query the result")
    .description(
      "Starts an Aircall emulator on this machine, replicates its made-up account into a DuckDB file, and " +
        "runs a few queries on the calls. With --follow, receives the events of a busy account until stopped, and shows " +
        "how many seconds after each change it is in the file. No API key is needed.",
    )
    .option(
      "--to <file>",
      "DuckDB file (default: aircall.duckdb, and with --follow aircall-live.duckdb)",
      (value: string) => parseFile(value, command),
    )
    .option("--follow", "receive events, and capture changes until stopped")
    .option(
      "--calls-per-minute <number>",
      `calls that begin in a minute, with --follow (default: ${CALLS_PER_MINUTE})`,
      parseCount,
    )
    .action(async ({ to, follow, callsPerMinute }: DemoOptions) => {
      if (callsPerMinute !== undefined && !follow)
        command.error("error: --calls-per-minute needs --follow. Add --follow, or leave it out.");
      if (!follow) return end(await passDemo(context, to ?? "aircall.duckdb"));
      const { followDemo } = await import("../demo/follow.ts");
      const path = to ?? "aircall-live.duckdb";
      end(await followDemo(context, { path, callsPerMinute: callsPerMinute ?? CALLS_PER_MINUTE }));
    });
}

async function passDemo(context: CliContext, path: string): Promise<number> {
  const { API_ID, API_TOKEN, startEmulator } = await import("../../../emulator/index.ts");
  const { captureView } = await import("../capture-view.ts");
  const { captureAndReport, withStore } = await import("../local-capture.ts");
  const { answerQuestions } = await import("../../local/index.ts");
  const { answersText } = await import("../answers.ts");
  const emulator = await startEmulator({ limit: null, account: DEMO_ACCOUNT });
  try {
    const view = captureView(context, false);
    const emulated = {
      AIRCALL_API_URL: emulator.url,
      AIRCALL_API_ID: API_ID,
      AIRCALL_API_TOKEN: API_TOKEN,
      AIRCALL_RATE_WINDOW_MS: String(SHORT_WINDOW_MS),
    };
    const account = await openAccount({ ...context, env: { ...context.env, ...emulated } }, view.log);
    const run = { account, view, target: path, streams: listedStreamNames, follow: false, asJson: false };
    const exitCode = await withStore(context, run, (store) => {
      writeLine(context.stdout, `Capturing a made-up Aircall account, served at ${emulator.url}.\n`);
      return captureAndReport(context, run, store);
    });
    if (exitCode === DONE)
      writeLine(context.stdout, answersText(await answerQuestions(path), context.stdout.columns ?? 80));
    return exitCode;
  } finally {
    await emulator.close();
  }
}
