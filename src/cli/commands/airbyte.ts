import { Command } from "commander";
import type { AirbyteCommand } from "../../protocols/airbyte/index.ts";
import type { CliContext } from "../context.ts";

export function airbyteCommand(context: CliContext, end: (exitCode: number) => void): Command {
  const answer = async (command: AirbyteCommand) => {
    const { runAirbyteProtocol } = await import("../../protocols/airbyte/index.ts");
    end(await runAirbyteProtocol(command, context));
  };
  const airbyte = new Command("airbyte")
    .summary("speak the Airbyte protocol on standard output")
    .description(
      "Answers a command of the Airbyte protocol with JSON messages on standard output, a line each.",
    );
  airbyte
    .command("spec")
    .description("Tells what the connector can be told.")
    .action(() => answer({ name: "spec" }));
  airbyte
    .command("check")
    .description("Proves that the API key works and that each stream can be read.")
    .requiredOption("--config <file>", "the config, as JSON")
    .action(({ config }: Files) => answer({ name: "check", config }));
  airbyte
    .command("discover")
    .description("Tells the streams that there are.")
    .requiredOption("--config <file>", "the config, as JSON")
    .action(({ config }: Files) => answer({ name: "discover", config }));
  airbyte
    .command("read")
    .description("Reads the streams of a configured catalog, from where a state says.")
    .requiredOption("--config <file>", "the config, as JSON")
    .requiredOption("--catalog <file>", "the configured catalog, as JSON")
    .option("--state <file>", "a list of states of an earlier read, as JSON")
    .action(({ config, catalog, state }: ReadFiles) =>
      answer({ name: "read", config, catalog, ...(state !== undefined && { state }) }),
    );
  return airbyte;
}

interface Files {
  readonly config: string;
}

interface ReadFiles extends Files {
  readonly catalog: string;
  readonly state?: string;
}
