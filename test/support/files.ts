import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

export interface TemporaryFolder extends Disposable {
  /** The path of a file of this name in it. */
  file(name: string): string;
  /** Writes a file of this name, as JSON unless it is text, and returns its path. */
  write(name: string, content: unknown): string;
}

/** A new folder that is deleted when it is disposed of. */
export function temporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), "source-aircall-"));
  const file = (name: string) => join(path, name);
  return {
    file,
    write(name, content) {
      writeFileSync(file(name), typeof content === "string" ? content : JSON.stringify(content));
      return file(name);
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  };
}

/** What a DuckDB file answers, asked without the connector's own code. */
export async function askFile(
  path: string,
  sql: string,
  accessMode: "READ_ONLY" | "READ_WRITE" = "READ_WRITE",
): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(path, { access_mode: accessMode });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
