import type { DuckDBConnection } from "@duckdb/node-api";
import type { Column, Columns } from "../store/index.ts";
import { quoteName, quoteTable } from "./sql.ts";
import { converted, kindOf, typeOf } from "./types.ts";

/** The columns of a table as `source_aircall.fields` records them; none for a table that is not there yet. */
export async function readColumns(connection: DuckDBConnection, table: string): Promise<Columns> {
  const result = await connection.runAndReadAll(
    "SELECT field, column_name, column_type FROM source_aircall.fields WHERE table_name = $table ORDER BY position",
    { table },
  );
  const columns = result.getRowsJson().map(([field, name, type]): [string, Column] => {
    const spelled = JSON.parse(String(field));
    return [spelled, { field: spelled, name: String(name), kind: kindOf(String(type)) }];
  });
  return new Map(columns);
}

/** Creates the table, or adds and widens its columns, and records the result. Runs inside a transaction. */
export async function changeColumns(
  connection: DuckDBConnection,
  table: string,
  before: Columns,
  after: Columns,
): Promise<void> {
  if (before.size === 0) await createTable(connection, table, after);
  for (const column of after.values()) {
    const known = before.get(column.field);
    if (known?.kind === column.kind) continue;
    if (before.size > 0) await connection.run(alteration(table, known, column));
    await record(connection, table, column, known === undefined);
  }
}

async function createTable(connection: DuckDBConnection, table: string, columns: Columns): Promise<void> {
  const definitions = [...columns.values()].map(({ name, kind }) => `${quoteName(name)} ${typeOf(kind)}`);
  await connection.run(`CREATE TABLE ${quoteTable(table)} (${definitions.join(", ")})`);
}

function alteration(table: string, known: Column | undefined, { name, kind }: Column): string {
  const alter = `ALTER TABLE ${quoteTable(table)}`;
  if (known === undefined) return `${alter} ADD COLUMN ${quoteName(name)} ${typeOf(kind)}`;
  return `${alter} ALTER COLUMN ${quoteName(name)} TYPE ${typeOf(kind)} USING ${converted(known, kind)}`;
}

async function record(
  connection: DuckDBConnection,
  table: string,
  column: Column,
  isNew: boolean,
): Promise<void> {
  const sql = isNew
    ? `INSERT INTO source_aircall.fields
       SELECT $table, $field, $name, $type, (SELECT count(*) FROM source_aircall.fields)`
    : `UPDATE source_aircall.fields SET column_name = $name, column_type = $type
       WHERE table_name = $table AND field = $field`;
  // As JSON text, because a field's name may hold lone surrogates, which no VARCHAR can.
  const field = JSON.stringify(column.field);
  await connection.run(sql, { table, field, name: column.name, type: typeOf(column.kind) });
}
