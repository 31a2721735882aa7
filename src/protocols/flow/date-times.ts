import { isRfc3339, parseInstant } from "../../shared/instant.ts";
import { isJsonObject, type Json, type JsonObject } from "../../shared/json.ts";

/**
 * Where in a document a schema asks for a date and time: here, or somewhere within. The places within are read
 * from the schema when a document has a value there, since a schema that refers to itself has no end.
 */
interface Place {
  readonly isDateTime: boolean;
  readonly properties: () => ReadonlyMap<string, Place>;
  readonly items: () => Place | undefined;
}

/** From here on a number of time can only be milliseconds: as seconds it would lie beyond the year 3000. */
const FIRST_MILLISECONDS = 32_503_680_000;

/**
 * Rewrites, in place, the values where the schema says `format: date-time`: Unix seconds or
 * milliseconds, and instants in other spellings, become RFC 3339. Any other text stays as it is. Returns `undefined` for a schema without
 * such a format. Any value is accepted as a schema; a part of it that is not a schema asks for nothing.
 *
 * Collections of the connector that this one replaces have such schemas, and Flow fails the capture for a
 * document that does not fit. The schema is searched, and no list of fields kept, because the collection
 * belongs to the user: the format may stand behind references and in fields that the user has added, and
 * the same field of another collection may have to stay a number.
 */
export function dateTimeRewriter(schema: unknown): ((doc: Json) => void) | undefined {
  const place = placeOf([schema], schema);
  return place && ((doc) => void rewrite(doc, place));
}

/** The place that these schemas describe; `undefined` when they ask for no date and time there or within. */
function placeOf(schemas: readonly unknown[], root: unknown): Place | undefined {
  const reachable = closure(schemas, (schema) => [...sameInstance(schema, root), ...within(schema)]);
  if (!reachable.some(isDateTime)) return undefined;
  const here = closure(schemas, (schema) => sameInstance(schema, root));
  return {
    isDateTime: here.some(isDateTime),
    properties: once(() => propertiesOf(here, root)),
    items: once(() =>
      placeOf(
        here.map(({ items }) => items),
        root,
      ),
    ),
  };
}

function propertiesOf(schemas: readonly JsonObject[], root: unknown): ReadonlyMap<string, Place> {
  const byName = new Map<string, Json[]>();
  for (const { properties } of schemas)
    for (const [name, schema] of isJsonObject(properties) ? Object.entries(properties) : []) {
      const others = byName.get(name);
      if (others) others.push(schema);
      else byName.set(name, [schema]);
    }
  const places = new Map<string, Place>();
  for (const [name, its] of byName) {
    const place = placeOf(its, root);
    if (place) places.set(name, place);
  }
  return places;
}

/** These schemas and all that `next` leads to, each once. Values that are not objects are skipped. */
function closure(schemas: readonly unknown[], next: (schema: JsonObject) => unknown[]): JsonObject[] {
  const reached = new Set(schemas.filter(isJsonObject));
  // Iterating a Set also visits what is added meanwhile.
  for (const schema of reached) for (const other of next(schema)) if (isJsonObject(other)) reached.add(other);
  return [...reached];
}

/** The schemas that describe the same place in a document as this one. */
function sameInstance(schema: JsonObject, root: unknown): unknown[] {
  const referred = typeof schema.$ref === "string" ? [resolve(schema.$ref, root)] : [];
  return [...referred, schema.allOf, schema.anyOf, schema.oneOf].flat();
}

/** The schemas that describe the places one level deeper. */
function within({ properties, items }: JsonObject): unknown[] {
  return [items, ...Object.values(properties ?? {})];
}

function isDateTime({ format }: JsonObject): boolean {
  return format === "date-time";
}

/** A reference into the schema itself, or to one of its definitions by name, as Flow writes them. */
function resolve(reference: string, root: unknown): unknown {
  const [start, ...steps] = reference.split("/");
  if (start === "#") {
    return steps.reduce<unknown>((at, step) => (isJsonObject(at) ? at[unescapeStep(step)] : undefined), root);
  }
  const definitions = isJsonObject(root) ? root.$defs : undefined;
  if (!isJsonObject(definitions)) return undefined;
  const named = Object.values(definitions).find((one) => isJsonObject(one) && one.$id === reference);
  return definitions[reference] ?? named;
}

/** A step that is not well encoded is used as it is. */
function unescapeStep(step: string): string {
  return decoded(step).replaceAll("~1", "/").replaceAll("~0", "~");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function rewrite(value: Json, place: Place): Json {
  if (Array.isArray(value)) {
    const items = place.items();
    if (items)
      value.forEach((element, index) => {
        value[index] = rewrite(element, items);
      });
    return value;
  }
  if (isJsonObject(value)) {
    for (const [name, inner] of place.properties())
      if (Object.hasOwn(value, name)) value[name] = rewrite(value[name] ?? null, inner);
    return value;
  }
  return place.isDateTime ? asDateTime(value) : value;
}

function asDateTime(value: Json): Json {
  if (typeof value === "number") return isoText(value < FIRST_MILLISECONDS ? value * 1000 : value) ?? value;
  if (typeof value !== "string" || isRfc3339(value)) return value;
  return isoText(parseInstant(value) ?? Number.NaN) ?? value;
}

function isoText(milliseconds: number): string | undefined {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function once<Value>(compute: () => Value): () => Value {
  let computed: { readonly value: Value } | undefined;
  return () => {
    computed ??= { value: compute() };
    return computed.value;
  };
}
