import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Document } from "../engine/index.ts";
import type { Json, JsonObject } from "../shared/json.ts";
import { digest } from "./digest.ts";

const document = (fields: JsonObject): Document => ({ id: 1, ...fields, _meta: { op: "u" } });
const isSame = (one: JsonObject, other: JsonObject) => digest(document(one)) === digest(document(other));

const signedUrl = (signature: string, path = "1.mp3") =>
  `https://media.test/${path}?X-Amz-Date=${signature}&X-Amz-Expires=600&X-Amz-Signature=${signature}`;

describe("two readings are the same", () => {
  test.each<[string, JsonObject, JsonObject]>([
    ["in any order of fields", { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }],
    ["when a recording is signed afresh", { recording: signedUrl("one") }, { recording: signedUrl("two") }],
    ["when a voicemail is signed afresh", { voicemail: signedUrl("one") }, { voicemail: signedUrl("two") }],
    [
      "when a short address is made afresh",
      { recording_short_url: "https://short.test/a" },
      { recording_short_url: "https://short.test/b" },
    ],
    [
      "when a link in any other field is signed afresh",
      { parts: [{ picture: signedUrl("one") }] },
      { parts: [{ picture: signedUrl("two") }] },
    ],
    [
      "when a Google link is signed afresh",
      { file: "https://g.test/a?X-Goog-Date=1" },
      { file: "https://g.test/a?X-Goog-Date=2" },
    ],
    [
      "when a nested user has come or gone",
      { user: { id: 7, available: true, availability_status: "available", substatus: "always_open" } },
      { user: { id: 7, available: false, availability_status: "unavailable", substatus: "Lunch" } },
    ],
    [
      "when a nested number has opened",
      { number: { id: 7, open: true } },
      { number: { id: 7, open: false } },
    ],
    [
      "when a user in a list has come or gone",
      { users: [{ id: 7, available: true }] },
      { users: [{ id: 7, available: false }] },
    ],
    [
      "when a user deep inside has come or gone",
      { tags: [{ tagged_by: { id: 7, available: true } }] },
      { tags: [{ tagged_by: { id: 7, available: false } }] },
    ],
  ])("%s", (_, one, other) => {
    expect(isSame(one, other)).toBe(true);
  });
});

describe("two readings differ", () => {
  test.each<[string, JsonObject, JsonObject]>([
    ["when the object itself has come or gone", { available: true }, { available: false }],
    ["when its own status has changed", { availability_status: "open" }, { availability_status: "closed" }],
    ["when its own reason has changed", { substatus: "Lunch" }, { substatus: "Training" }],
    ["when it has opened", { open: true }, { open: false }],
    ["when a recording has appeared", { recording: null }, { recording: signedUrl("one") }],
    ["when a voicemail has been deleted", { voicemail: signedUrl("one") }, { voicemail: null }],
    [
      "when another file is linked",
      { picture: signedUrl("one", "1.png") },
      { picture: signedUrl("one", "2.png") },
    ],
    [
      "when an ordinary address has other parameters",
      { url: "https://a.test/?page=1" },
      { url: "https://a.test/?page=2" },
    ],
    ["when a list is in another order", { tags: [1, 2] }, { tags: [2, 1] }],
    ["when an object has become a list of the same", { field: { a: 1 } }, { field: ["a", 1] }],
    ["when an empty object has become an empty list", { field: {} }, { field: [] }],
    ["when a text ends otherwise after what looks like a signature", { a: "b&X-Amz-1" }, { a: "b&X-Amz-2" }],
    ["when a nested name has changed", { user: { name: "A" } }, { user: { name: "B" } }],
    ["when a field is null instead of absent", { note: null }, {}],
    ["when a number has become a text", { a: 1 }, { a: "1" }],
  ])("%s", (_, one, other) => {
    expect(isSame(one, other)).toBe(false);
  });

  test("whenever an ordinary value does", () => {
    const value = fc.jsonValue({ maxDepth: 3 }).map((json) => JSON.parse(JSON.stringify(json)) as Json);
    fc.assert(
      fc.property(value, value, (one, other) => {
        fc.pre(!/available|substatus|open|recording|voicemail/.test(JSON.stringify([one, other])));
        fc.pre(canonical(one) !== canonical(other));
        expect(isSame({ field: one }, { field: other })).toBe(false);
      }),
      { seed: 1 },
    );
  });
});

function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.keys(value).sort();
  return `{${fields.map((name) => JSON.stringify(name) + canonical(value[name] ?? null)).join()}}`;
}
