import { describe, expect, it } from "vitest";

import { type Columns, withDocuments, withSchema } from "../../src/local/store/columns.ts";
import type { Json } from "../../src/shared/json.ts";
import { CALLS, deletion, present } from "../support/stored-calls.ts";

const none: Columns = new Map();

function kinds(columns: Columns): Record<string, string> {
  return Object.fromEntries([...columns.values()].map(({ field, kind }) => [field, kind]));
}

function names(...fields: string[]): string[] {
  let columns = none;
  for (const field of fields) columns = withDocuments(columns, [present({ [field]: 1 })]);
  return [...columns.values()].map(({ name }) => name);
}

describe("columns of a schema", () => {
  it("follow the types of the properties and leave _meta out", () => {
    expect(kinds(withSchema(none, "id", CALLS.documentSchema))).toEqual({
      id: "integer",
      status: "text",
      duration: "integer",
      cost: "number",
      archived: "boolean",
      user: "json",
      mixed: "json",
    });
  });

  it("leave a column that is there already as it is", () => {
    const known = withDocuments(none, [present({ status: [1] })]);
    expect(kinds(withSchema(known, "id", CALLS.documentSchema)).status).toBe("json");
  });

  it("hold the key even where the schema does not tell of it", () => {
    expect(kinds(withSchema(none, "name", {}))).toEqual({ name: "json" });
  });
});

describe("columns of documents", () => {
  const cases: [string, Json[], string | undefined][] = [
    ["an integer", [1, -1, 2 ** 53 - 1], "integer"],
    ["a fraction", [1, 0.5], "number"],
    ["an integer that a number holds by chance only", [1, 2 ** 53], "number"],
    ["an integer after a fraction", [0.5, 1], "number"],
    ["texts", ["", "a"], "text"],
    ["truths", [true, false], "boolean"],
    ["text among integers", [1, "1"], "json"],
    ["a truth among fractions", [0.5, true], "json"],
    ["a list", ["a", ["a"]], "json"],
    ["an object and nothing", [null, {}], "json"],
    ["nothing ever", [null, null], undefined],
  ];
  it.each(cases)("hold %s", (_, values, type) => {
    const documents = values.map((value) => present({ field: value }));
    expect(kinds(withDocuments(none, documents)).field).toBe(type);
  });

  it("leave the columns that they were given unchanged", () => {
    const known = withDocuments(none, [present({ field: 1 })]);
    withDocuments(known, [present({ field: "a", other: 1 })]);
    expect(kinds(known)).toEqual({ field: "integer" });
  });

  it("take no column from a deletion but the key's", () => {
    expect(kinds(withDocuments(none, [deletion(1)]))).toEqual({ id: "integer" });
  });
});

describe("a column's name", () => {
  it("is the field's", () =>
    expect(names("a.b", 'a"b', "$", "select")).toEqual(["a.b", 'a"b', "$", "select"]));
  it("is numbered when it differs from another by case only", () =>
    expect(names("Foo", "foo", "FOO", "foo_2")).toEqual(["Foo", "foo_2", "FOO_3", "foo_2_2"]));
  it("replaces what no name can hold", () =>
    expect(names("", "_", "a\0", "a\uD800")).toEqual(["_", "__2", "a\uFFFD", "a\uFFFD_2"]));
});
