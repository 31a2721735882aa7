import { type DuckDBConnection, LIST, listValue, VARCHAR } from "@duckdb/node-api";
import type { JsonObject } from "../../shared/json.ts";
import { type ChangedRows, stateOf } from "../store/index.ts";

/** Runs inside a transaction. */
export async function createStateTable(connection: DuckDBConnection): Promise<void> {
  await connection.run("CREATE TABLE source_aircall.state (path VARCHAR, value VARCHAR)");
}

export async function readState(connection: DuckDBConnection): Promise<JsonObject> {
  const result = await connection.runAndReadAll("SELECT path, value FROM source_aircall.state");
  return stateOf(result.getRowsJson().map(([path, value]) => [String(path), String(value)]));
}

/** Puts the new rows in the place of those that changed. Runs inside a transaction. */
export async function changeState(connection: DuckDBConnection, changes: ChangedRows): Promise<void> {
  const kept = [...changes].filter((row): row is [string, string] => row[1] !== null);
  const paths = kept.map(([path]) => path);
  const values = kept.map(([, value]) => value);
  // As for rows of documents, deleting and inserting takes less memory than updating in place.
  await run(connection, "DELETE FROM source_aircall.state WHERE path IN (SELECT unnest($paths))", {
    paths: [...changes.keys()],
  });
  await run(connection, "INSERT INTO source_aircall.state SELECT unnest($paths), unnest($values)", {
    paths,
    values,
  });
}

async function run(
  connection: DuckDBConnection,
  sql: string,
  lists: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  const entries = Object.entries(lists);
  // Of a list that is empty, DuckDB cannot tell the type by itself.
  const types = Object.fromEntries(entries.map(([name]) => [name, LIST(VARCHAR)]));
  await connection.run(
    sql,
    Object.fromEntries(entries.map(([name, list]) => [name, listValue(list)])),
    types,
  );
}
