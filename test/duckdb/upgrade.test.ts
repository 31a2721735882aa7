import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/shared/json.ts";
import { newFile, readObjects, runSql } from "../support/duckdb.ts";
import { askFile } from "../support/files.ts";
import { canonical } from "../support/json-values.ts";
import { calls, openCalls, present, refusal } from "../support/stored-calls.ts";

/** A file as version 0.1 of the program left it: the whole state is one text. */
async function fileOfFormat1(state: string): Promise<string> {
  const path = newFile();
  await runSql(
    path,
    "CREATE SCHEMA source_aircall",
    "CREATE TABLE source_aircall.about (format_version INTEGER, source VARCHAR)",
    "INSERT INTO source_aircall.about VALUES (1, 'emulator')",
    "CREATE TABLE source_aircall.state (state VARCHAR)",
    `INSERT INTO source_aircall.state VALUES ('${state.replaceAll("'", "''")}')`,
    "CREATE TABLE source_aircall.fields (table_name VARCHAR, field VARCHAR, column_name VARCHAR, column_type VARCHAR, position BIGINT)",
    `INSERT INTO source_aircall.fields VALUES ('calls', '"id"', 'id', 'BIGINT', 0), ('calls', '"status"', 'status', 'VARCHAR', 1)`,
    "CREATE TABLE main.calls (id BIGINT, status VARCHAR)",
    "INSERT INTO main.calls VALUES (1, 'done'), (2, NULL)",
  );
  return path;
}

const STATE: JsonObject = JSON.parse(`{"bindingStateV1": {
  "calls": {"rungs": {"1800": 5}, "recent": {"7": [1, "x"]}, "open": {}},
  "company": {"digests": {"It's \\ud800 \\u0000": "a", "__proto__": "b", "": "c"}},
  "contacts": {"watermark": 5, "atWatermark": {}, "known": {"202930": "zEDA5"}}
}, "other": [null, {}]}`);

describe("a file of format 1", () => {
  it("keeps its rows and its state when it is opened, and is of format 2 then", async () => {
    const path = await fileOfFormat1(JSON.stringify(STATE));
    const store = await openCalls(path);
    expect(canonical(store.state)).toBe(canonical(STATE));
    expect(await store.rowCounts()).toEqual(new Map([["calls", 2]]));
    await store.commit([calls([present({ id: 2, status: "done" })], { open: { 2: 9 } })]);
    await store.close();
    expect(await readObjects(path, "calls")).toEqual([
      { id: 1, status: "done" },
      { id: 2, status: "done" },
    ]);
    expect(await askFile(path, "SELECT format_version FROM source_aircall.about")).toEqual([
      { format_version: 2 },
    ]);
    const again = await openCalls(path);
    expect(again.state).toMatchObject({
      bindingStateV1: { calls: { open: { 2: 9 } }, contacts: { known: { 202930: "zEDA5" } } },
    });
    await again.close();
  });

  it("in which nothing was captured has an empty state", async () => {
    const store = await openCalls(await fileOfFormat1("{}"));
    expect(store.state).toEqual({});
    await store.close();
  });

  it("of another source is refused before it is changed", async () => {
    const path = await fileOfFormat1("{}");
    await refusal(path, "https://api.aircall.io");
    expect(await askFile(path, "SELECT format_version FROM source_aircall.about")).toEqual([
      { format_version: 1 },
    ]);
  });

  it("whose state cannot be read is refused, and stays as it was", async () => {
    const path = await fileOfFormat1("{broken");
    expect((await refusal(path)).message).toMatch(/cannot be used .*; choose another file\.$/);
    expect(
      await askFile(path, "SELECT state, format_version FROM source_aircall.state, source_aircall.about"),
    ).toEqual([{ state: "{broken", format_version: 1 }]);
  });
});
