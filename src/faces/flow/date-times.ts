import { isJsonObject, type Json, type JsonObject } from "../../shared/json.ts";

/** Where in a document a schema asks for a date and time. */
interface Places {
  isDateTime: boolean;
  readonly properties: Map<string, Places>;
  items?: Places;
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/** From here on a number of time can only be milliseconds: as seconds it would lie beyond the year 3000. */
const FIRST_MILLISECONDS = 32_503_680_000;

/**
 * Rewrites, in place, what stands where the schema says `format: date-time`: Unix seconds or
 * milliseconds, and dates in other spellings, become RFC 3339. Collections of the connector that this
 * one replaces have such schemas, and their documents were always rewritten so. Returns `undefined`
 * when the schema asks for none.
 */
export function dateTimeRewriter(schema: unknown): ((doc: Json) => void) | undefined {
  const places = emptyPlaces();
  collect(schema, schema, places, new Set());
  if (places.properties.size === 0) return undefined;
  return (doc) => {
    rewrite(doc, places);
  };
}

function emptyPlaces(): Places {
  return { isDateTime: false, properties: new Map() };
}

function collect(schema: unknown, root: unknown, places: Places, open: Set<unknown>): void {
  if (!isJsonObject(schema) || open.has(schema)) return;
  open.add(schema);
  if (schema.format === "date-time") places.isDateTime = true;
  for (const part of sameInstance(schema, root)) collect(part, root, places, open);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const inner = places.properties.get(name) ?? emptyPlaces();
    collect(property, root, inner, open);
    if (asksForAny(inner)) places.properties.set(name, inner);
  }
  const items = places.items ?? emptyPlaces();
  collect(schema.items, root, items, open);
  if (asksForAny(items)) places.items = items;
  open.delete(schema);
}

/** The schemas that speak of the same place in a document as this one. */
function sameInstance(schema: JsonObject, root: unknown): unknown[] {
  const referred = typeof schema.$ref === "string" ? [resolve(schema.$ref, root)] : [];
  return [...referred, schema.allOf, schema.anyOf, schema.oneOf].flat();
}

function asksForAny({ isDateTime, properties, items }: Places): boolean {
  return isDateTime || properties.size > 0 || items !== undefined;
}

/** A reference into the schema itself, or to one of its definitions by name, as Flow writes them. */
function resolve(reference: string, root: unknown): unknown {
  if (reference.startsWith("#")) {
    const steps = reference.split("/").slice(1);
    return steps.reduce<unknown>((at, step) => (isJsonObject(at) ? at[unescapeStep(step)] : undefined), root);
  }
  const definitions = isJsonObject(root) ? root.$defs : undefined;
  if (!isJsonObject(definitions)) return undefined;
  const named = Object.values(definitions).find((one) => isJsonObject(one) && one.$id === reference);
  return definitions[reference] ?? named;
}

function unescapeStep(step: string): string {
  return decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
}

function rewrite(value: Json, places: Places): Json {
  if (Array.isArray(value)) {
    const { items } = places;
    if (items)
      value.forEach((element, index) => {
        value[index] = rewrite(element, items);
      });
    return value;
  }
  if (isJsonObject(value)) {
    for (const [name, inner] of places.properties) {
      const field = value[name];
      if (field !== undefined) value[name] = rewrite(field, inner);
    }
    return value;
  }
  return places.isDateTime ? asDateTime(value) : value;
}

function asDateTime(value: Json): Json {
  if (typeof value === "number") return isoText(value < FIRST_MILLISECONDS ? value * 1000 : value) ?? value;
  if (typeof value !== "string" || RFC_3339.test(value)) return value;
  return isoText(Date.parse(value)) ?? value;
}

function isoText(milliseconds: number): string | undefined {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
