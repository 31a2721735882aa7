import { isDeepStrictEqual } from "node:util";
import { ConfigError } from "../errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../shared/json.ts";
import { EndpointSchema, PersonalDataSchema } from "../spec.ts";

/** What may stand between the parts of a path that is written as one key. */
const SEPARATORS = [".", "/", "__", "_"] as const;

/** Properties that hold remarks, or that a platform adds for its own use. */
const REMARK = /^[_$/]/;

/** The properties that protect personal data. */
const PERSONAL = new Set(Object.keys(PersonalDataSchema.properties).filter((name) => name !== "streams"));

/**
 * The endpoint config with each property in its place: runners write a nested property as one key, such as
 * `advanced.requests_per_minute` or `advanced_personal_data_emails`. Returns anything but an object as it is.
 * Throws a `ConfigError` for a property that is set twice with different values.
 */
export function nestedConfig(config: unknown): unknown {
  return isJsonObject(config) ? nested(config, EndpointSchema as unknown as JsonObject, []) : config;
}

/**
 * The paths of the properties that the connector does not know, such as `advanced.user_agent`. Throws a `ConfigError`
 * if one of them seems to protect personal data, which would otherwise leave the connector in clear.
 */
export function unknownProperties(config: unknown): string[] {
  if (!isJsonObject(config)) return [];
  const unknown = unknownIn(config, EndpointSchema as unknown as JsonObject, []);
  const protecting = unknown.filter(seemsToProtect);
  if (protecting.length === 0) return unknown;
  throw new ConfigError(
    `The endpoint config is not valid: ${protecting.join(", ")} is not a property that there is. What protects personal data stands under advanced.personal_data.`,
  );
}

/** `at` is the path of the object in the config. */
function nested(object: JsonObject, schema: JsonObject, at: readonly string[]): JsonObject {
  const result = withFlatKeysMoved(object, schema, at);
  for (const [name, property] of Object.entries(propertiesOf(schema))) {
    const value = Object.hasOwn(result, name) ? result[name] : undefined;
    if (isJsonObject(value) && isJsonObject(property)) result[name] = nested(value, property, [...at, name]);
  }
  return result;
}

/** Moves flat keys one level inwards. They stay where the property that they belong to is no object, as validation reports. */
function withFlatKeysMoved(object: JsonObject, schema: JsonObject, at: readonly string[]): JsonObject {
  const isInPlace = ([key]: [string, Json]) => splitKey(key, schema) === undefined;
  const result: JsonObject = Object.fromEntries(Object.entries(object).filter(isInPlace));
  for (const [key, value] of Object.entries(object)) {
    const [outer, rest] = splitKey(key, schema) ?? [];
    if (outer === undefined || rest === undefined) continue;
    const inner = result[outer] ?? {};
    if (!isJsonObject(inner)) return { ...object };
    if (Object.hasOwn(inner, rest) && !isDeepStrictEqual(inner[rest], value)) throw setTwice(at, outer, rest);
    result[outer] = { ...inner, [rest]: value };
  }
  return result;
}

/** The property of an object that a flat key begins with, and the key of the rest; `undefined` for any other key. */
function splitKey(key: string, schema: JsonObject): [outer: string, rest: string] | undefined {
  if (Object.hasOwn(propertiesOf(schema), key)) return undefined;
  for (const [outer, property] of Object.entries(propertiesOf(schema))) {
    if (!isJsonObject(property)) continue;
    for (const separator of SEPARATORS) {
      if (!key.startsWith(`${outer}${separator}`)) continue;
      const rest = key.slice(outer.length + separator.length);
      if (Object.hasOwn(propertiesOf(property), rest) || splitKey(rest, property)) return [outer, rest];
    }
  }
  return undefined;
}

function setTwice(at: readonly string[], outer: string, rest: string): ConfigError {
  const path = [...at, outer, rest].join(".");
  return new ConfigError(`The endpoint config is not valid: ${path} is set twice, with different values.`);
}

/** A closed object is left to the validator, which refuses what it does not know. */
function unknownIn(object: JsonObject, schema: JsonObject, at: readonly string[]): string[] {
  if (schema.additionalProperties === false) return [];
  const properties = propertiesOf(schema);
  return Object.entries(object).flatMap(([name, value]) => {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (property === undefined) return REMARK.test(name) ? [] : [[...at, name].join(".").slice(0, 100)];
    return isJsonObject(value) && isJsonObject(property) ? unknownIn(value, property, [...at, name]) : [];
  });
}

/** Whether a path ends with a name that protects personal data, however its words are joined. */
function seemsToProtect(path: string): boolean {
  const words = path
    .toLowerCase()
    .replace(/[^a-z]+/g, "_")
    .replace(/^advanced_/, "");
  return words.includes("personal_data") || PERSONAL.has(words) || PERSONAL.has(`${words}s`);
}

function propertiesOf({ properties }: JsonObject): JsonObject {
  return isJsonObject(properties) ? properties : {};
}
