import { readFileSync } from "node:fs";
import { endpointSettings, type Setting } from "../../src/config/index.ts";

const DOCUMENT = new URL("../../docs/singer.md", import.meta.url);

/** The plugin definition that docs/singer.md asks users to add to their `meltano.yml`. */
export function documentedPlugin(): string {
  const [, yaml = ""] =
    /^## With Meltano$[\s\S]*?^```yaml\n([\s\S]*?)^```$/m.exec(readFileSync(DOCUMENT, "utf8")) ?? [];
  return yaml;
}

/**
 * The settings of that definition: Meltano passes on no setting that it does not know, and writes one that is not
 * sensitive into `meltano.yml`. Kinds: https://docs.meltano.com/reference/plugin-definition-syntax
 */
export function settingsInYaml(): string[] {
  return endpointSettings().map((setting) => {
    const { path, schema } = setting;
    const secret = schema.secret === true ? ", sensitive: true" : "";
    return `    - {name: ${path.join(".")}, kind: ${kindOf(setting)}${secret}${optionsOf(setting)}}`;
  });
}

function kindOf({ schema }: Setting): string {
  if (schema.enum) return "options";
  return schema.format === "date-time" ? "date_iso8601" : String(schema.type);
}

function optionsOf({ schema }: Setting): string {
  if (!Array.isArray(schema.enum)) return "";
  const options = schema.enum.map((value) => `{value: ${value}, label: ${value}}`);
  return `, options: [${options.join(", ")}]`;
}
