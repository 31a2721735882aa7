import { Command } from "commander";
import { DONE } from "../../shared/exit-codes.ts";
import { listedStreamNames } from "../../streams/index.ts";
import { openAccount } from "../account.ts";
import { parseTarget } from "../arguments.ts";
import type { CliContext } from "../context.ts";
import { withDuckDb } from "../duckdb-library.ts";
import { writeLine } from "../terminal.ts";

export function demoCommand(context: CliContext, end: (exitCode: number) => void): Command {
  return new Command("demo")
    .summary("replicate a made-up account and query the result")
    .description(
      "Starts an Aircall emulator on this machine, replicates its made-up account into a DuckDB file, and " +
        "runs a few queries on the calls. No API key is needed.",
    )
    .option("--to <file>", "DuckDB file", parseTarget, "aircall.duckdb")
    .action(async ({ to }: { to: string }) => {
      const { API_ID, API_TOKEN, startEmulator } = await import("../../../emulator/index.ts");
      const { captureView } = await import("../capture-view.ts");
      const { captureAndReport, withStore } = await withDuckDb(() => import("../local-capture.ts"));
      const { answerQuestions } = await withDuckDb(() => import("../../local/index.ts"));
      const { answersText } = await import("../answers.ts");
      const emulator = await startEmulator();
      try {
        const view = captureView(context, false);
        const emulated = {
          AIRCALL_API_URL: emulator.url,
          AIRCALL_API_ID: API_ID,
          AIRCALL_API_TOKEN: API_TOKEN,
        };
        const account = await openAccount({ ...context, env: { ...context.env, ...emulated } }, view.log);
        const run = { account, view, path: to, streams: listedStreamNames, follow: false, asJson: false };
        const exitCode = await withStore(run, (store) => {
          writeLine(context.stdout, `Capturing a made-up Aircall account, served at ${emulator.url}.\n`);
          return captureAndReport(context, run, store);
        });
        if (exitCode === DONE)
          writeLine(context.stdout, answersText(await answerQuestions(to), context.stdout.columns ?? 80));
        end(exitCode);
      } finally {
        await emulator.close();
      }
    });
}
