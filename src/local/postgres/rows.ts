import type { Document } from "../../engine/index.ts";
import type { Json } from "../../shared/json.ts";
import { type Column, type Columns, jsonWithoutNul, textWithoutNul } from "../store/index.ts";
import type { Client } from "./connect.ts";
import { quoteName, quoteTable } from "./sql.ts";
import { typeOf } from "./types.ts";

/** What rows are made of. No two documents have one key, and the columns fit them. */
export interface Rows {
  readonly schema: string;
  readonly table: string;
  readonly keyField: string;
  readonly columns: Columns;
  readonly documents: readonly Document[];
  /** Called with the field of each value in which U+FFFD takes the place of a character that PostgreSQL cannot store. */
  readonly onReplaced: (field: string) => void;
}

/**
 * Puts each document in the place of the row of its key, and takes the row away where the document
 * is a deletion. Runs inside a transaction.
 */
export async function replaceRows(client: Client, rows: Rows): Promise<void> {
  await deleteRows(client, rows);
  await insertRows(client, rows, (name) => `EXCLUDED.${name}`);
}

/** Merges each document into the row of its key: a column without a value keeps the one it has. Runs inside a transaction. */
export async function mergeRows(client: Client, rows: Rows): Promise<void> {
  await insertRows(client, rows, (name) => `coalesce(EXCLUDED.${name}, kept.${name})`);
}

async function deleteRows(
  client: Client,
  { schema, table, keyField, columns, documents }: Rows,
): Promise<void> {
  const key = columns.get(keyField);
  const deleted = documents.filter(({ _meta }) => _meta.op === "d");
  if (key === undefined || deleted.length === 0) return;
  await client.query(
    `DELETE FROM ${quoteTable(schema, table)} WHERE ${quoteName(key.name)} = ANY($1::${typeOf(key.kind)}[])`,
    [valuesOf(key, deleted, () => {})],
  );
}

/** `update` is the SQL of a column's new value where a row of the key is there. */
async function insertRows(client: Client, rows: Rows, update: (name: string) => string): Promise<void> {
  const present = rows.documents.filter(({ _meta }) => _meta.op !== "d");
  if (present.length === 0) return;
  const columns = [...rows.columns.values()];
  const names = columns.map(({ name }) => quoteName(name));
  const key = names[columns.findIndex(({ field }) => field === rows.keyField)];
  const arrays = columns.map(({ kind }, index) => `$${index + 1}::${typeOf(kind)}[]`);
  await client.query(
    `INSERT INTO ${quoteTable(rows.schema, rows.table)} AS kept (${names}) SELECT * FROM unnest(${arrays})
     ON CONFLICT (${key}) DO UPDATE SET ${names.map((name) => `${name} = ${update(name)}`)}`,
    columns.map((column) => valuesOf(column, present, rows.onReplaced)),
  );
}

/** The values of a column, each as PostgreSQL reads it. */
function valuesOf(
  { field, kind }: Column,
  documents: readonly Document[],
  onReplaced: Rows["onReplaced"],
): (string | null)[] {
  return documents.map((document) => {
    // A field may be called like a member of every object: `constructor`, `__proto__`.
    const value: Json | undefined = Object.hasOwn(document, field) ? document[field] : null;
    if (value === undefined || value === null) return null;
    if (kind !== "json" && typeof value !== "string") return String(value);
    const text = kind === "json" ? jsonWithoutNul(value) : textWithoutNul(String(value));
    const isReplaced =
      text.includes("\uFFFD") && text !== (kind === "json" ? JSON.stringify(value) : String(value));
    if (isReplaced) onReplaced(field);
    return text;
  });
}
