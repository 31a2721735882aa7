import fc from "fast-check";
import { isJsonObject, type Json, type JsonObject } from "../../src/shared/json.ts";

/** Names that a careless use of objects, texts or SQL would lose or confuse. */
const NAMES = [
  "a",
  "b",
  "",
  "0",
  "__proto__",
  "constructor",
  "toString",
  '"',
  '","',
  "[]",
  "a.b",
  "$",
  "\0",
  "\uD800",
  "\u{1F600}",
];

const name = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 4 }) },
);

/** JSON knows one zero. */
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const scalar = fc.oneof(fc.integer(), number, fc.boolean(), fc.string({ unit: "binary", maxLength: 6 }));

/** A merge patch whose objects have few names, so that patches meet; an object that holds no null is one, too. */
export const mergePatches: fc.Arbitrary<JsonObject> = fc.letrec<{ patch: JsonObject; value: Json }>(
  (tie) => ({
    patch: fc
      .array(fc.tuple(name, tie("value")), { maxLength: 4 })
      .map((entries) => Object.fromEntries(entries)),
    value: fc.oneof(
      { maxDepth: 3 },
      scalar,
      fc.constant(null),
      fc.constantFrom<Json>({}, [], [null], [{ a: null }]),
      tie("patch"),
    ),
  }),
).patch;

/** The same text for all that JSON holds to be equal: names have no order. */
export function canonical(value: Json): string {
  return JSON.stringify(value, (_, nested: Json) =>
    isJsonObject(nested)
      ? Object.fromEntries(Object.entries(nested).sort(([one], [other]) => (one < other ? -1 : 1)))
      : nested,
  );
}
