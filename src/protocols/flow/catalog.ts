import { discover } from "../../connector.ts";
import type { JsonObject } from "../../shared/json.ts";
import { hasOneType, mapSchema } from "../../shared/json-schema.ts";

/** Every stream as a binding, with the schema of its collection. No request is sent to the API. */
export function discoveredBindings() {
  return discover().map((binding) => ({ ...binding, documentSchema: writeSchema(binding.documentSchema) }));
}

/**
 * The schema that Flow validates a collection's documents against. A document that does not fit fails the
 * whole capture, and Aircall changes its fields without notice: so only the key and `_meta` have a type,
 * and every field keeps the title and the description that people read.
 */
export function writeSchema(documentSchema: JsonObject): JsonObject {
  const required = Array.isArray(documentSchema.required) ? documentSchema.required : [];
  const typed = new Set(["_meta", ...required]);
  return mapSchema(documentSchema, (schema, [, field]) => {
    if (field === undefined || typed.has(field)) return schema;
    const { type: _type, format: _format, ...open } = schema;
    return open;
  });
}

/**
 * The fields of a stream that are known before its first document: schema inference takes them in, so
 * that a destination's table has its columns from the start. Every object in the schema is closed, as Flow
 * requires. Fields of several types are left out, for inference to find those that occur.
 */
export function sourcedSchema({ required, properties = {} }: JsonObject): JsonObject {
  const known = { type: "object", ...(required && { required }), additionalProperties: false, properties };
  return mapSchema(known, (schema) => {
    if (!hasOneType(schema)) return undefined;
    const isObject = [schema.type].flat().includes("object");
    return isObject
      ? { ...schema, additionalProperties: false, properties: schema.properties ?? {} }
      : schema;
  });
}
