import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eventOf, readDelivery } from "../../src/events/port/envelope.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { draws, holdsForAll } from "../support/draws.ts";
import { bodyOf, TOKEN } from "./port.ts";

const keep = () => {};

/** The event in a body, which has one. */
function read(body: string, redact: (data: JsonObject) => void = keep) {
  const envelope = readDelivery(body)?.envelope();
  if (!envelope) throw new Error("the body has no event");
  return eventOf(envelope, redact);
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const idOf = (fields: object) => read(bodyOf(fields)).event_id;

describe("a body", () => {
  test("has a token, and an event without it", () => {
    const delivery = readDelivery(bodyOf({ data: { id: 1 } }));
    expect(delivery?.token).toBe(TOKEN);
    expect(JSON.stringify(delivery?.envelope())).not.toContain(TOKEN);
  });

  test.each(["", "{", "[]", "null", "7", '"text"', "\u0000", "{'token':1}"])("is none: %j", (body) => {
    expect(readDelivery(body)).toBeUndefined();
  });

  test("may lack what nothing relies on", () => {
    expect(read(bodyOf({ resource: undefined }))).toMatchObject({ resource: "", event: "call.ended" });
  });

  test("with names that every object inherits is read as it stands", () => {
    const body = bodyOf().replace(
      '"data":{"id":1}',
      '"data":{"__proto__":{"id":2},"constructor":1,"toString":null}',
    );
    const { data } = read(body);
    expect(Object.keys(data)).toEqual(["__proto__", "constructor", "toString"]);
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
    expect(readDelivery('{"__proto__":{"token":"t"}}')?.token).toBeUndefined();
  });

  test("with a number that is not kept names its field", () => {
    const body = bodyOf().replace('"data":{"id":1}', '"data":{"id":90071992547409937,"cost":1e999,"n":1.5}');
    const envelope = readDelivery(body)?.envelope();
    expect(envelope?.inexactFields).toEqual(["id", "cost"]);
    expect(envelope?.data).toEqual({ id: 90071992547409936, cost: null, n: 1.5 });
  });

  test("with a number of half a million digits is read at once", () => {
    const number = `1${"0".repeat(500_000)}1`;
    expect(readDelivery(bodyOf().replace('"id":1', `"id":${number}`))?.envelope()).toMatchObject({
      ...{ data: { id: null }, inexactFields: ["id"] },
    });
  });

  test("with half of an emoji has the same event each time", () => {
    const fields = { event: "call.\ud83d", data: { id: "\ud83d", "\ude00": "\ud83d" } };
    expect(idOf(fields)).toMatch(/^[0-9a-f]{64}$/);
    expect(idOf(fields)).toBe(idOf(fields));
  });
});

describe("the ID of an event", () => {
  test("is a hash of its name, object, time and content", () => {
    const data = { user: null, id: 1, tags: ["a", { b: 1 }] };
    const content = sha256('{"id":"1","tags":["a",{"b":1}],"user":null}');
    expect(idOf({ data })).toBe(sha256(`call.ended|1|1790000000|${content}`));
    expect(idOf({ data })).toBe("78a51218fcc4f62b163dc468e3b8cae61793b979a261f02d568777ed99dc30ae");
  });

  test.each([
    ["the order of fields", { data: { id: 1, a: { b: 1, c: 2 } } }, { data: { a: { c: 2, b: 1 }, id: 1 } }],
    [
      "an ID as a number or as a text",
      { data: { id: 1, user: { id: 2 } } },
      { data: { id: "1", user: { id: "2" } } },
    ],
    ["another ID as a text", { data: { call_id: 1 } }, { data: { call_id: "1" } }],
    ["the token", { token: "one" }, { token: "other" }],
    ["the kind of object, which the name has", { resource: "call" }, { resource: "calls" }],
  ])("is the same whatever %s", (_, one, other) => {
    expect(idOf(one)).toBe(idOf(other));
  });

  test.each([
    ["name", { event: "call.created" }, { event: "call.ended" }],
    ["time", { timestamp: 1_790_000_000 }, { timestamp: 1_790_000_001 }],
    ["object", { data: { id: 1 } }, { data: { id: 2 } }],
    ["content", { data: { id: 1, status: "open" } }, { data: { id: 1, status: "done" } }],
    ["type of content, which is no ID", { data: { id: 1, cost: 1 } }, { data: { id: 1, cost: "1" } }],
    ["nesting", { data: { id: 1, a: [[1], 2] } }, { data: { id: 1, a: [[1, 2]] } }],
    ["owner of a field", { data: { id: 1, a: { b: 1 } } }, { data: { id: 1, a: {}, b: 1 } }],
  ])("differs with another %s", (_, one, other) => {
    expect(idOf(one)).not.toBe(idOf(other));
  });

  test("is computed of what is left after redaction", () => {
    const redact = (data: JsonObject) => {
      delete data.name;
    };
    const [ada, lin] = ["Ada", "Lin"].map((name) => read(bodyOf({ data: { id: 1, name } }), redact));
    expect(ada).toEqual(lin);
    expect(ada?.data).toEqual({ id: 1 });
    expect(ada?.event_id).toBe(idOf({ data: { id: 1 } }));
  });

  test("is the same for every delivery of an event, whatever it holds", () =>
    holdsForAll("events", fc.dictionary(fc.string(), fc.jsonValue()), draws(200, 5_000), async (data) => {
      const shuffled = Object.fromEntries(Object.entries(data).reverse());
      expect(idOf({ data })).toBe(idOf({ data: shuffled }));
    }));
});

test.each([1_790_000_000, 1_790_000_000.9, 1_790_000_000_900, "1790000000", "2026-09-21T14:13:20.900Z"])(
  "the timestamp %j is an instant in whole seconds",
  (timestamp) => {
    const body = { event: "call.ended", resource: "call", timestamp, token: "t", data: { id: 7 } };
    expect(readDelivery(JSON.stringify(body))?.envelope()?.timestamp).toBe(1_790_000_000);
  },
);
