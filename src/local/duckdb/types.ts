import { type Column, type ColumnKind, columnTypes } from "../store/index.ts";
import { quoteName } from "./sql.ts";

/** DuckDB's types for the kinds of columns. */
const TYPES = {
  boolean: "BOOLEAN",
  integer: "BIGINT",
  json: "JSON",
  number: "DOUBLE",
  text: "VARCHAR",
} as const satisfies Record<ColumnKind, string>;

export type ColumnType = (typeof TYPES)[ColumnKind];

export const { typeOf, kindOf } = columnTypes<ColumnType>(TYPES);

/** The SQL of a column's value, converted to a wider kind. */
export function converted({ name, kind }: Column, to: ColumnKind): string {
  return convertedValue(quoteName(name), kind, to);
}

/** SQL that converts a value of a kind to a wider one. */
export function convertedValue(value: string, kind: ColumnKind, to: ColumnKind): string {
  if (kind === to) return value;
  if (to !== "json") return `${value}::${typeOf(to)}`;
  if (kind !== "number") return `to_json(${value})`;
  // A DOUBLE has forgotten that 12 was written without a fraction, and DuckDB would write 12.0.
  const isSafeInteger = `abs(${value}) <= ${Number.MAX_SAFE_INTEGER} AND ${value} = trunc(${value})`;
  return `CASE WHEN ${isSafeInteger} THEN to_json(${value}::BIGINT) ELSE to_json(${value}) END`;
}
