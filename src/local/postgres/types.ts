import { type Column, type ColumnKind, columnTypes } from "../store/index.ts";
import { quoteName } from "./sql.ts";

/** PostgreSQL's types for the kinds of columns. */
const TYPES = {
  boolean: "boolean",
  integer: "bigint",
  json: "jsonb",
  number: "double precision",
  text: "text",
} as const satisfies Record<ColumnKind, string>;

export type ColumnType = (typeof TYPES)[ColumnKind];

export const { typeOf, kindOf } = columnTypes<ColumnType>(TYPES);

/** The SQL of a column's value, converted to a wider kind. */
export function converted({ name }: Pick<Column, "name">, to: ColumnKind): string {
  return to === "json" ? `to_jsonb(${quoteName(name)})` : `${quoteName(name)}::${typeOf(to)}`;
}
