import { isJsonObject, type JsonObject } from "./json.ts";

/** Whether a schema allows one type, and at most null beside it. */
export function hasOneType({ type = [] }: JsonObject): boolean {
  return [type].flat().filter((name) => name !== "null").length === 1;
}

/** Where a schema stands in another one, such as `["properties", "users", "items"]`; `[]` is the root. */
export type SchemaPath = readonly string[];

/** Returns what replaces a schema, or `undefined` to leave out the property that has it. */
export type SchemaVisit = (schema: JsonObject, at: SchemaPath) => JsonObject | undefined;

/**
 * A JSON Schema with each schema in it replaced by what `visit` returns: those of properties and of the
 * items of lists, at any depth, each before the schema around it, and the root last. Every other keyword is
 * kept, and so is a property whose schema is not an object.
 */
export function mapSchema(root: JsonObject, visit: SchemaVisit): JsonObject {
  return mapped(root, visit, []) ?? {};
}

function mapped(schema: JsonObject, visit: SchemaVisit, at: SchemaPath): JsonObject | undefined {
  const { properties, items } = schema;
  const around = { ...schema };
  if (isJsonObject(properties))
    around.properties = mappedProperties(properties, visit, [...at, "properties"]);
  if (isJsonObject(items)) {
    const element = mapped(items, visit, [...at, "items"]);
    if (element) around.items = element;
    else delete around.items;
  }
  return visit(around, at);
}

function mappedProperties(properties: JsonObject, visit: SchemaVisit, at: SchemaPath): JsonObject {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, schema]) => {
      const replaced = isJsonObject(schema) ? mapped(schema, visit, [...at, name]) : schema;
      return replaced === undefined ? [] : [[name, replaced]];
    }),
  );
}
