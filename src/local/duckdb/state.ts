import { type DuckDBConnection, listValue } from "@duckdb/node-api";
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
  if (changes.size === 0) return;
  // As for rows of documents, deleting and inserting takes less memory than updating in place.
  await connection.run("DELETE FROM source_aircall.state WHERE path IN (SELECT unnest($paths))", {
    paths: listValue([...changes.keys()]),
  });
  const appender = await connection.createAppender("state", "source_aircall");
  try {
    for (const [path, value] of changes) {
      if (value === null) continue;
      appender.appendVarchar(path);
      appender.appendVarchar(value);
      appender.endRow();
    }
  } finally {
    appender.closeSync();
  }
}
