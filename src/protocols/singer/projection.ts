import { isJsonObject, type Json, type JsonObject } from "../../shared/json.ts";

/** Where a field stands in a schema, in Singer's words: `["properties", "user", "properties", "email"]`. */
export type Breadcrumb = readonly string[];

/** A field of an object, or of the objects in a list, with its schema. */
export interface Field {
  readonly name: string;
  readonly breadcrumb: Breadcrumb;
  readonly schema: JsonObject;
}

/** Which parts of a value are dropped: whole fields, and parts of the fields that stay. */
export interface Projection {
  readonly dropped: ReadonlySet<string>;
  readonly inner: ReadonlyMap<string, Projection>;
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
export function projectionOf(
  schema: JsonObject,
  isSelected: (breadcrumb: Breadcrumb) => boolean,
  at: Breadcrumb = [],
): Projection | undefined {
  const dropped = new Set<string>();
  const inner = new Map<string, Projection>();
  for (const field of fieldsOf(schema, at)) {
    const innerProjection = projectionOf(field.schema, isSelected, field.breadcrumb);
    if (!isSelected(field.breadcrumb)) dropped.add(field.name);
    else if (innerProjection) inner.set(field.name, innerProjection);
  }
  return dropped.size > 0 || inner.size > 0 ? { dropped, inner } : undefined;
}

/** The value without the dropped fields, as a new value. Fields that no schema knows stay. */
export function projectValue(value: Json, projection: Projection): Json {
  if (Array.isArray(value)) return value.map((element) => projectValue(element, projection));
  if (!isJsonObject(value)) return value;
  return without(value, projection, projectValue);
}

/** The schema of what `projectValue` leaves. */
export function projectSchema(schema: JsonObject, projection: Projection): JsonObject {
  if (isJsonObject(schema.items)) return { ...schema, items: projectSchema(schema.items, projection) };
  if (!isJsonObject(schema.properties)) return schema;
  const properties = without(schema.properties, projection, (property, inner) =>
    isJsonObject(property) ? projectSchema(property, inner) : property,
  );
  return { ...schema, properties };
}

function without(
  fields: JsonObject,
  { dropped, inner }: Projection,
  projectField: (field: Json, projection: Projection) => Json,
): JsonObject {
  const kept = Object.entries(fields).filter(([name]) => !dropped.has(name));
  return Object.fromEntries(
    kept.map(([name, field]) => {
      const projection = inner.get(name);
      return [name, projection ? projectField(field, projection) : field];
    }),
  );
}
