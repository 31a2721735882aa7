import type { DuckDBAppender, DuckDBConnection } from "@duckdb/node-api";
import type { Document } from "../../engine/index.ts";
import { isJsonObject, type Json } from "../../shared/json.ts";
import type { Column, Columns, ColumnType } from "./columns.ts";
import { quoteName, quoteTable, wellFormedText } from "./sql.ts";

/**
 * Puts each document in the place of the row of its key, and takes the row away where the document
 * is a deletion. No two documents have one key, and the columns fit them. Runs inside a transaction.
 */
export async function replaceRows(
  connection: DuckDBConnection,
  table: string,
  keyField: string,
  columns: Columns,
  documents: readonly Document[],
): Promise<void> {
  const all = [...columns.values()];
  const names = all.map((column) => quoteName(column.name));
  const staged = all.map((_, index) => `value_${index}`);
  const key = all.findIndex((column) => column.field === keyField);
  await stage(connection, all, documents);
  // Deleting and inserting takes a small part of the memory that updating rows in place does.
  await connection.run(
    `DELETE FROM ${quoteTable(table)} WHERE ${names[key]} IN (SELECT ${staged[key]} FROM temp.staging)`,
  );
  await connection.run(
    `INSERT INTO ${quoteTable(table)} (${names}) SELECT ${staged} FROM temp.staging WHERE NOT deleted`,
  );
  await connection.run("DROP TABLE temp.staging");
}

/** The last document of each key; throws when one has no key that can be compared. */
export function lastOfEachKey(documents: Iterable<Document>, keyField: string): Iterable<Document> {
  const last = new Map<Json, Document>();
  for (const document of documents) {
    const key = Object.hasOwn(document, keyField) ? document[keyField] : undefined;
    if (typeof key !== "string" && !Number.isSafeInteger(key)) {
      throw new Error(`a document has no "${keyField}" that is a string or an integer`);
    }
    last.set(key as Json, document);
  }
  return last.values();
}

async function stage(
  connection: DuckDBConnection,
  columns: readonly Column[],
  documents: Iterable<Document>,
): Promise<void> {
  const definitions = columns.map(({ type }, index) => `value_${index} ${type}`);
  await connection.run(`CREATE TEMP TABLE staging (deleted BOOLEAN, ${definitions.join(", ")})`);
  const appender = await connection.createAppender("staging", null, "temp");
  try {
    for (const document of documents) appendRow(appender, columns, document);
  } finally {
    appender.closeSync();
  }
}

function appendRow(appender: DuckDBAppender, columns: readonly Column[], document: Document): void {
  appender.appendBoolean(document._meta.op === "d");
  for (const { field, type } of columns) {
    // A field may be called like a member of every object: `constructor`, `__proto__`.
    appendValue(appender, type, Object.hasOwn(document, field) ? document[field] : null);
  }
  appender.endRow();
}

function appendValue(appender: DuckDBAppender, type: ColumnType, value: Json | undefined): void {
  if (value === undefined || value === null) appender.appendNull();
  else if (type === "JSON") appender.appendVarchar(jsonText(value));
  else if (typeof value === "string") appender.appendVarchar(wellFormedText(value));
  else if (typeof value === "boolean") appender.appendBoolean(value);
  else if (type === "BIGINT") appender.appendBigInt(BigInt(Number(value)));
  else appender.appendDouble(Number(value));
}

/** The value as JSON text in which a lone surrogate, which DuckDB refuses to parse, is U+FFFD. */
function jsonText(value: Json): string {
  const text = JSON.stringify(value);
  return text.includes("\\ud") ? JSON.stringify(wellFormed(value)) : text;
}

function wellFormed(value: Json): Json {
  if (typeof value === "string") return wellFormedText(value);
  if (Array.isArray(value)) return value.map(wellFormed);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, nested]) => [wellFormedText(field), wellFormed(nested)]),
  );
}
