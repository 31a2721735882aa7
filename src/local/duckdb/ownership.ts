import type { DuckDBConnection } from "@duckdb/node-api";
import { StoreError } from "../../errors.ts";
import type { DatabaseFile } from "./file.ts";
import { createStateTable } from "./state.ts";
import { FORMAT_VERSION } from "./upgrade.ts";

/**
 * Makes an empty database ours, or makes sure that it is: that this program wrote it, in a format that
 * this version knows, from the given source. Returns the version of its format. Throws a `StoreError` that
 * names the path otherwise.
 */
export async function claim(
  file: DatabaseFile,
  connection: DuckDBConnection,
  { path, source }: { readonly path: string; readonly source: string },
): Promise<number> {
  if (await isOurs(connection)) return checkMarker(connection, path, source);
  if (await holdsAnything(connection)) {
    throw new StoreError(`${path} is a DuckDB database of something else; choose another file.`);
  }
  await file.transaction(connection, () => mark(connection, source));
  return FORMAT_VERSION;
}

async function isOurs(connection: DuckDBConnection): Promise<boolean> {
  return holdsRows(
    connection,
    "FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = 'source_aircall' AND table_name = 'about'",
  );
}

async function holdsAnything(connection: DuckDBConnection): Promise<boolean> {
  return holdsRows(
    connection,
    `SELECT 1 FROM duckdb_tables() WHERE database_name = current_database() AND NOT internal
     UNION ALL SELECT 1 FROM duckdb_views() WHERE database_name = current_database() AND NOT internal`,
  );
}

async function holdsRows(connection: DuckDBConnection, sql: string): Promise<boolean> {
  return (await connection.runAndReadAll(sql)).currentRowCount > 0;
}

/** Returns the version of the file's format. */
async function checkMarker(connection: DuckDBConnection, path: string, source: string): Promise<number> {
  const about = await connection.runAndReadAll("SELECT format_version, source FROM source_aircall.about");
  const [version, remembered] = about.getRowsJson()[0] ?? [];
  if (Number(version) > FORMAT_VERSION) {
    throw new StoreError(
      `${path} was written by a newer version of source-aircall (format ${version}); update the program or choose another file.`,
    );
  }
  if (remembered !== source) {
    throw new StoreError(`${path} holds rows from ${remembered}, not from ${source}; choose another file.`);
  }
  return Number(version);
}

async function mark(connection: DuckDBConnection, source: string): Promise<void> {
  await connection.run("CREATE SCHEMA source_aircall");
  await connection.run("CREATE TABLE source_aircall.about (format_version INTEGER, source VARCHAR)");
  await connection.run("INSERT INTO source_aircall.about VALUES ($version, $source)", {
    version: FORMAT_VERSION,
    source,
  });
  await createStateTable(connection);
  await connection.run(
    "CREATE TABLE source_aircall.fields (table_name VARCHAR, field VARCHAR, column_name VARCHAR, column_type VARCHAR, position BIGINT)",
  );
}
