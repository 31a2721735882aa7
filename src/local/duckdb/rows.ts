import type { DuckDBAppender, DuckDBConnection } from "@duckdb/node-api";
import type { Document } from "../../engine/index.ts";
import type { Json } from "../../shared/json.ts";
import {
  type Column,
  type ColumnKind,
  type Columns,
  wellFormedJson,
  wellFormedText,
} from "../store/index.ts";
import { quoteName, quoteTable } from "./sql.ts";
import { typeOf } from "./types.ts";

/** What rows are made of. No two documents have one key, and the columns fit them. */
export interface Rows {
  readonly table: string;
  readonly keyField: string;
  readonly columns: Columns;
  readonly documents: readonly Document[];
}

/**
 * Puts each document in the place of the row of its key, and takes the row away where the document
 * is a deletion. Runs inside a transaction.
 */
export async function replaceRows(connection: DuckDBConnection, rows: Rows): Promise<void> {
  await writeRows(connection, rows);
}

/** Merges each document into the row of its key: a column without a value keeps the one it has. Runs inside a transaction. */
export async function mergeRows(connection: DuckDBConnection, rows: Rows): Promise<void> {
  await writeRows(connection, rows, completeFromRows);
}

type Staged = { readonly table: string; readonly names: readonly string[]; readonly key: number };

/** `complete` adds to the staged rows what is in the table. */
async function writeRows(
  connection: DuckDBConnection,
  { table, keyField, columns, documents }: Rows,
  complete?: (connection: DuckDBConnection, staged: Staged) => Promise<void>,
): Promise<void> {
  if (documents.length === 0) return;
  const all = [...columns.values()];
  const names = all.map((column) => quoteName(column.name));
  const key = all.findIndex((column) => column.field === keyField);
  await stage(connection, all, documents);
  await complete?.(connection, { table: quoteTable(table), names, key });
  // Deleting and inserting takes a small part of the memory that updating rows in place does.
  await connection.run(
    `DELETE FROM ${quoteTable(table)} WHERE ${names[key]} IN (SELECT ${stagedName(key)} FROM temp.staging)`,
  );
  await connection.run(
    `INSERT INTO ${quoteTable(table)} (${names}) SELECT ${names.map((_, index) => stagedName(index))} FROM temp.staging WHERE NOT deleted`,
  );
  await connection.run("DROP TABLE temp.staging");
}

async function completeFromRows(connection: DuckDBConnection, { table, names, key }: Staged): Promise<void> {
  const values = names.map(
    (name, index) => `${stagedName(index)} = coalesce(staging.${stagedName(index)}, kept.${name})`,
  );
  await connection.run(
    `UPDATE temp.staging SET ${values} FROM ${table} AS kept WHERE kept.${names[key]} = staging.${stagedName(key)}`,
  );
}

function stagedName(index: number): string {
  return `value_${index}`;
}

async function stage(
  connection: DuckDBConnection,
  columns: readonly Column[],
  documents: readonly Document[],
): Promise<void> {
  const definitions = columns.map(({ kind }, index) => `${stagedName(index)} ${typeOf(kind)}`);
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
  for (const { field, kind } of columns) {
    // A field may be called like a member of every object: `constructor`, `__proto__`.
    appendValue(appender, kind, Object.hasOwn(document, field) ? document[field] : null);
  }
  appender.endRow();
}

function appendValue(appender: DuckDBAppender, kind: ColumnKind, value: Json | undefined): void {
  if (value === undefined || value === null) appender.appendNull();
  else if (kind === "json") appender.appendVarchar(wellFormedJson(value));
  else if (typeof value === "string") appender.appendVarchar(wellFormedText(value));
  else if (typeof value === "boolean") appender.appendBoolean(value);
  else if (kind === "integer") appender.appendBigInt(BigInt(Number(value)));
  else appender.appendDouble(Number(value));
}
