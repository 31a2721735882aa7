import { Command } from "commander";
import { spec } from "../../spec.ts";
import type { CliContext } from "../context.ts";
import { writeLine } from "../terminal.ts";

export function specCommand(context: CliContext): Command {
  return new Command("spec")
    .summary("print the configuration schemas")
    .description("Prints the JSON Schemas of the endpoint config and of the resource config.")
    .action(() => writeLine(context.stdout, JSON.stringify(spec(), null, 2)));
}
