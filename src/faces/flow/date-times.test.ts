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

test.each([undefined, {}, true, { properties: { at: { type: "integer" } } }, { $ref: "#/nowhere" }])(
  "a schema that asks for none needs no rewriting: %j",
  (schema) => {
    expect(dateTimeRewriter(schema)).toBeUndefined();
  },
);
