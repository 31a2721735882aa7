import { isJsonObject, type Json } from "../../shared/json.ts";
import type { Columns, TableSpec } from "../store/index.ts";
import type { Client } from "./connect.ts";
import { quoteName, quoteTable, quoteText } from "./sql.ts";

/** A table with its schema and columns. */
export interface DescribedTable extends Pick<TableSpec, "name" | "documentSchema"> {
  readonly columns: Columns;
}

/** Sets the comments on tables and columns to the descriptions in the schemas, where they differ. Runs inside a transaction. */
export async function comment(
  client: Client,
  schema: string,
  tables: readonly DescribedTable[],
): Promise<void> {
  const known = await readComments(client, schema);
  const statements = tables.flatMap((table) => statementsFor(schema, table, known));
  if (statements.length > 0) await client.query(statements.join("; "));
}

type Comments = ReadonlyMap<string, string>;

const keyOf = (table: string, column: string) => JSON.stringify([table, column]);

async function readComments(client: Client, schema: string): Promise<Comments> {
  const { rows } = await client.query(
    `SELECT c.relname AS table, coalesce(a.attname, '') AS column, d.description
       FROM pg_description d
       JOIN pg_class c ON c.oid = d.objoid AND d.classoid = 'pg_class'::regclass
       JOIN pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0
      WHERE n.nspname = $1`,
    [schema],
  );
  return new Map(rows.map(({ table, column, description }) => [keyOf(table, column), description]));
}

function statementsFor(
  schema: string,
  { name, documentSchema, columns }: DescribedTable,
  known: Comments,
): string[] {
  const table = quoteTable(schema, name);
  const properties = isJsonObject(documentSchema.properties) ? documentSchema.properties : {};
  const wanted: [object: string, key: string, text: string | undefined][] = [
    [`TABLE ${table}`, keyOf(name, ""), descriptionOf(documentSchema)],
    ...[...columns.values()].map((column): [string, string, string | undefined] => [
      `COLUMN ${table}.${quoteName(column.name)}`,
      keyOf(name, column.name),
      commentOn(column, Object.hasOwn(properties, column.field) ? properties[column.field] : undefined),
    ]),
  ];
  return wanted.flatMap(([object, key, text]) =>
    text === undefined || known.get(key) === text ? [] : [`COMMENT ON ${object} IS ${quoteText(text)}`],
  );
}

/** A column that could not have the name of its field says which one it is. */
function commentOn(
  { field, name }: { field: string; name: string },
  schema: Json | undefined,
): string | undefined {
  return field === name ? descriptionOf(schema) : `The field ${JSON.stringify(field)}.`;
}

function descriptionOf(schema: Json | undefined): string | undefined {
  if (!isJsonObject(schema)) return undefined;
  const text = schema.description ?? schema.title;
  return typeof text === "string" ? text.toWellFormed().replaceAll("\0", "\uFFFD") : undefined;
}
