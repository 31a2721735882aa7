import { Command } from "commander";
import { type DiscoveredBinding, discover } from "../../connector.ts";
import { isJsonObject } from "../../shared/json.ts";
import type { CliContext } from "../context.ts";
import { textTable } from "../table.ts";
import { writeLine } from "../terminal.ts";

export function discoverCommand(context: CliContext): Command {
  return new Command("discover")
    .summary("list the streams, their keys and their fields")
    .description(
      "Lists all streams with their keys and fields. Each is captured incrementally: what is new, changed or deleted since the state. Works offline and needs no API key.",
    )
    .option(
      "--json",
      "print the bindings as in Flow's discovered response, with the JSON Schema of each stream",
    )
    .action((options: { json?: true }) => {
      const bindings = discover();
      writeLine(context.stdout, options.json ? JSON.stringify({ bindings }, null, 2) : streamTable(bindings));
    });
}

function streamTable(bindings: readonly DiscoveredBinding[]): string {
  return textTable(
    [
      ["stream", "left"],
      ["key", "left"],
      ["fields", "left"],
    ],
    bindings.map(({ recommendedName, key, documentSchema }) => [
      recommendedName,
      key.join(", "),
      fieldNames(documentSchema),
    ]),
  );
}

function fieldNames({ properties }: DiscoveredBinding["documentSchema"]): string {
  const names = isJsonObject(properties) ? Object.keys(properties).filter((name) => name !== "_meta") : [];
  const shown = names.slice(0, 6).join(", ");
  return names.length > 6 ? `${shown} and ${names.length - 6} more` : shown;
}
