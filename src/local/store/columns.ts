import type { Document } from "../../engine/index.ts";
import { isJsonObject, type Json, type JsonObject } from "../../shared/json.ts";
import { textWithoutNul } from "./text.ts";

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

/** What names of columns a database can have. */
export interface NameRules {
  /** In UTF-8. */
  readonly longestBytes: number;
  /** Names that no column can have, in lower case. */
  readonly reserved: readonly string[];
}

const ANY_NAME: NameRules = { longestBytes: Number.POSITIVE_INFINITY, reserved: [] };

const KIND_OF_SCHEMA_TYPE: Readonly<Record<string, ColumnKind>> = {
  integer: "integer",
  number: "number",
  string: "text",
  boolean: "boolean",
};

/** The known columns, and one for each property of the schema that has none yet. The key is always there. */
export function withSchema(
  known: Columns,
  keyField: string,
  documentSchema: JsonObject,
  names: NameRules = ANY_NAME,
): Columns {
  const properties = isJsonObject(documentSchema.properties) ? documentSchema.properties : {};
  const columns = new Map(known);
  for (const [field, schema] of Object.entries({ [keyField]: {}, ...properties })) {
    if (field !== "_meta" && !columns.has(field)) include(columns, field, kindOfSchema(schema), names);
  }
  return columns;
}

/** The known columns, added to and widened so that each value of the documents fits its column. */
export function withDocuments(
  known: Columns,
  documents: Iterable<Document>,
  names: NameRules = ANY_NAME,
): Columns {
  const columns = new Map(known);
  for (const document of documents) {
    for (const [field, value] of Object.entries(document)) {
      if (field !== "_meta" && value !== null) include(columns, field, kindOfValue(value), names);
    }
  }
  return columns;
}

function include(columns: Map<string, Column>, field: string, kind: ColumnKind, names: NameRules): void {
  const known = columns.get(field);
  if (known === undefined) {
    columns.set(field, { field, name: freeName(field, columns, names), kind });
  } else if (widest(known.kind, kind) !== known.kind) {
    columns.set(field, { ...known, kind: widest(known.kind, kind) });
  }
}

/**
 * The field's own name where a database can have it. U+0000 and lone surrogates become U+FFFD, the
 * empty name `_`, and a name that is too long is cut. A database may take names that differ by case only for one, so a later
 * one of them is numbered: `Foo`, `foo_2`. So is a name that is reserved.
 */
function freeName(field: string, columns: Columns, { longestBytes, reserved }: NameRules): string {
  const wanted = textWithoutNul(field) || "_";
  const taken = new Set([...reserved, ...[...columns.values()].map((column) => column.name.toLowerCase())]);
  let name = startOf(wanted, longestBytes);
  for (let number = 2; taken.has(name.toLowerCase()); number++) {
    const ending = `_${number}`;
    name = startOf(wanted, longestBytes - ending.length) + ending;
  }
  return name;
}

/** As many characters as have room in so many bytes. */
function startOf(text: string, longestBytes: number): string {
  if (Buffer.byteLength(text) <= longestBytes) return text;
  let start = "";
  let bytes = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > longestBytes) break;
    start += character;
  }
  return start;
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
