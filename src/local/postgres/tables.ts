import type { Column, Columns } from "../store/index.ts";
import type { Client } from "./connect.ts";
import { quoteName, quoteTable } from "./sql.ts";
import { converted, kindOf, typeOf } from "./types.ts";

const FIELDS = "source_aircall_fields";

/** Runs inside a transaction. */
export async function createFieldsTable(client: Client, schema: string): Promise<void> {
  await client.query(
    `CREATE TABLE ${quoteTable(schema, FIELDS)}
       (table_name text, field text, column_name text NOT NULL, column_type text NOT NULL, position bigint NOT NULL,
        PRIMARY KEY (table_name, field))`,
  );
}

/** The columns of all tables of a schema as it records them. */
export async function readColumns(client: Client, schema: string): Promise<ReadonlyMap<string, Columns>> {
  const { rows } = await client.query(
    `SELECT table_name, field, column_name, column_type FROM ${quoteTable(schema, FIELDS)} ORDER BY position`,
  );
  const tables = new Map<string, Map<string, Column>>();
  for (const { table_name, field: text, column_name: name, column_type } of rows) {
    // As JSON text, because a field's name may hold U+0000 and lone surrogates, which no text can.
    const field: string = JSON.parse(text);
    const columns = tables.get(table_name) ?? new Map();
    tables.set(table_name, columns.set(field, { field, name, kind: kindOf(column_type) }));
  }
  return tables;
}

interface Change {
  readonly schema: string;
  readonly table: string;
  readonly keyField: string;
  readonly before: Columns;
  readonly after: Columns;
}

/** Creates the table, or adds and widens its columns, and records the result. Runs inside a transaction. */
export async function changeColumns(client: Client, change: Change): Promise<void> {
  const { schema, table, before, after } = change;
  const changed = [...after.values()].filter(({ field, kind }) => before.get(field)?.kind !== kind);
  if (changed.length === 0) return;
  await client.query(before.size === 0 ? creation(change) : alteration(change, changed));
  await record(client, { schema, table }, changed);
}

function creation({ schema, table, keyField, after }: Change): string {
  const definitions = [...after.values()].map(({ name, kind }) => `${quoteName(name)} ${typeOf(kind)}`);
  const key = quoteName(after.get(keyField)?.name ?? keyField);
  return `CREATE TABLE ${quoteTable(schema, table)} (${definitions.join(", ")}, PRIMARY KEY (${key}))`;
}

/** One statement, so that a table is written again once at most. */
function alteration({ schema, table, before }: Change, changed: readonly Column[]): string {
  const actions = changed.map((column) => {
    const [name, type] = [quoteName(column.name), typeOf(column.kind)];
    if (!before.has(column.field)) return `ADD COLUMN ${name} ${type}`;
    return `ALTER COLUMN ${name} TYPE ${type} USING ${converted(column, column.kind)}`;
  });
  return `ALTER TABLE ${quoteTable(schema, table)} ${actions.join(", ")}`;
}

async function record(
  client: Client,
  { schema, table }: Pick<Change, "schema" | "table">,
  changed: readonly Column[],
): Promise<void> {
  const fields = quoteTable(schema, FIELDS);
  await client.query(
    `INSERT INTO ${fields}
     SELECT $1, field, name, type, (SELECT count(*) FROM ${fields}) + place
       FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS changed (field, name, type, place)
     ON CONFLICT (table_name, field) DO UPDATE SET column_type = EXCLUDED.column_type`,
    [
      table,
      changed.map(({ field }) => JSON.stringify(field)),
      changed.map(({ name }) => name),
      changed.map(({ kind }) => typeOf(kind)),
    ],
  );
}
