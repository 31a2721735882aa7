import { StoreError } from "../../errors.ts";
import type { Client } from "./connect.ts";
import type { Schema } from "./schema.ts";
import { quoteName, quoteTable } from "./sql.ts";
import { createStateTable } from "./state.ts";
import { createFieldsTable } from "./tables.ts";

const FORMAT_VERSION = 1;

export const ABOUT = "source_aircall_about";

/**
 * Makes an empty schema ours, or makes sure that it is: that this program made it, in a format that this version
 * knows, from the given source. Runs inside a transaction. Throws a `StoreError` that names the schema otherwise.
 */
export async function claim(client: Client, { name, place }: Schema, source: string): Promise<void> {
  if (await isOurs(client, name)) return checkMarker(client, name, place, source);
  if (await holdsAnything(client, name))
    throw new StoreError(`${place} holds the tables of something else; choose another schema with --schema.`);
  await mark(client, name, source);
}

async function isOurs(client: Client, schema: string): Promise<boolean> {
  return holdsRows(client, "SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = $2", [schema, ABOUT]);
}

async function holdsAnything(client: Client, schema: string): Promise<boolean> {
  const sql =
    "SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 LIMIT 1";
  return holdsRows(client, sql, [schema]);
}

async function holdsRows(client: Client, sql: string, values: string[]): Promise<boolean> {
  return (await client.query(sql, values)).rows.length > 0;
}

async function checkMarker(client: Client, schema: string, place: string, source: string): Promise<void> {
  const { rows } = await client.query(`SELECT format_version, source FROM ${quoteTable(schema, ABOUT)}`);
  const { format_version: version, source: remembered } = rows[0] ?? {};
  if (Number(version) > FORMAT_VERSION)
    throw new StoreError(
      `${place} was written by a newer version of source-aircall (format ${version}); update the program or choose another schema with --schema.`,
    );
  if (remembered !== source)
    throw new StoreError(
      `${place} holds rows from ${remembered}, not from ${source}; choose another schema with --schema.`,
    );
}

async function mark(client: Client, schema: string, source: string): Promise<void> {
  const about = quoteTable(schema, ABOUT);
  // An administrator may have made the schema for a user who may not make any.
  const isThere = await holdsRows(client, "SELECT FROM pg_namespace WHERE nspname = $1", [schema]);
  if (!isThere) await client.query(`CREATE SCHEMA ${quoteName(schema)}`);
  await client.query(
    `CREATE TABLE ${about} (format_version integer NOT NULL, source text NOT NULL, writer uuid, commits bigint NOT NULL)`,
  );
  await client.query(`INSERT INTO ${about} VALUES ($1, $2, NULL, 0)`, [FORMAT_VERSION, source]);
  await createStateTable(client, schema);
  await createFieldsTable(client, schema);
}
