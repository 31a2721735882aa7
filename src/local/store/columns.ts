import type { Document } from "../../engine/index.ts";
import { isJsonObject, type Json, type JsonObject } from "../../shared/json.ts";
import { wellFormedText } from "./text.ts";

/**
 * What a column can hold without loss: `integer` the integers that a JSON number holds exactly, `number` every
 * JSON number, `text` every string of Unicode text, `json` every value, as JSON text.
 */
export type ColumnKind = "boolean" | "integer" | "json" | "number" | "text";

export interface Column {
  /** The top-level field as the documents spell it. */
  readonly field: string;
  /** The field's name as a database can have it; see `freeName`. */
  readonly name: string;
  readonly kind: ColumnKind;
}

/** A table's columns by field, in the order in which the fields were first seen. */
export type Columns = ReadonlyMap<string, Column>;

const KIND_OF_SCHEMA_TYPE: Readonly<Record<string, ColumnKind>> = {
  integer: "integer",
  number: "number",
  string: "text",
  boolean: "boolean",
};

/** The known columns, and one for each property of the schema that has none yet. The key is always there. */
export function withSchema(known: Columns, keyField: string, documentSchema: JsonObject): Columns {
  const properties = isJsonObject(documentSchema.properties) ? documentSchema.properties : {};
  const columns = new Map(known);
  for (const [field, schema] of Object.entries({ [keyField]: {}, ...properties })) {
    if (field !== "_meta" && !columns.has(field)) include(columns, field, kindOfSchema(schema));
  }
  return columns;
}

/** The known columns, added to and widened so that each value of the documents fits its column. */
export function withDocuments(known: Columns, documents: Iterable<Document>): Columns {
  const columns = new Map(known);
  for (const document of documents) {
    for (const [field, value] of Object.entries(document)) {
      if (field !== "_meta" && value !== null) include(columns, field, kindOfValue(value));
    }
  }
  return columns;
}

function include(columns: Map<string, Column>, field: string, kind: ColumnKind): void {
  const known = columns.get(field);
  if (known === undefined) {
    columns.set(field, { field, name: freeName(field, columns), kind });
  } else if (widest(known.kind, kind) !== known.kind) {
    columns.set(field, { ...known, kind: widest(known.kind, kind) });
  }
}

/**
 * The field's own name where a database can have it. U+0000 and lone surrogates become U+FFFD, the
 * empty name `_`. A database may take names that differ by case only for one, so a later one of them is
 * numbered: `Foo`, `foo_2`.
 */
function freeName(field: string, columns: Columns): string {
  const wanted = wellFormedText(field).replaceAll("\0", "\uFFFD") || "_";
  const taken = new Set([...columns.values()].map((column) => column.name.toLowerCase()));
  let name = wanted;
  for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${wanted}_${number}`;
  return name;
}

function widest(one: ColumnKind, other: ColumnKind): ColumnKind {
  if (one === other) return one;
  const bothNumbers = [one, other].every((kind) => kind === "integer" || kind === "number");
  return bothNumbers ? "number" : "json";
}

function kindOfValue(value: NonNullable<Json>): ColumnKind {
  if (typeof value === "string") return "text";
  if (typeof value === "boolean") return "boolean";
  // An integer beyond the safe ones counts as a number, so that an integer always widens to a number exactly.
  if (typeof value === "number") return Number.isSafeInteger(value) ? "integer" : "number";
  return "json";
}

function kindOfSchema(schema: Json): ColumnKind {
  const types = isJsonObject(schema) ? [schema.type].flat() : [];
  const [type, ...others] = types.filter((name) => name !== "null");
  return (typeof type === "string" && others.length === 0 && KIND_OF_SCHEMA_TYPE[type]) || "json";
}
