import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { StoreError } from "../../src/errors.ts";
import { openDuckDbStore } from "../../src/local/duckdb/store.ts";
import type { Store } from "../../src/local/store.ts";
import type { Json } from "../../src/shared/json.ts";
import { CALLS, calls, deletion, present } from "./calls.ts";
import { openCalls, readObjects, temporaryFolder } from "./stores.ts";

async function withStore<Result>(use: (store: Store) => Promise<Result>): Promise<Result> {
  const store = await openCalls(join(await temporaryFolder(), "calls.duckdb"));
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

async function columnType(store: Store, column: string): Promise<unknown> {
  const [row] = await store.query(
    `SELECT data_type FROM duckdb_columns() WHERE table_name = 'calls' AND column_name = '${column}'`,
  );
  return row?.data_type;
}

describe("rows", () => {
  it("are one a key, of which the last document wins", () =>
    withStore(async (store) => {
      await store.commit(calls([present({ id: 1, status: "old", duration: 5 }), present({ id: 2 })]));
      await store.commit(calls([present({ id: 1, status: "newer" }), present({ id: 1, status: "done" })]));
      expect(await store.query("SELECT id, status, duration FROM calls ORDER BY id")).toEqual([
        { id: 1, status: "done", duration: null },
        { id: 2, status: null, duration: null },
      ]);
    }));

  it("go with a deletion and come back with a later document", () =>
    withStore(async (store) => {
      await store.commit(calls([present({ id: 1 }), present({ id: 2 }), deletion(3)]));
      await store.commit(calls([deletion(1), deletion(2), present({ id: 2, status: "back" })]));
      expect(await readObjects(store)).toEqual([{ id: 2, status: "back" }]);
    }));

  it("tell the number 1 from the text 1", () =>
    withStore(async (store) => {
      await store.commit(calls([present({ id: 1, status: "number" })]));
      await store.commit(calls([present({ id: "1", status: "text" }), present({ id: 1, status: "again" })]));
      expect(await store.query("SELECT id, status FROM calls ORDER BY status")).toEqual([
        { id: "1", status: "again" },
        { id: '"1"', status: "text" },
      ]);
    }));

  it("stay when the file is opened again, with the state", async () => {
    const path = join(await temporaryFolder(), "calls.duckdb");
    const first = await openCalls(path);
    expect(first.state).toEqual({});
    await first.commit(calls([present({ id: 1, extra: [1] })], { cursor: "a\uD800\0" }));
    await first.close();
    expect(existsSync(`${path}.wal`)).toBe(false);

    const second = await openCalls(path);
    expect(second.state).toEqual({ cursor: "a\uD800\0" });
    expect(await readObjects(second)).toEqual([{ id: 1, extra: [1] }]);
    await second.close();
  });
});

describe("values", () => {
  const kept: [string, Json][] = [
    ["text", "h\u00e9 \u{1F600} \u2028 \0 end"],
    ["empty text", ""],
    ["a long text", "x".repeat(3_000_000)],
    ["the largest safe integer", Number.MAX_SAFE_INTEGER],
    ["a large integer", 123_456_789_012_345_680_000],
    ["large and small fractions", [1e300, 5e-324, 0.1]],
    ["a large fraction", 1.7976931348623157e308],
    ["the smallest fraction", 5e-324],
    ["a truth", false],
    ["a nested value", { "a.b": [1, null, { '"': "\u0000\\ud800" }], "": {} }],
  ];
  it.each(kept)("of %s are kept", (_, value) =>
    withStore(async (store) => {
      await store.commit(calls([present({ id: 1, value, mixed: value })]));
      expect(await readObjects(store)).toEqual([{ id: 1, value, mixed: value }]);
    }),
  );

  it("of lone surrogates, which UTF-8 cannot hold, become U+FFFD", () =>
    withStore(async (store) => {
      const user = { "k\uDC00": ["b\uD800"] };
      await store.commit(calls([present({ id: 1, status: "a\uD800z", user, "f\uD800": 1 })]));
      expect(
        await store.query("SELECT status, json_extract_string(user, '$.*[0]') AS nested FROM calls"),
      ).toEqual([{ status: "a\uFFFDz", nested: ["b\uFFFD"] }]);
      expect(await readObjects(store)).toMatchObject([{ "f\uD800": 1 }]);
    }));

  it("of a field named like a member of every object are its own only", () =>
    withStore(async (store) => {
      const odd: Record<string, Json> = JSON.parse('{"id": 1, "__proto__": "p", "constructor": "c"}');
      await store.commit(calls([{ ...odd, ["__proto__"]: "p", _meta: { op: "u" } }, present({ id: 2 })]));
      expect((await readObjects(store)).map((object) => JSON.stringify(object))).toEqual([
        '{"id":1,"__proto__":"p","constructor":"c"}',
        '{"id":2}',
      ]);
    }));
});

describe("columns", () => {
  it("widen to DOUBLE for a fraction and to JSON for everything else", () =>
    withStore(async (store) => {
      await store.commit(calls([present({ id: 1, duration: 12, status: "done", archived: true })]));
      await store.commit(calls([present({ id: 2, duration: 0.5, status: 7, archived: "no" })]));
      expect(await columnType(store, "duration")).toBe("DOUBLE");
      await store.commit(calls([present({ id: 3, duration: "long" })]));
      expect(await columnType(store, "duration")).toBe("JSON");
      expect(await store.query("SELECT duration, status, archived FROM calls ORDER BY id")).toEqual([
        { duration: "12", status: '"done"', archived: "true" },
        { duration: "0.5", status: "7", archived: '"no"' },
        { duration: '"long"', status: null, archived: null },
      ]);
    }));

  it("are added when the schema grows", async () => {
    const path = join(await temporaryFolder(), "calls.duckdb");
    await (await openCalls(path)).close();
    const documentSchema = { properties: { asset: { type: "string" } } };
    const store = await openDuckDbStore({ path, source: "emulator", tables: [{ ...CALLS, documentSchema }] });
    expect(await columnType(store, "asset")).toBe("VARCHAR");
    await store.close();
  });
});

describe("a transaction that fails", () => {
  it.each([
    ["a document without a key", [present({ id: 1, added: "x" }), present({ status: "lost" })]],
    ["a key that is a list", [present({ id: [1] })]],
  ])("for %s changes nothing and does not stop the next one", (_, documents) =>
    withStore(async (store) => {
      await store.commit(calls([present({ id: 1 })], { cursor: 1 }));
      const failing = store.commit({
        documents: new Map([
          ["calls", [present({ id: 2, added: "x" })]],
          ["nowhere", documents],
        ]),
        state: { cursor: 2 },
      });
      await expect(failing).rejects.toThrow(StoreError);
      await expect(store.commit(calls(documents, { cursor: 2 }))).rejects.toThrow(/calls\.duckdb .*"id"/);
      expect(store.state).toEqual({ cursor: 1 });
      expect(await store.query("SELECT state FROM source_aircall.state")).toEqual([
        { state: '{"cursor":1}' },
      ]);
      expect(await readObjects(store)).toEqual([{ id: 1 }]);
      await store.commit(calls([present({ id: 2, added: 5 })], { cursor: 3 }));
      expect(await columnType(store, "added")).toBe("BIGINT");
    }),
  );
});

describe("a question", () => {
  it("is answered in JSON: safe integers as numbers, others and instants as text", () =>
    withStore(async (store) => {
      const answer = await store.query(
        "SELECT 1::HUGEINT AS small, 9007199254740993 AS large, [1, 2]::BIGINT[] AS list, TIMESTAMP '2026-01-02' AS instant",
      );
      expect(answer).toEqual([
        { small: 1, large: "9007199254740993", list: [1, 2], instant: "2026-01-02 00:00:00" },
      ]);
    }));

  it("that is no SQL is refused", () =>
    withStore(async (store) => {
      await expect(store.query("SELEKT 1")).rejects.toThrow(StoreError);
    }));
});
