import { DuckDBInstance } from "@duckdb/node-api";
import { onTestFinished } from "vitest";
import type { Json, JsonObject } from "../../src/shared/json.ts";
import { askFile, temporaryFolder } from "./files.ts";

/** The path of a file that is not there yet, in a folder of its own that is gone when the test is finished. */
export function newFile(name = "calls.duckdb"): string {
  const folder = temporaryFolder();
  onTestFinished(() => folder[Symbol.dispose]());
  return folder.file(name);
}

/** Runs the statements in a file that is not open, without the connector's own code. */
export async function runSql(path: string, ...statements: string[]): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    for (const sql of statements) await connection.run(sql);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** The types that a file's columns have, by the fields that they hold. */
export async function columnTypes(path: string, table: string): Promise<Record<string, string>> {
  const columns = await askFile(
    path,
    `SELECT field, data_type FROM source_aircall.fields f JOIN duckdb_columns() c
         ON c.schema_name = 'main' AND c.table_name = f.table_name AND c.column_name = f.column_name
      WHERE f.table_name = '${table}' ORDER BY position`,
  );
  return Object.fromEntries(
    columns.map(({ field, data_type }) => [JSON.parse(String(field)), String(data_type)]),
  );
}

/** Each row of a file's table as the object that it was made from, without its null fields. */
export async function readObjects(path: string, table: string): Promise<JsonObject[]> {
  const fields = await askFile(
    path,
    `SELECT field, column_name FROM source_aircall.fields WHERE table_name = '${table}' ORDER BY position`,
  );
  const names = fields.map(({ column_name }) => `"${String(column_name).replaceAll('"', '""')}"`);
  const texts = names.map((name, index) => `CAST(to_json(${name}) AS VARCHAR) AS value_${index}`);
  const rows = await askFile(path, `SELECT ${texts.join(", ")} FROM main."${table}"`);
  return rows.map((row) => {
    const values = fields.map(({ field }, index): [string, Json] => {
      const text = row[`value_${index}`];
      return [JSON.parse(String(field)), typeof text === "string" ? JSON.parse(text) : null];
    });
    return Object.fromEntries(values.filter(([, value]) => value !== null));
  });
}

/** How a value that DuckDB's client returns as text is read, by its type. */
const READ: Readonly<Record<string, (text: string) => Json>> = {
  BIGINT: Number,
  JSON: (text) => JSON.parse(text),
  "TIMESTAMP WITH TIME ZONE": (text) => new Date(`${text.replace(" ", "T")}:00`).toISOString(),
};

/** The rows of a view, with instants in UTC. */
export async function readView(path: string, view: string): Promise<JsonObject[]> {
  const columns = await askFile(path, `DESCRIBE main."${view}"`);
  const rows = await askFile(path, `SELECT * FROM main."${view}"`);
  return rows.map((row) => {
    const values = columns.map(({ column_name, column_type }): [string, Json] => {
      const value = row[String(column_name)] as Json;
      const read = READ[String(column_type)];
      return [String(column_name), read && typeof value === "string" ? read(value) : value];
    });
    return Object.fromEntries(values);
  });
}
