import type { Document } from "../../engine/index.ts";
import { isJsonObject, type Json, type JsonObject } from "../../shared/json.ts";
import { wellFormedText } from "./sql.ts";

/**
 * What a column can hold without loss: BIGINT the integers that a JSON number holds exactly, DOUBLE
 * every JSON number, VARCHAR every string of Unicode text, JSON every value, as JSON text.
 */
export type ColumnType = "BIGINT" | "BOOLEAN" | "DOUBLE" | "JSON" | "VARCHAR";

export interface Column {
  /** The top-level field as the documents spell it. */
  readonly field: string;
  /** The field's name as DuckDB can have it; see `freeName`. */
  readonly name: string;
  readonly type: ColumnType;
}

/** A table's columns by field, in the order in which the fields were first seen. */
export type Columns = ReadonlyMap<string, Column>;

const TYPE_OF_SCHEMA_TYPE: Readonly<Record<string, ColumnType>> = {
  integer: "BIGINT",
  number: "DOUBLE",
  string: "VARCHAR",
  boolean: "BOOLEAN",
};

/** The known columns, and one for each property of the schema that has none yet. The key is always there. */
export function withSchema(known: Columns, keyField: string, documentSchema: JsonObject): Columns {
  const properties = isJsonObject(documentSchema.properties) ? documentSchema.properties : {};
  const columns = new Map(known);
  for (const [field, schema] of Object.entries({ [keyField]: {}, ...properties })) {
    if (field !== "_meta" && !columns.has(field)) include(columns, field, typeOfSchema(schema));
  }
  return columns;
}

/** The known columns, added to and widened so that each value of the documents fits its column. */
export function withDocuments(known: Columns, documents: Iterable<Document>): Columns {
  const columns = new Map(known);
  for (const document of documents) {
    for (const [field, value] of Object.entries(document)) {
      if (field !== "_meta" && value !== null) include(columns, field, typeOfValue(value));
    }
  }
  return columns;
}

function include(columns: Map<string, Column>, field: string, type: ColumnType): void {
  const known = columns.get(field);
  if (known === undefined) {
    columns.set(field, { field, name: freeName(field, columns), type });
  } else if (widest(known.type, type) !== known.type) {
    columns.set(field, { ...known, type: widest(known.type, type) });
  }
}

/**
 * The field's own name where DuckDB can have it. U+0000 and lone surrogates become U+FFFD, the empty
 * name `_`. DuckDB takes names that differ by case only for one, so a later one of them is numbered:
 * `Foo`, `foo_2`.
 */
function freeName(field: string, columns: Columns): string {
  const wanted = wellFormedText(field).replaceAll("\0", "\uFFFD") || "_";
  const taken = new Set([...columns.values()].map((column) => column.name.toLowerCase()));
  let name = wanted;
  for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${wanted}_${number}`;
  return name;
}

function widest(one: ColumnType, other: ColumnType): ColumnType {
  if (one === other) return one;
  const bothNumbers = [one, other].every((type) => type === "BIGINT" || type === "DOUBLE");
  return bothNumbers ? "DOUBLE" : "JSON";
}

function typeOfValue(value: NonNullable<Json>): ColumnType {
  if (typeof value === "string") return "VARCHAR";
  if (typeof value === "boolean") return "BOOLEAN";
  // An integer beyond the safe ones stays a DOUBLE, so that a BIGINT always turns into a DOUBLE exactly.
  if (typeof value === "number") return Number.isSafeInteger(value) ? "BIGINT" : "DOUBLE";
  return "JSON";
}

function typeOfSchema(schema: Json): ColumnType {
  const types = isJsonObject(schema) ? [schema.type].flat() : [];
  const [type, ...others] = types.filter((name) => name !== "null");
  return (typeof type === "string" && others.length === 0 && TYPE_OF_SCHEMA_TYPE[type]) || "JSON";
}
