import { discover } from "../../connector.ts";
import { isJsonObject, type Json, type JsonObject } from "../../shared/json.ts";

/** Every stream as a binding, with the schema of its collection. No request is sent to the API. */
export function discoveredBindings() {
  return discover().map((binding) => ({ ...binding, documentSchema: writeSchema(binding.documentSchema) }));
}

/**
 * The schema that a collection's documents are held against. A document that does not fit fails the
 * whole capture, and Aircall changes its fields without notice: so nothing but the key has a type,
 * and every field keeps what tells a person about it.
 */
export function writeSchema(documentSchema: JsonObject): JsonObject {
  const required = Array.isArray(documentSchema.required) ? documentSchema.required : [];
  const properties = isJsonObject(documentSchema.properties) ? documentSchema.properties : {};
  const open = Object.entries(properties).map(([name, schema]): [string, Json] => [
    name,
    required.includes(name) || name === "_meta" ? schema : withoutTypes(schema),
  ]);
  return { ...documentSchema, properties: Object.fromEntries(open) };
}

function withoutTypes(schema: Json): Json {
  if (!isJsonObject(schema)) return schema;
  const { type: _type, format: _format, ...open } = schema;
  if (isJsonObject(open.properties)) open.properties = mapFields(open.properties, withoutTypes);
  if (open.items !== undefined) open.items = withoutTypes(open.items);
  return open;
}

function mapFields(properties: JsonObject, change: (schema: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, change(schema)]));
}

/**
 * What is known of a stream's fields before the first document has come: inference takes it in, so
 * that a destination's table has its columns from the start. Every object in it is closed, as Flow
 * asks; fields without a type of their own are left to inference.
 */
export function sourcedSchema(documentSchema: JsonObject): JsonObject {
  const { required, properties } = documentSchema;
  return { type: "object", ...(required && { required }), ...closed(properties) };
}

function closed(properties: Json | undefined): JsonObject {
  const typed = isJsonObject(properties) ? Object.entries(properties).filter(hasType) : [];
  return {
    additionalProperties: false,
    properties: Object.fromEntries(typed.map(([name, schema]) => [name, closedField(schema)])),
  };
}

function closedField(schema: Json): Json {
  if (!isJsonObject(schema)) return schema;
  if ([schema.type].flat().includes("object")) return { ...schema, ...closed(schema.properties) };
  return schema.items === undefined ? schema : { ...schema, items: closedField(schema.items) };
}

function hasType([, schema]: [string, Json]): boolean {
  return isJsonObject(schema) && schema.type !== undefined;
}
