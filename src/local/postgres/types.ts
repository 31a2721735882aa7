import type { Column, ColumnKind } from "../store/index.ts";
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

export function typeOf(kind: ColumnKind): ColumnType {
  return TYPES[kind];
}

/** The kind that is stored as a type. */
export function kindOf(type: string): ColumnKind {
  const kind = (Object.keys(TYPES) as ColumnKind[]).find((each) => TYPES[each] === type);
  if (kind === undefined) throw new Error(`no kind of column is stored as ${type}`);
  return kind;
}

/** The SQL of a column's value, converted to a wider kind. */
export function converted({ name }: Pick<Column, "name">, to: ColumnKind): string {
  return to === "json" ? `to_jsonb(${quoteName(name)})` : `${quoteName(name)}::${typeOf(to)}`;
}
