import type { DuckDBConnection } from "@duckdb/node-api";

/** Does the work in one transaction. Throws what the work or the commit throws, and nothing is changed then. */
export async function inTransaction(connection: DuckDBConnection, work: () => Promise<void>): Promise<void> {
  try {
    await connection.run("BEGIN");
    await work();
    await connection.run("COMMIT");
  } catch (cause) {
    // Fails where DuckDB has rolled back by itself; what matters is the first error.
    await connection.run("ROLLBACK").catch(() => undefined);
    throw cause;
  }
}
