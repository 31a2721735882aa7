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
      "Runs a command of the Airbyte protocol and writes JSON messages to standard output, one per line.",
    );
  airbyte
    .command("spec")
    .description("Prints the configuration schema.")
    .action(() => answer({ name: "spec" }));
  airbyte
    .command("check")
    .description("Verifies the API key and read access to each stream.")
    .requiredOption("--config <file>", "endpoint config, JSON")
    .action(({ config }: Files) => answer({ name: "check", config }));
  airbyte
    .command("discover")
    .description("Lists all streams with their schemas.")
    .requiredOption("--config <file>", "endpoint config, JSON")
    .action(({ config }: Files) => answer({ name: "discover", config }));
  airbyte
    .command("read")
    .description("Reads the streams of a configured catalog, starting from a state.")
    .requiredOption("--config <file>", "endpoint config, JSON")
    .requiredOption("--catalog <file>", "configured catalog, JSON")
    .option("--state <file>", "list of states from an earlier read, JSON")
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
