import type { DuckDBConnection } from "@duckdb/node-api";
import { type Columns, type ViewSpec, viewChanges, viewComment } from "../store/index.ts";
import { quoteName, quoteTable, quoteText } from "./sql.ts";
import { duckDbViews } from "./view-dialect.ts";

/**
 * Makes the views that the tables have columns for, and makes those again whose tables have changed. Returns the names that
 * something has which this program did not make; it stays as it is. Runs inside a transaction.
 */
export async function changeViews(
  connection: DuckDBConnection,
  views: readonly ViewSpec[],
  columnsOf: (table: string) => Columns | undefined,
): Promise<readonly string[]> {
  const queries = await readQueries(connection);
  const comments = await readComments(connection);
  const commentOn = (name: string) => comments.get(name.toLowerCase());
  const { changed, foreign } = viewChanges(views, columnsOf, duckDbViews, { queries, commentOn });
  for (const { view, query } of changed) await makeView(connection, view, query);
  return foreign;
}

/** The queries that views were made with. DuckDB spells them in another way each time that it reads a file. */
async function readQueries(connection: DuckDBConnection): Promise<ReadonlyMap<string, string>> {
  await connection.run("CREATE TABLE IF NOT EXISTS source_aircall.views (name VARCHAR, query VARCHAR)");
  const result = await connection.runAndReadAll("SELECT name, query FROM source_aircall.views");
  return new Map(result.getRowsJson().map(([name, query]) => [String(name), String(query)]));
}

/** The comments on all tables and views beside the streams', by their names in lower case. DuckDB drops a comment with its view. */
async function readComments(connection: DuckDBConnection): Promise<ReadonlyMap<string, string>> {
  const ofMain = "database_name = current_database() AND schema_name = 'main' AND NOT internal";
  const result = await connection.runAndReadAll(
    `SELECT lower(view_name), coalesce(comment, '') FROM duckdb_views() WHERE ${ofMain}
     UNION ALL SELECT lower(table_name), coalesce(comment, '') FROM duckdb_tables() WHERE ${ofMain}`,
  );
  return new Map(result.getRowsJson().map(([name, comment]) => [String(name), String(comment)]));
}

async function makeView(connection: DuckDBConnection, view: ViewSpec, query: string): Promise<void> {
  const name = quoteTable(view.name);
  await connection.run(`CREATE OR REPLACE VIEW ${name} AS ${query}`);
  const comments = view.columns.map(
    (column) => `COMMENT ON COLUMN ${name}.${quoteName(column.name)} IS ${quoteText(column.description)}`,
  );
  await connection.run(
    [`COMMENT ON VIEW ${name} IS ${quoteText(viewComment(view))}`, ...comments].join("; "),
  );
  await connection.run("DELETE FROM source_aircall.views WHERE name = $name", { name: view.name });
  await connection.run("INSERT INTO source_aircall.views VALUES ($name, $query)", { name: view.name, query });
}
