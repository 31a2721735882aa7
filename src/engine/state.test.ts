import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../shared/json.ts";
import { bindingPatch, bindingState, mergePatch } from "./state.ts";

/** The examples of RFC 7396, appendix A, with an object as the patch. */
test.each<[Json, JsonObject, JsonObject]>([
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: "b", c: null }, { a: "b" }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])("%j patched with %j is %j", (target, patch, result) => {
  expect(mergePatch(target, patch)).toEqual(result);
});

const name = fc.constantFrom("a", "b", "c", "constructor");
const { object, patch } = fc.letrec<{ object: JsonObject; patch: JsonObject }>((tie) => ({
  object: fc.dictionary(name, fc.oneof({ maxDepth: 3 }, fc.nat(3), fc.constant<Json>([null]), tie("object"))),
  patch: fc.dictionary(
    name,
    fc.oneof({ maxDepth: 3 }, fc.nat(3), fc.constant(null), fc.constant<Json>([null]), tie("patch")),
  ),
}));

describe("any merge", () => {
  test("of two patches in turn equals one of their composition, which keeps their nulls", () => {
    const compose = (first: JsonObject, second: JsonObject): JsonObject => {
      const composed = { ...first };
      for (const [key, value] of Object.entries(second)) {
        const below = composed[key];
        const areObjects = isObject(value) && isObject(below);
        composed[key] = areObjects ? compose(below, value) : value;
      }
      return composed;
    };
    const isObject = (value: Json | undefined): value is JsonObject =>
      typeof value === "object" && value !== null && !Array.isArray(value);
    const hasFreshObject = (first: JsonObject, second: JsonObject): boolean =>
      Object.entries(second).some(([key, value]) => {
        const below = first[key];
        if (!isObject(value) || below === undefined) return false;
        return !isObject(below) || hasFreshObject(below, value);
      });
    fc.assert(
      fc.property(object, patch, patch, (target, first, second) => {
        fc.pre(!hasFreshObject(first, second));
        expect(mergePatch(mergePatch(target, first), second)).toEqual(
          mergePatch(target, compose(first, second)),
        );
      }),
      { seed: 1 },
    );
  });

  test("leaves no null of the patch, changes neither argument, and is idempotent", () => {
    fc.assert(
      fc.property(object, patch, (target, change) => {
        const before = structuredClone([target, change]);
        const merged = mergePatch(target, change);
        expect([target, change]).toEqual(before);
        expect(JSON.stringify(merged).replaceAll("[null]", "")).not.toContain("null");
        expect(mergePatch(merged, change)).toEqual(merged);
      }),
      { seed: 1 },
    );
  });
});

test("a binding's patch reaches that binding's state and no other", () => {
  const state = mergePatch(
    { bindingStateV1: { one: { at: 1 }, two: { at: 2 } } },
    bindingPatch("one", { at: 5 }),
  );
  expect(bindingState(state, "one")).toEqual({ at: 5 });
  expect(bindingState(state, "two")).toEqual({ at: 2 });
});

test.each<JsonObject>([
  {},
  { bindingStateV1: [] },
  { bindingStateV1: { one: "legacy" } },
  { calls: { at: 1 } },
])("a binding begins with nothing in %j", (state) => {
  expect(bindingState(state, "one")).toEqual({});
});
