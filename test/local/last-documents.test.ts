import { expect, test } from "vitest";
import type { Document } from "../../src/engine/index.ts";
import { lastDocuments } from "../../src/local/store/last-documents.ts";
import { deletion, present } from "../support/stored-calls.ts";

const block = (table: string, ...documents: Document[]) => ({ table, documents, patch: {} });
const tableOf = (table: string) => ({
  keyField: table === "company" ? "name" : "id",
  merges: table === "messages",
});

test("the last document of each key is taken, of all blocks of a table", () => {
  const last = lastDocuments(
    [
      block("calls", present({ id: 1, at: 1 }), present({ id: 2 })),
      block("company", present({ name: "Sample Ltd" })),
      block("calls", deletion(2), present({ id: 1, at: 2 })),
    ],
    tableOf,
  );
  expect(Object.fromEntries(last)).toEqual({
    calls: { replacing: [present({ id: 1, at: 2 }), deletion(2)], merging: [] },
    company: { replacing: [present({ name: "Sample Ltd" })], merging: [] },
  });
});

test("keys that a row would hold alike are one key, and a number is not its text", () => {
  const last = lastDocuments(
    [block("company", ...["a\uD800", "a\uD801", "1", 1].map((name) => present({ name })))],
    tableOf,
  );
  expect(last.get("company")?.replacing).toEqual([
    present({ name: "a\uD801" }),
    present({ name: "1" }),
    present({ name: 1 }),
  ]);
});

test.each([[undefined], [null], [[1]], [{}], [0.5], [2 ** 53], [true]])(
  "a document whose key is %j is refused",
  (id) => {
    const document = (id === undefined ? present({}) : present({ id })) as Document;
    expect(() => lastDocuments([block("calls", document)], tableOf)).toThrow(
      'a document has no "id" that is a string or an integer',
    );
  },
);

test("what an object inherits is no key", () => {
  expect(() => lastDocuments([block("calls", present({}))], () => ({ keyField: "constructor" }))).toThrow(
    /has no "constructor"/,
  );
});

test("the documents of a key are merged where the table merges, from its last deletion on", () => {
  const last = lastDocuments(
    [
      block("messages", present({ id: "a", body: "A", status: "sent" }), present({ id: "b", body: "B" })),
      block("messages", present({ id: "a", status: "read", body: null }), deletion("b"), deletion("c")),
      block("messages", present({ id: "b", status: "sent" }), present({ id: "b", body: "again" })),
    ],
    tableOf,
  );
  expect(last.get("messages")).toEqual({
    replacing: [present({ id: "b", status: "sent", body: "again" }), deletion("c")],
    merging: [present({ id: "a", body: "A", status: "read" })],
  });
});
