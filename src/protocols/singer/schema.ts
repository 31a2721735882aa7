import { isJsonObject, type Json, type JsonObject } from "../../shared/json.ts";

/** When an object was deleted; null in the record of one that is there. Loaders know the field by this name. */
export const DELETED_AT = "_sdc_deleted_at";

const ANYTHING: Json = ["null", "boolean", "integer", "number", "string", "array", "object"];

/**
 * The schema of a stream's records: that of its documents without Flow's words, and with
 * `_sdc_deleted_at`. Every field has a type, because loaders make a column of it.
 */
export function recordSchema(documentSchema: JsonObject): JsonObject {
  const { title, type, required, properties } = documentSchema;
  const { _meta, ...fields } = typed(properties ?? {});
  return {
    ...(title && { title }),
    ...(type && { type }),
    ...(required && { required }),
    properties: {
      ...fields,
      [DELETED_AT]: {
        type: ["string", "null"],
        format: "date-time",
        description: "When the connector found that the object is gone from Aircall.",
      },
    },
  };
}

function typed(properties: Json): JsonObject {
  if (!isJsonObject(properties)) return {};
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [
      name,
      isJsonObject(schema) ? typedField(schema) : {},
    ]),
  );
}

function typedField(schema: JsonObject): JsonObject {
  const { properties, items } = schema;
  return {
    type: ANYTHING,
    ...schema,
    ...(properties !== undefined && { properties: typed(properties) }),
    ...(isJsonObject(items) && { items: typedField(items) }),
  };
}
