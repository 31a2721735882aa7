import { expect, test } from "vitest";
import type { Document } from "../../src/engine/index.ts";
import { lastDocuments } from "../../src/local/store/last-documents.ts";
import { deletion, present } from "../support/stored-calls.ts";

const block = (table: string, ...documents: Document[]) => ({ table, documents, patch: {} });
const keyFieldOf = (table: string) => (table === "company" ? "name" : "id");

test("the last document of each key is taken, of all blocks of a table", () => {
  const last = lastDocuments(
    [
      block("calls", present({ id: 1, at: 1 }), present({ id: 2 })),
      block("company", present({ name: "Sample Ltd" })),
      block("calls", deletion(2), present({ id: 1, at: 2 })),
    ],
    keyFieldOf,
  );
  expect(Object.fromEntries(last)).toEqual({
    calls: [present({ id: 1, at: 2 }), deletion(2)],
    company: [present({ name: "Sample Ltd" })],
  });
});

test("keys that a row would hold alike are one key, and a number is not its text", () => {
  const last = lastDocuments(
    [block("company", ...["a\uD800", "a\uD801", "1", 1].map((name) => present({ name })))],
    keyFieldOf,
  );
  expect(last.get("company")).toEqual([
    present({ name: "a\uD801" }),
    present({ name: "1" }),
    present({ name: 1 }),
  ]);
});

test.each([[undefined], [null], [[1]], [{}], [0.5], [2 ** 53], [true]])(
  "a document whose key is %j is refused",
  (id) => {
    const document = (id === undefined ? present({}) : present({ id })) as Document;
    expect(() => lastDocuments([block("calls", document)], keyFieldOf)).toThrow(
      'a document has no "id" that is a string or an integer',
    );
  },
);

test("what an object inherits is no key", () => {
  expect(() => lastDocuments([block("calls", present({}))], () => "constructor")).toThrow(
    /has no "constructor"/,
  );
});
