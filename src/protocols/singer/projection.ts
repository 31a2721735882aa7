import { isJsonObject, type Json, type JsonObject } from "../../shared/json.ts";
import { mapSchema, type SchemaPath } from "../../shared/json-schema.ts";

/** Singer's name for the path of a field's schema: `["properties", "user", "properties", "email"]`. */
export type Breadcrumb = SchemaPath;

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

/** The schema at a path; `undefined` if the path leads nowhere. The empty path is the schema itself. */
export function fieldAt(schema: JsonObject, [part, ...rest]: Breadcrumb): JsonObject | undefined {
  if (part === undefined) return schema;
  const inner = Object.hasOwn(schema, part) ? schema[part] : undefined;
  return isJsonObject(inner) ? fieldAt(inner, rest) : undefined;
}

/** The projection that leaves out the fields that are not selected; `undefined` when all are selected. */
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

/** The value without the dropped fields, as a new value. Fields that the schema does not have stay. */
export function projectValue(value: Json, projection: Projection): Json {
  if (Array.isArray(value)) return value.map((element) => projectValue(element, projection));
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([name]) => !projection.dropped.has(name));
  return Object.fromEntries(
    kept.map(([name, field]) => {
      const inner = projection.inner.get(name);
      return [name, inner ? projectValue(field, inner) : field];
    }),
  );
}

/** The schema without the fields that are not selected. */
export function projectSchema(
  schema: JsonObject,
  isSelected: (breadcrumb: Breadcrumb) => boolean,
): JsonObject {
  return mapSchema(schema, (one, at) => (isField(at) && !isSelected(at) ? undefined : one));
}

function isField(at: Breadcrumb): boolean {
  return at.at(-2) === "properties";
}
