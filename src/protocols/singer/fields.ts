import { isJsonObject, type Json, type JsonObject } from "../../shared/json.ts";

/** Where a field stands in a schema, in Singer's words: `["properties", "user", "properties", "email"]`. */
export type Breadcrumb = readonly string[];

/** A field of an object, or of the objects in a list, with its schema. */
export interface Field {
  readonly name: string;
  readonly breadcrumb: Breadcrumb;
  readonly schema: JsonObject;
}

/** What is left out of a value: whole fields, and parts of those that stay. */
export interface Cut {
  readonly dropped: ReadonlySet<string>;
  readonly inner: ReadonlyMap<string, Cut>;
}

/** The fields of the object that a schema describes, or of the objects in the list that it describes. */
export function fieldsOf(schema: JsonObject, at: Breadcrumb = []): Field[] {
  if (isJsonObject(schema.items)) return fieldsOf(schema.items, [...at, "items"]);
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  return Object.entries(properties).map(([name, property]) => ({
    name,
    breadcrumb: [...at, "properties", name],
    schema: isJsonObject(property) ? property : {},
  }));
}

/** What is to be left out so that only the fields stay that the test lets pass; `undefined` when that is nothing. */
export function cutOf(
  schema: JsonObject,
  isSelected: (breadcrumb: Breadcrumb) => boolean,
  at: Breadcrumb = [],
): Cut | undefined {
  const dropped = new Set<string>();
  const inner = new Map<string, Cut>();
  for (const field of fieldsOf(schema, at)) {
    const innerCut = cutOf(field.schema, isSelected, field.breadcrumb);
    if (!isSelected(field.breadcrumb)) dropped.add(field.name);
    else if (innerCut) inner.set(field.name, innerCut);
  }
  return dropped.size > 0 || inner.size > 0 ? { dropped, inner } : undefined;
}

/** The value less what is cut, as a new value; fields that no schema knows stay. */
export function cutValue(value: Json, cut: Cut): Json {
  if (Array.isArray(value)) return value.map((element) => cutValue(element, cut));
  if (!isJsonObject(value)) return value;
  return without(value, cut, cutValue);
}

/** The schema of what `cutValue` leaves. */
export function cutSchema(schema: JsonObject, cut: Cut): JsonObject {
  if (isJsonObject(schema.items)) return { ...schema, items: cutSchema(schema.items, cut) };
  if (!isJsonObject(schema.properties)) return schema;
  const properties = without(schema.properties, cut, (property, inner) =>
    isJsonObject(property) ? cutSchema(property, inner) : property,
  );
  return { ...schema, properties };
}

function without(
  fields: JsonObject,
  { dropped, inner }: Cut,
  cutField: (field: Json, cut: Cut) => Json,
): JsonObject {
  const kept = Object.entries(fields).filter(([name]) => !dropped.has(name));
  return Object.fromEntries(
    kept.map(([name, field]) => {
      const cut = inner.get(name);
      return [name, cut ? cutField(field, cut) : field];
    }),
  );
}
