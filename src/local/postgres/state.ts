import type { JsonObject } from "../../shared/json.ts";
import { type ChangedRows, stateOf } from "../store/index.ts";
import type { Client } from "./connect.ts";
import { quoteTable } from "./sql.ts";

const STATE = "source_aircall_state";

/** Runs inside a transaction. */
export async function createStateTable(client: Client, schema: string): Promise<void> {
  await client.query(
    `CREATE TABLE ${quoteTable(schema, STATE)} (path text COLLATE "C" PRIMARY KEY, value text NOT NULL)`,
  );
}

export async function readState(client: Client, schema: string): Promise<JsonObject> {
  const { rows } = await client.query({
    text: `SELECT path, value FROM ${quoteTable(schema, STATE)}`,
    rowMode: "array",
  });
  return stateOf(rows.map(([path, value]) => [String(path), String(value)]));
}

/** Puts the new rows in the place of those that changed. Runs inside a transaction. */
export async function changeState(client: Client, schema: string, changes: ChangedRows): Promise<void> {
  const table = quoteTable(schema, STATE);
  const all = [...changes];
  const gone = all.filter(([, value]) => value === null);
  const kept = all.filter(([, value]) => value !== null);
  if (gone.length > 0)
    await client.query(`DELETE FROM ${table} WHERE path = ANY($1)`, [gone.map(([path]) => path)]);
  if (kept.length > 0)
    await client.query(
      `INSERT INTO ${table} SELECT * FROM unnest($1::text[], $2::text[])
       ON CONFLICT (path) DO UPDATE SET value = EXCLUDED.value`,
      [kept.map(([path]) => path), kept.map(([, value]) => value)],
    );
}
