import { isJsonObject, type Json, type JsonObject } from "../shared/json.ts";

/**
 * The few shapes of Aircall's fields, as JSON Schema. Every field may be null, every object is
 * open and no value is enumerated: the schema describes what comes, and refuses as little as it can.
 */

export const text = (description: string): JsonObject => ({ type: ["string", "null"], description });

export const integer = (description: string): JsonObject => ({ type: ["integer", "null"], description });

export const number = (description: string): JsonObject => ({ type: ["number", "null"], description });

export const flag = (description: string): JsonObject => ({ type: ["boolean", "null"], description });

/** Aircall returns the value in one or another of these types. */
export const anyOf = (types: readonly string[], description: string): JsonObject => ({
  type: [...types, "null"],
  description,
});

/** Aircall writes the instants of calls and contacts as Unix seconds. */
export const unixSeconds = (description: string): JsonObject => integer(`${description} Unix seconds, UTC.`);

/** Aircall writes the instants of everything else as ISO 8601, with or without milliseconds. */
export const isoInstant = (description: string): JsonObject => ({
  type: ["string", "null"],
  format: "date-time",
  description: `${description} ISO 8601, UTC.`,
});

export const object = (description: string, properties: JsonObject): JsonObject => ({
  type: ["object", "null"],
  description,
  properties: titled(properties),
});

export const list = (description: string, items: JsonObject): JsonObject => ({
  type: ["array", "null"],
  description,
  items,
});

/** The last document of a key counts, and a deletion removes it. */
const REPLACING: JsonObject = {
  if: {
    required: ["_meta"],
    properties: { _meta: { required: ["op"], properties: { op: { const: "d" } } } },
  },
  // biome-ignore lint/suspicious/noThenProperty: `then` is a keyword of JSON Schema here
  then: { reduce: { strategy: "merge", delete: true } },
};

/**
 * Of each field, the last value counts. Flow reduces only the fields of the document itself this way: a list or an object
 * in it is replaced whole. Two strategies at one place are an error in Flow, so such a stream has no deletions.
 * Source: https://docs.estuary.dev/reference/reduction-strategies/merge
 */
export const MERGING: JsonObject = { reduce: { strategy: "merge" } };

/** The schema of a stream's documents: the key is the only field that must be there. */
export function documentSchema(
  title: string,
  keyField: string,
  key: { type: "integer" | "string"; description: string },
  properties: JsonObject,
  reduction: JsonObject = REPLACING,
): JsonObject {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title,
    type: "object",
    required: [keyField],
    properties: {
      ...titled({ [keyField]: { ...key }, ...properties }),
      _meta: {
        type: "object",
        properties: {
          op: { type: "string", description: "u: the object is present; d: the object was deleted." },
        },
      },
    },
    ...reduction,
    "x-infer-schema": true,
  };
}

const SPELLED_OUT: Readonly<Record<string, string>> = {
  id: "ID",
  sid: "SID",
  url: "URL",
  ivr: "IVR",
  a2: "Alpha-2",
};

/** Each property with its name as a title: `started_at` is "Started At". */
function titled(properties: JsonObject): JsonObject {
  const entries = Object.entries(properties).map(([name, schema]): [string, Json] => [
    name,
    isJsonObject(schema) ? { title: titleOf(name), ...schema } : schema,
  ]);
  return Object.fromEntries(entries);
}

function titleOf(name: string): string {
  return name
    .split("_")
    .map((word) => SPELLED_OUT[word] ?? word.charAt(0).toUpperCase() + word.slice(1))
    .join(" ");
}
