import { Command } from "commander";
import { spec } from "../../spec.ts";
import type { CliContext } from "../context.ts";
import { writeLine } from "../terminal.ts";

export function specCommand(context: CliContext): Command {
  return new Command("spec")
    .summary("print what the connector can be told, as JSON Schema")
    .description("Prints the schemas of the endpoint config and of a binding's resource config, as JSON.")
    .action(() => writeLine(context.stdout, JSON.stringify(spec(), null, 2)));
}
