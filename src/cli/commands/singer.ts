import { Command } from "commander";
import type { CliContext } from "../context.ts";
import { writeLine } from "../terminal.ts";

interface SingerOptions {
  readonly config?: string;
  readonly discover?: true;
  readonly catalog?: string;
  readonly properties?: string;
  readonly state?: string;
}

export function singerCommand(context: CliContext, end: (exitCode: number) => void): Command {
  return new Command("singer")
    .summary("run as a Singer tap on standard output")
    .description(
      "Writes the account as Singer messages, in one pass, for Meltano or any Singer target. With the state of " +
        "the last run it writes only changes. Also installed as tap-aircall.",
    )
    .option("--config <file>", "endpoint config, JSON; required except with --discover")
    .option("--discover", "print the catalog of all streams and exit; works offline")
    .option("--catalog <file>", "catalog that selects streams and fields (default: all)")
    .option("--properties <file>", "alias of --catalog for older runners")
    .option(
      "--state <file>",
      "value of the last STATE of the previous run: the last line that a target printed",
    )
    .addHelpText(
      "after",
      `
Examples:
  $ source-aircall singer --discover > catalog.json
  $ source-aircall singer --config config.json --catalog catalog.json | target-jsonl >> states.jsonl
  $ tail -n 1 states.jsonl > state.json
  $ source-aircall singer --config config.json --catalog catalog.json --state state.json | target-jsonl >> states.jsonl`,
    )
    .action(async (options: SingerOptions, command: Command) => {
      if (options.discover) {
        const { singerCatalog } = await import("../../protocols/singer/index.ts");
        return writeLine(context.stdout, singerCatalog());
      }
      const { config, state } = options;
      if (!config) return command.error("error: required option '--config <file>' not specified");
      const catalog = options.catalog ?? options.properties;
      const { runSingerProtocol } = await import("../../protocols/singer/index.ts");
      end(await runSingerProtocol({ config, catalog, state }, context));
    });
}
