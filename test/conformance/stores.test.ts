import { describe, expect, test } from "vitest";
import type { Document } from "../../src/engine/index.ts";
import type { CapturedBlock, TableSpec } from "../../src/local/store/index.ts";
import type { Json, JsonObject } from "../../src/shared/json.ts";
import { openTarget } from "../support/open-target.ts";
import { CALLS, calls, deletion, openCalls, present } from "../support/stored-calls.ts";
import { objectsById, stored, stores } from "./stores.ts";

const TAGS: TableSpec = { ...CALLS, name: "tags" };
const MERGED: TableSpec = { ...CALLS, merges: true };

describe.each(Object.entries(stores))("a store in %s", (_, kind) => {
  describe("holds one row per key", () => {
    test("of which the last document wins, in a block, in a transaction and after it", async () => {
      const target = await stored(
        kind,
        [calls([present({ id: 1, status: "old", duration: 5 }), present({ id: 2 })])],
        [
          calls([present({ id: 1, status: "newer" }), present({ id: 1, status: "newest" })]),
          calls([present({ id: 1, status: "done" })]),
        ],
      );
      expect(await objectsById(kind, target)).toEqual([{ id: 1, status: "done" }, { id: 2 }]);
    });

    test("which a deletion takes away, and a later document brings back", async () => {
      const target = await stored(
        kind,
        [calls([present({ id: 1 }), present({ id: 2 }), present({ id: 3 }), deletion(4)])],
        [calls([deletion(1), deletion(2), present({ id: 2, status: "back" })]), calls([deletion(3)])],
      );
      expect(await objectsById(kind, target)).toEqual([{ id: 2, status: "back" }]);
    });

    test("and tells the number 1 from the text 1", async () => {
      const target = await stored(
        kind,
        [calls([present({ id: 1, status: "number" })])],
        [calls([present({ id: "1", status: "text" }), present({ id: 1, status: "again" })])],
      );
      const rows = await kind.objects(target, "calls");
      expect(rows).toHaveLength(2);
      expect(rows).toEqual(
        expect.arrayContaining([
          { id: 1, status: "again" },
          { id: "1", status: "text" },
        ]),
      );
    });

    test("whose number it knows, of each table that it was opened with", async () => {
      const store = await openTarget(kind.newTarget(), { tables: [CALLS, TAGS], source: "emulator" });
      await store.commit([calls([present({ id: 1 }), present({ id: 2 })])]);
      expect(await store.rowCounts()).toEqual(
        new Map([
          ["calls", 2],
          ["tags", 0],
        ]),
      );
      await store.close();
    });
  });

  describe("summarises a table", () => {
    const HOUR = 3_600;
    const question = { table: "calls", newestBy: "duration", sinceSeconds: 2 * HOUR };
    const summary = async (newestBy: string | undefined, documents: readonly Document[]) => {
      const store = await openCalls(kind.newTarget());
      await store.commit([calls(documents)]);
      const found = await store.summary({ ...question, newestBy });
      await store.close();
      return found;
    };
    const instants = [1 * HOUR, 2 * HOUR, 2 * HOUR + 5, 3 * HOUR - 1, 3 * HOUR, 9 * HOUR + 1];
    const timed = instants.map((duration, id) => present({ id, duration }));

    test("by its rows, the greatest number of a field, and the rows in each hour of it", async () => {
      expect(await summary("duration", [...timed, present({ id: 9 })])).toEqual({
        rows: 7,
        newest: 9 * HOUR + 1,
        rowsByHour: new Map([
          [2, 3],
          [3, 1],
          [9, 1],
        ]),
      });
    });

    test("by parts of a second too, and by the greatest text", async () => {
      const halves = [present({ id: 1, cost: 2.5 * HOUR }), present({ id: 2, cost: 2.25 * HOUR })];
      expect(await summary("cost", halves)).toEqual({
        rows: 2,
        newest: 2.5 * HOUR,
        rowsByHour: new Map([[2, 2]]),
      });
      const texts = ["2026-01-02T00:00:00.000Z", "2026-01-10T00:00:00.000Z"].map((status, id) =>
        present({ id, status }),
      );
      expect(await summary("status", texts)).toEqual({
        rows: 2,
        newest: "2026-01-10T00:00:00.000Z",
        rowsByHour: new Map(),
      });
    });

    test.each([
      ["no field", undefined],
      ["a field without a column", "absent"],
      ["a field without a value", "duration"],
      ["a field of several types", "mixed"],
      ["a field of objects", "user"],
    ])("by its rows alone for %s", async (_, newestBy) => {
      const documents = [
        present({ id: 1, mixed: 3, user: {} }),
        present({ id: 2, mixed: "b" }),
        present({ id: 3 }),
      ];
      expect(await summary(newestBy, documents)).toEqual({ rows: 3, rowsByHour: new Map() });
    });

    test("and one without rows", async () => {
      expect(await summary("duration", [])).toEqual({ rows: 0, rowsByHour: new Map() });
    });

    test("while a commit is under way, as the commit before has left it, and holds up no commit", async () => {
      const tables = Array.from({ length: 12 }, (_, index) => ({ ...CALLS, name: `table_${index}` }));
      const [first, last] = [tables[0]?.name ?? "", tables.at(-1)?.name ?? ""];
      const store = await openTarget(kind.newTarget(), { tables, source: "emulator" });
      const documents = Array.from({ length: 200 }, (_, id) => present({ id, user: { id } }));
      // A store may connect with the first question.
      expect(await store.summary({ ...question, table: first })).toMatchObject({ rows: 0 });
      let isUnderWay = true;
      const commit = store
        .commit(tables.map(({ name }) => ({ table: name, documents, patch: {} })))
        .finally(() => {
          isUnderWay = false;
        });
      const meanwhile: string[] = [];
      while (isUnderWay) {
        const one = await store.summary({ ...question, table: first });
        const other = await store.summary({ ...question, table: last });
        meanwhile.push(`${one.rows}, then ${other.rows}`);
      }
      await commit;
      expect(meanwhile[0]).toBe("0, then 0");
      // Once the commit shows in one table, it shows in all of them.
      const whole = ["0, then 0", "0, then 200", "200, then 200"];
      expect(meanwhile.filter((seen) => !whole.includes(seen))).toEqual([]);
      expect((await store.summary({ ...question, table: last })).rows).toBe(200);
      await store.close();
    });

    test("only while it is open, and only one of those that it was opened with", async () => {
      const store = await openCalls(kind.newTarget());
      await expect(store.summary({ ...question, table: "tags" })).rejects.toThrow("tags");
      await store.close();
      await expect(store.summary(question)).rejects.toThrow();
    });
  });

  describe("merges the documents of a table that merges into its rows, so that", () => {
    const merged = async (...transactions: CapturedBlock[][]) => {
      const target = kind.newTarget();
      for (const blocks of transactions) {
        const store = await openTarget(target, { tables: [MERGED], source: "emulator" });
        await store.commit(blocks);
        await store.close();
      }
      return objectsById(kind, target);
    };
    const full = present({ id: 1, status: "sent", duration: 5, user: { name: "Ada" }, mixed: [1] });

    test("a field that a document lacks, or has as null, keeps its value", async () => {
      const rows = await merged([calls([full])], [calls([present({ id: 1, status: "read", cost: null })])]);
      expect(rows).toEqual([{ id: 1, status: "read", duration: 5, user: { name: "Ada" }, mixed: [1] }]);
    });

    test("a field that a document has is replaced whole, also one with an object or a list", async () => {
      const rows = await merged([calls([full])], [calls([present({ id: 1, user: { age: 3 }, mixed: [] })])]);
      expect(rows).toEqual([{ id: 1, status: "sent", duration: 5, user: { age: 3 }, mixed: [] }]);
    });

    test("a column that is added or widened later keeps what the row has", async () => {
      const rows = await merged(
        [calls([full, present({ id: 2, status: "sent" })])],
        [calls([present({ id: 1, duration: "long", asset: "a.mp3" })])],
        [calls([present({ id: 2, asset: 7 })])],
      );
      expect(rows).toEqual([
        { id: 1, status: "sent", duration: "long", user: { name: "Ada" }, mixed: [1], asset: "a.mp3" },
        { id: 2, status: "sent", asset: 7 },
      ]);
    });

    test("a deletion takes the row away, and what comes after it begins a new one", async () => {
      const rows = await merged(
        [calls([full, present({ id: 2, status: "sent" })])],
        [
          calls([
            deletion(1),
            present({ id: 1, archived: true }),
            present({ id: 1, cost: 0.5 }),
            deletion(2),
          ]),
        ],
        [calls([present({ id: 2, archived: false })])],
      );
      expect(rows).toEqual([
        { id: 1, archived: true, cost: 0.5 },
        { id: 2, archived: false },
      ]);
    });
  });

  test("keeps what belongs to no stream, beside the streams' own state", async () => {
    const target = kind.newTarget();
    const options = { tables: [CALLS], source: "emulator" };
    const store = await openTarget(target, options);
    await store.commit([calls([], { at: 1 })], { recentRequests: { sent: [[1, 2]], blockedUntilMs: 3 } });
    await store.commit([], { recentRequests: { sent: [[4, 5]], blockedUntilMs: null } });
    await store.close();
    const again = await openTarget(target, options);
    expect(again.state).toEqual({
      bindingStateV1: { calls: { at: 1 } },
      recentRequests: { sent: [[4, 5]] },
    });
    await again.close();
  });

  describe("keeps", () => {
    const values: [string, Json][] = [
      ["text", "h\u00e9 \u{1F600} \u2028 \u0001 end"],
      ["empty text", ""],
      ["a long text", "x".repeat(3_000_000)],
      ["the largest safe integer", Number.MAX_SAFE_INTEGER],
      ["a large integer", 123_456_789_012_345_680_000],
      ["large and small fractions", [1e300, 5e-324, 0.1]],
      ["a large fraction", 1.7976931348623157e308],
      ["the smallest fraction", 5e-324],
      ["a boolean", false],
      ["a nested value", { "a.b": [1, null, { '"': "\\ud800" }], "": {} }],
    ];
    test.each(values)("%s", async (_, value) => {
      const target = await stored(kind, [calls([present({ id: 1, value, mixed: value })])]);
      expect(await kind.objects(target, "calls")).toEqual([{ id: 1, value, mixed: value }]);
    });

    test("lone surrogates as U+FFFD, also in names and below", async () => {
      const user = { "k\uDC00": ["b\uD800"] };
      const target = await stored(kind, [
        calls([present({ id: 1, status: "a\uD800z", user, "f\uD800": 1 })]),
      ]);
      expect(await kind.objects(target, "calls")).toEqual([
        { id: 1, status: "a\uFFFDz", user: { "k\uFFFD": ["b\uFFFD"] }, "f\uD800": 1 },
      ]);
    });

    test("a field that is named like a member of every object, and only where there is one", async () => {
      const odd: JsonObject = JSON.parse('{"id": 1, "__proto__": "p", "constructor": "c"}');
      const target = await stored(kind, [
        calls([{ ...odd, ["__proto__"]: "p", _meta: { op: "u" } }, present({ id: 2 })]),
      ]);
      expect((await objectsById(kind, target)).map((object) => JSON.stringify(object))).toEqual([
        '{"id":1,"__proto__":"p","constructor":"c"}',
        '{"id":2}',
      ]);
    });
  });

  describe("has a column", () => {
    test("for each property of the schema", async () => {
      expect(await kind.kinds(await stored(kind), "calls")).toEqual({
        id: "integer",
        status: "text",
        duration: "integer",
        cost: "number",
        archived: "boolean",
        user: "json",
        mixed: "json",
      });
    });

    test("for each new field, as its first value asks", async () => {
      const fields = { one: 1, half: 0.5, text: "a", truth: true, list: [1] };
      const target = await stored(kind, [calls([present({ id: 1, ...fields, nothing: null })])]);
      expect(await kind.kinds(target, "calls")).toMatchObject({
        one: "integer",
        half: "number",
        text: "text",
        truth: "boolean",
        list: "json",
      });
      expect(Object.keys(await kind.kinds(target, "calls"))).not.toContain("nothing");
    });

    test("that is widened for a value that does not fit, and keeps what it holds", async () => {
      const first = { id: 1, duration: 12, status: "done", archived: true, cost: 3 };
      const second = { id: 2, duration: 0.5, status: 7, archived: "no", cost: 2.5 };
      const halfway = await stored(kind, [calls([present(first)])], [calls([present(second)])]);
      expect(await kind.kinds(halfway, "calls")).toMatchObject({
        duration: "number",
        status: "json",
        archived: "json",
        cost: "number",
      });
      const third = { id: 3, duration: "long", cost: [] };
      const target = await stored(
        kind,
        [calls([present(first)])],
        [calls([present(second)])],
        [calls([present(third)])],
      );
      expect(await kind.kinds(target, "calls")).toMatchObject({ duration: "json", cost: "json" });
      expect(await objectsById(kind, target)).toEqual([first, second, third]);
    });

    test("for a property that the schema gains, when it is opened again", async () => {
      const target = await stored(kind, [calls([present({ id: 1 })])]);
      const documentSchema = { properties: { asset: { type: "string" } } };
      await (
        await openTarget(target, { tables: [{ ...CALLS, documentSchema }], source: "emulator" })
      ).close();
      expect(await kind.kinds(target, "calls")).toMatchObject({ status: "text", asset: "text" });
      expect(await kind.objects(target, "calls")).toEqual([{ id: 1 }]);
    });
  });
});
