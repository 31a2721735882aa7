import type { DuckDBConnection } from "@duckdb/node-api";
import { stateRows } from "../store/index.ts";
import { changeState, createStateTable } from "./state.ts";

/** 1 kept the whole state as one text, 2 keeps it in rows. */
export const FORMAT_VERSION = 2;

/** Brings a file of an older format to `FORMAT_VERSION`. Rows and state stay. Runs inside a transaction. */
export async function upgrade(connection: DuckDBConnection): Promise<void> {
  const result = await connection.runAndReadAll("SELECT state FROM source_aircall.state");
  const state = JSON.parse(String(result.value(0, 0)));
  await connection.run("DROP TABLE source_aircall.state");
  await createStateTable(connection);
  await changeState(connection, stateRows(state));
  await connection.run("UPDATE source_aircall.about SET format_version = $version", {
    version: FORMAT_VERSION,
  });
}
