import { endpointSettings, variableOf } from "../../config/index.ts";
import type { Json } from "../../shared/json.ts";
import { EndpointSchema } from "../../spec.ts";

export const ABOUT_FORMATS = ["text", "json", "markdown"] as const;
export type AboutFormat = (typeof ABOUT_FORMATS)[number];

const NAME = "tap-aircall";
const DESCRIPTION = "Singer tap for Aircall.";
const CAPABILITIES = ["sync", "catalog", "discover", "state", "about"];

/** What the tap is and can be set to, with the fields that taps print which are built with Meltano's SDK. */
export function about(version: string, format: AboutFormat): string {
  if (format === "json")
    return JSON.stringify(
      { name: NAME, description: DESCRIPTION, version, capabilities: CAPABILITIES, settings: EndpointSchema },
      null,
      2,
    );
  return format === "markdown" ? markdown() : text(version);
}

function text(version: string): string {
  const settings = endpointSettings().map(
    ({ path, schema }) =>
      `  - ${path.join(".")}: ${String(schema.type)}, ${variableOf(NAME.replace("-", "_"), path)}`,
  );
  return [
    `Name: ${NAME}`,
    `Description: ${DESCRIPTION}`,
    `Version: ${version}`,
    `Capabilities: ${CAPABILITIES.join(", ")}`,
    "Settings, each with its type and its environment variable:",
    ...settings,
  ].join("\n");
}

function markdown(): string {
  const rows = endpointSettings().map(
    ({ path, schema, isRequired }) =>
      `| ${path.join(".")} | ${isRequired ? "yes" : "no"} | ${shown(schema.default)} | ${String(schema.description)} |`,
  );
  return [
    `# ${NAME}`,
    "",
    DESCRIPTION,
    "",
    "| setting | required | default | description |",
    "| --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

function shown(value: Json | undefined): string {
  return value === undefined ? "" : `\`${JSON.stringify(value)}\``;
}
