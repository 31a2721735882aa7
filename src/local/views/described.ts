import { isJsonObject, type Json, type JsonObject } from "../../shared/json.ts";
import { type StreamName, streams } from "../../streams/index.ts";
import type { ViewColumn, ViewRow, ViewType } from "../store/index.ts";

/** The type and description of a column that the schema does not describe. */
interface Own {
  readonly type?: ViewType;
  readonly description?: string;
  readonly references?: StreamName;
}

/** Makes a column from a field of the documents or of a list's elements. The path is the name unless there is one. */
type ColumnOf = (name: string, path?: string | null, own?: Own) => ViewColumn;

const TYPES: Readonly<Record<string, ViewType>> = {
  integer: "integer",
  number: "number",
  string: "text",
  boolean: "boolean",
};

/** Columns of the fields of a stream's documents, with the types and descriptions of its schema. */
export function fieldsOf(stream: StreamName): ColumnOf {
  return columnsOf(streams[stream].documentSchema, (row, path, type) => row.field(path, type));
}

/** Columns of the fields of the elements of a list, as `fieldsOf` makes them of the documents. */
export function itemsOf(stream: StreamName, list: string): ColumnOf {
  const { items } = within(streams[stream].documentSchema, list);
  return columnsOf(asObject(items), (row, path, type) => row.item(path, type));
}

/** A column that is made of several values. */
export function madeColumn(
  name: string,
  type: ViewType,
  description: string,
  value: (row: ViewRow) => string,
  references?: StreamName,
): ViewColumn {
  return { name, type, description, value, ...(references && { references }) };
}

function columnsOf(
  schema: JsonObject,
  read: (row: ViewRow, path: string, type: ViewType) => string,
): ColumnOf {
  return (name, path, { type: ownType, description: ownDescription, references } = {}) => {
    const found = within(schema, path ?? name);
    const type = ownType ?? typeOf(found);
    const description = ownDescription ?? withoutNotation(found.description);
    return {
      name,
      type,
      description,
      ...(references && { references }),
      value: (row) => read(row, path ?? name, type),
    };
  };
}

function within(schema: JsonObject, path: string): JsonObject {
  const names = path === "" ? [] : path.split(".");
  return names.reduce((outer, name) => asObject(asObject(outer.properties)[name]), schema);
}

function typeOf({ type, format }: JsonObject): ViewType {
  if (format === "date-time") return "instant";
  const [only, ...others] = [type].flat().filter((name) => name !== "null");
  return (typeof only === "string" && others.length === 0 && TYPES[only]) || "json";
}

/** A description says how Aircall writes an instant, and the view has it as an instant. */
function withoutNotation(description: Json | undefined): string {
  if (typeof description !== "string") throw new Error("the schema does not describe the field of a view");
  return description.replace(/ (Unix seconds|ISO 8601), UTC\.$/, "");
}

function asObject(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
