import { readFileSync } from "node:fs";
import { endpointSettings, type Setting } from "../../src/config/index.ts";

const DOCUMENT = new URL("../../docs/singer.md", import.meta.url);

/** The plugin definition that docs/singer.md asks users to add to their `meltano.yml`. It ends within the extractors. */
export function documentedPlugin(): string {
  return yamlAfter("## With Meltano");
}

/** The definition of the loader into PostgreSQL, which comes below the extractors. */
export function documentedLoader(): string {
  return yamlAfter("### Into PostgreSQL");
}

function yamlAfter(heading: string): string {
  const [, rest = ""] = readFileSync(DOCUMENT, "utf8").split(`\n${heading}\n`);
  return /^```yaml\n([\s\S]*?)^```$/m.exec(rest)?.[1] ?? "";
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
