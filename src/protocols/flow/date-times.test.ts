import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../shared/json.ts";
import { dateTimeRewriter } from "./date-times.ts";

const dateTime = { type: ["string", "null"], format: "date-time" };

function rewritten(schema: unknown, doc: JsonObject): JsonObject {
  dateTimeRewriter(schema)?.(doc);
  return doc;
}

describe("where the schema asks for a date and time", () => {
  const schema = { properties: { at: dateTime } };

  test.each([
    ["seconds", 1_790_000_000, "2026-09-21T14:13:20.000Z"],
    ["milliseconds", 1_790_000_000_123, "2026-09-21T14:13:20.123Z"],
    ["another spelling", "2026-04-30 10:00:00 +0200", "2026-04-30T08:00:00.000Z"],
    ["RFC 3339 without milliseconds", "2026-04-30T10:00:00Z", "2026-04-30T10:00:00Z"],
    ["RFC 3339 with an offset", "2026-04-30T10:00:00+02:00", "2026-04-30T10:00:00+02:00"],
    ["null", null, null],
    ["what is no date", "soon", "soon"],
    ["a number beyond all dates", 1e300, 1e300],
    ["a text that ends in a number", "Line 7", "Line 7"],
    ["a name with a date in it", "May 2026", "May 2026"],
    [
      "a time without a zone, whatever the zone of the machine",
      "2026-04-30T10:00:00",
      "2026-04-30T10:00:00.000Z",
    ],
    ["a day", "2026-04-30", "2026-04-30T00:00:00.000Z"],
    ["a day that does not exist", "2026-02-31T10:00:00Z", "2026-02-31T10:00:00Z"],
  ])("%s", (_, value, expected) => {
    expect(rewritten(schema, { at: value, other: value })).toEqual({ at: expected, other: value });
  });
});

test("nested objects, lists and definitions by name or pointer are followed", () => {
  const schema = {
    $defs: {
      "flow://connector-schema": { properties: { users: { items: { $ref: "#/$defs/user" } } } },
      user: {
        anyOf: [{ type: "null" }, { properties: { created_at: dateTime, friend: { $ref: "#/$defs/user" } } }],
      },
    },
    allOf: [{ $ref: "flow://connector-schema" }],
  };
  const doc = { users: [{ created_at: 0 }, null, { created_at: 1, friend: {} }], created_at: 2 };
  expect(rewritten(schema, doc)).toEqual({
    users: [
      { created_at: "1970-01-01T00:00:00.000Z" },
      null,
      { created_at: "1970-01-01T00:00:01.000Z", friend: {} },
    ],
    created_at: 2,
  });
});

test("a reference that is not encoded well leads nowhere", () => {
  const schema = { properties: { at: { $ref: "#/$defs/%E0%A4%A" } }, $defs: { other: dateTime } };
  expect(dateTimeRewriter(schema)).toBeUndefined();
});

test("a schema that refers to itself is followed as deep as a document goes", () => {
  const schema = {
    $ref: "#/$defs/node",
    $defs: { node: { properties: { at: dateTime, next: { $ref: "#" } } } },
  };
  expect(rewritten(schema, { at: 0, next: { at: 1, next: { at: 2, next: null } } })).toEqual({
    at: "1970-01-01T00:00:00.000Z",
    next: { at: "1970-01-01T00:00:01.000Z", next: { at: "1970-01-01T00:00:02.000Z", next: null } },
  });
});

describe("a schema asks for what it asks for, even if it", () => {
  test.each<[string, (innermost: JsonObject) => unknown]>([
    ["is nested deeper than a stack can be", (innermost) => nested(50_000, innermost)],
    ["doubles with each reference", (innermost) => ({ $defs: doubling(40, innermost), $ref: "#/$defs/0" })],
    ["refers to itself and to nothing else", (innermost) => ({ allOf: [{ $ref: "#" }, innermost] })],
  ])("%s", (_, schemaAround) => {
    const doc = { at: 0, a: { b: { at: 0 } } };
    const at = "1970-01-01T00:00:00.000Z";
    expect(dateTimeRewriter(schemaAround({}))).toBeUndefined();
    expect(rewritten(schemaAround({ properties: { at: dateTime } }), doc)).toMatchObject({ at });
  });
});

test("properties that every object inherits are no fields of a document", () => {
  const schema = { properties: { toString: dateTime, constructor: { properties: { name: dateTime } } } };
  expect(Object.keys(rewritten(schema, {}))).toEqual([]);
});

function nested(levels: number, innermost: JsonObject): JsonObject {
  let schema = innermost;
  for (let level = 0; level < levels; level++) schema = { allOf: [schema] };
  return schema;
}

/** Each level refers to the next one twice, and asks for the same. */
function doubling(levels: number, each: JsonObject): JsonObject {
  const names = Array.from({ length: levels }, (_, level) => level);
  const next = (level: number) => ({ $ref: `#/$defs/${level + 1}` });
  return Object.fromEntries(
    names.map((level) => [level, { allOf: [each], properties: { a: next(level), b: next(level) } }]),
  );
}

test.each([undefined, {}, true, { properties: { at: { type: "integer" } } }, { $ref: "#/nowhere" }])(
  "a schema that asks for none needs no rewriting: %j",
  (schema) => {
    expect(dateTimeRewriter(schema)).toBeUndefined();
  },
);
