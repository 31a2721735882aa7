import { isJsonObject, type Json, type JsonObject } from "../shared/json.ts";
import { EndpointSchema } from "../spec.ts";

/** A property of the endpoint config that has no properties itself. */
export interface Setting {
  /** Such as `["advanced", "requests_per_minute"]`. */
  readonly path: readonly string[];
  readonly schema: JsonObject;
  readonly isRequired: boolean;
}

/** All settings, those of nested objects included, in the order of the schema. */
export function endpointSettings(): Setting[] {
  return allProperties().filter(({ schema }) => !schema.properties);
}

/** The name of the environment variable of a property, as Meltano and the Singer SDK form it. */
export function variableOf(prefix: string, path: readonly string[]): string {
  return `${prefix}_${path.join("_")}`.toUpperCase();
}

/**
 * The endpoint config that environment variables hold. A list is JSON or separated by commas; an object, such as
 * `advanced`, is JSON, and the variables of its properties override it. A value that is not of its type stays a text,
 * which the validation of the config reports.
 */
export function configFromVariables(
  env: Readonly<Record<string, string | undefined>>,
  prefix: string,
): JsonObject {
  const config: JsonObject = {};
  for (const { path, schema } of allProperties()) {
    const text = env[variableOf(prefix, path)];
    if (text) setAt(config, path, typed(text, schema.type));
  }
  return config;
}

/** The settings that have an environment variable, and no value in the config. */
export function settingsOnlyInVariables(
  env: Readonly<Record<string, string | undefined>>,
  prefix: string,
  config: unknown,
): Setting[] {
  return endpointSettings().filter(
    ({ path }) => env[variableOf(prefix, path)] && valueAt(config, path) === undefined,
  );
}

/** The variables under `advanced` that are no property's, misspelt ones among them. */
export function unknownVariables(
  env: Readonly<Record<string, string | undefined>>,
  prefix: string,
): string[] {
  const known = new Set(allProperties().map(({ path }) => variableOf(prefix, path)));
  const ofAdvanced = `${variableOf(prefix, ["advanced"])}_`;
  return Object.keys(env).filter((name) => name.startsWith(ofAdvanced) && env[name] && !known.has(name));
}

function allProperties(): Setting[] {
  return propertiesIn(EndpointSchema as unknown as JsonObject, []);
}

/** The outer properties before those in them. */
function propertiesIn({ properties, required }: JsonObject, at: readonly string[]): Setting[] {
  if (!isJsonObject(properties)) return [];
  return Object.entries(properties).flatMap(([name, schema]) => {
    if (!isJsonObject(schema)) return [];
    const path = [...at, name];
    const isRequired = Array.isArray(required) && required.includes(name);
    return [{ path, schema, isRequired }, ...propertiesIn(schema, path)];
  });
}

function typed(text: string, type: Json | undefined): Json {
  if (type === "integer") return /^\d+$/.test(text.trim()) ? Number(text) : text;
  const isJson = type === "object" || (type === "array" && text.trim().startsWith("["));
  if (isJson) return parsed(text);
  return type === "array" ? text.split(",").map((element) => element.trim()) : text;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function valueAt(config: unknown, [name = "", ...rest]: readonly string[]): unknown {
  const value = isJsonObject(config) && Object.hasOwn(config, name) ? config[name] : undefined;
  return rest.length === 0 ? value : valueAt(value, rest);
}

function setAt(config: JsonObject, [name = "", ...rest]: readonly string[], value: Json): void {
  if (rest.length === 0) {
    config[name] = value;
    return;
  }
  const inner = config[name];
  if (isJsonObject(inner)) setAt(inner, rest, value);
  else {
    const added: JsonObject = {};
    setAt(added, rest, value);
    config[name] = added;
  }
}
