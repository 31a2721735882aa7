import { Command, Option } from "commander";
import packageJson from "../../../package.json" with { type: "json" };
import type { AboutFormat, SingerInput } from "../../protocols/singer/index.ts";
import type { CliContext } from "../context.ts";
import { writeLine } from "../terminal.ts";

interface SingerOptions {
  readonly config: readonly string[];
  readonly discover?: true;
  readonly catalog?: string;
  readonly properties?: string;
  readonly state?: string;
  readonly about?: true;
  readonly format: AboutFormat;
  readonly test?: true | "all" | "schema";
}

export function singerCommand(context: CliContext, end: (exitCode: number) => void): Command {
  return new Command("singer")
    .summary("run as a Singer tap on standard output")
    .description(
      "Writes the account as Singer messages, in one pass, for Meltano or any Singer target. With the state of " +
        "the last run it writes only changes. Also installed as tap-aircall.",
    )
    .addOption(
      new Option(
        "-c, --config <file>",
        "endpoint config, JSON, or ENV for the variables TAP_AIRCALL_*; may be repeated, and then the later " +
          "overrides the earlier, and ENV all; required except with --discover and --about",
      )
        .argParser((path: string, earlier: readonly string[]) => [...earlier, path])
        .default([], "none"),
    )
    .option("-d, --discover", "print the catalog of all streams and exit; works offline")
    .option("--catalog <file>", "catalog that selects streams and fields (default: all)")
    .addOption(
      new Option("-p, --properties <file>", "alias of --catalog for older runners").conflicts("catalog"),
    )
    .option(
      "-s, --state <file>",
      "value of the last STATE of the previous run: the last line that a target printed",
    )
    .option("--about", "print what the tap is and its settings, and exit")
    .addOption(
      new Option("--format <format>", "of --about").choices(["text", "json", "markdown"]).default("text"),
    )
    .addOption(
      new Option(
        "--test [what]",
        "verify the key and read access to each stream, or with schema, print the schemas only",
      ).choices(["all", "schema"]),
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
      const singer = await import("../../protocols/singer/index.ts");
      if (options.about) return writeLine(context.stdout, singer.about(packageJson.version, options.format));
      if (options.discover) return writeLine(context.stdout, singer.singerCatalog());
      const { config, state, test } = options;
      if (config.length === 0) return command.error("error: required option '--config <file>' not specified");
      const input: SingerInput = { config, state, catalog: options.catalog ?? options.properties };
      const run =
        test === undefined
          ? singer.runSingerProtocol
          : test === "schema"
            ? singer.writeSingerSchemas
            : singer.testSinger;
      end(await run(input, context));
    });
}
