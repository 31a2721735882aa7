import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { isDeep } from "../support/draws.ts";
import { newFile } from "../support/duckdb.ts";
import { askFile } from "../support/files.ts";
import { calls, callsState, openCalls, present } from "../support/stored-calls.ts";

/** Writes some 70 MB each: one of them is enough for the run of every commit. */
const deepIt = it.runIf(isDeep);

/** A text that does not repeat itself, so that no compression makes it small. */
function note(id: number, length: number): string {
  let seed = id + 1;
  let text = "";
  while (text.length < length) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    text += seed.toString(36);
  }
  return text.slice(0, length);
}

const withNote = (id: number, length: number) => present({ id, user: { note: note(id, length) } });

const rows = (from: number, count: number, length: number) =>
  Array.from({ length: count }, (_, index) => withNote(from + index, length));

/** What DuckDB was limited to, and cannot write a log of such rows with. */
const FORMER_LIMIT = "64MB";
const STUCK_ROWS = 1_200;

describe("rows that are large for the memory that DuckDB keeps", () => {
  deepIt("are stored in one transaction, as one list of them asks", { timeout: 60_000 }, async () => {
    const path = newFile();
    const store = await openCalls(path);
    await store.commit([calls(rows(0, 1_000, 80_000), { at: 1 })]);
    await store.close();
    expect(existsSync(`${path}.wal`)).toBe(false);
    expect(
      await askFile(path, `SELECT count(*) AS rows, min(length("user")) AS shortest FROM calls`),
    ).toEqual([{ rows: "1000", shortest: String(80_000 + '{"note":""}'.length) }]);
  });

  deepIt(
    "are stored in many transactions, and written to the file in between",
    { timeout: 60_000 },
    async () => {
      const path = newFile();
      const store = await openCalls(path);
      for (let at = 0; at < 1_200; at += 300) await store.commit([calls(rows(at, 300, 60_000), { at })]);
      expect((await stat(`${path}.wal`)).size).toBeLessThan(300 * 60_000 * 1.2);
      await store.close();
      expect(existsSync(`${path}.wal`)).toBe(false);
      expect(await askFile(path, "SELECT count(*) AS rows FROM calls")).toEqual([{ rows: "1200" }]);
    },
  );

  deepIt("are no obstacle when their column is widened", { timeout: 60_000 }, async () => {
    const store = await openCalls(newFile());
    await store.commit([
      calls(Array.from({ length: 2_000 }, (_, id) => present({ id, status: note(id, 40_000) }))),
    ]);
    await store.commit([calls([present({ id: 2_000, status: { name: "done" } })])]);
    expect(await store.rowCounts()).toEqual(new Map([["calls", 2_001]]));
    await store.close();
  });
});

deepIt(
  "a file that version 0.1 could not write its log to opens, and goes on",
  { timeout: 60_000 },
  async () => {
    const path = await stuckFile();
    const before = await DuckDBInstance.create(":memory:", { memory_limit: FORMER_LIMIT, threads: "1" });
    const connection = await before.connect();
    await connection.run(`PRAGMA disable_checkpoint_on_shutdown`);
    await expect(
      connection.run(`ATTACH '${path}' AS stuck`).then(() => connection.run("CHECKPOINT stuck")),
    ).rejects.toThrow(/failed to pin block/);
    connection.closeSync();
    before.closeSync();

    const store = await openCalls(path);
    expect(callsState(store)).toEqual({ at: 7 });
    expect(await store.rowCounts()).toEqual(new Map([["calls", STUCK_ROWS]]));
    await store.commit([calls([withNote(STUCK_ROWS, 60_000)], { at: 8 })]);
    await store.close();
    expect(existsSync(`${path}.wal`)).toBe(false);
  },
);

/** A file of format 1 whose rows are only in its log, as version 0.1 left it after its checkpoints had failed. */
async function stuckFile(): Promise<string> {
  const path = newFile();
  const instance = await DuckDBInstance.create(path, { checkpoint_threshold: "1TB", threads: "1" });
  const connection = await instance.connect();
  for (const sql of [
    "PRAGMA disable_checkpoint_on_shutdown",
    "CREATE SCHEMA source_aircall",
    "CREATE TABLE source_aircall.about (format_version INTEGER, source VARCHAR)",
    "INSERT INTO source_aircall.about VALUES (1, 'emulator')",
    "CREATE TABLE source_aircall.state (state VARCHAR)",
    `INSERT INTO source_aircall.state VALUES ('{"bindingStateV1":{"calls":{"at":7}}}')`,
    "CREATE TABLE source_aircall.fields (table_name VARCHAR, field VARCHAR, column_name VARCHAR, column_type VARCHAR, position BIGINT)",
    `INSERT INTO source_aircall.fields VALUES ('calls', '"id"', 'id', 'BIGINT', 0), ('calls', '"user"', 'user', 'JSON', 1)`,
    `CREATE TABLE calls (id BIGINT, "user" JSON)`,
  ])
    await connection.run(sql);
  const appender = await connection.createAppender("calls");
  for (let id = 0; id < STUCK_ROWS; id++) {
    appender.appendBigInt(BigInt(id));
    appender.appendVarchar(JSON.stringify({ note: note(id, 60_000) }));
    appender.endRow();
  }
  appender.closeSync();
  connection.closeSync();
  instance.closeSync();
  return path;
}
