import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { quoteName } from "../../src/local/duckdb/sql.ts";
import { openDuckDbStore } from "../../src/local/duckdb/store.ts";
import type { Store } from "../../src/local/store.ts";
import type { Json, JsonObject } from "../../src/shared/json.ts";
import { CALLS } from "./calls.ts";

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "source-aircall-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export function openCalls(path: string, source = "emulator"): Promise<Store> {
  return openDuckDbStore({ path, tables: [CALLS], source });
}

/** Each row of the calls as the object that it was made from, without its null fields. */
export async function readObjects(store: Store): Promise<JsonObject[]> {
  const fields = await store.query("SELECT * FROM source_aircall.fields ORDER BY position");
  const values = fields.map((field, index) => `${quoteName(String(field.column_name))} AS value_${index}`);
  const rows = await store.query(`SELECT ${values} FROM calls`);
  return rows.map((row) => {
    const entries = fields.map((field, index): [string, Json] => [
      JSON.parse(String(field.field)),
      jsonOf(row[`value_${index}`] as Json, field.column_type === "JSON"),
    ]);
    return Object.fromEntries(entries.filter(([, value]) => value !== null));
  });
}

function jsonOf(value: Json, isJsonText: boolean): Json {
  return isJsonText && value !== null ? JSON.parse(String(value)) : value;
}
