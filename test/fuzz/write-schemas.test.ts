import fc from "fast-check";
import { expect, test } from "vitest";
import { dateTimeRewriter } from "../../src/protocols/flow/date-times.ts";
import type { Json } from "../../src/shared/json.ts";
import { draws, holdsForAll } from "../support/draws.ts";

const name = fc.constantFrom("a", "b", "$ref", "items", "toString", "__proto__");

const { schema } = fc.letrec((tie) => ({
  schema: fc.oneof(
    { maxDepth: 5 },
    fc.constant({ format: "date-time" }),
    fc.jsonValue({ maxDepth: 1 }),
    fc.record(
      {
        $ref: fc.constantFrom("#", "#/", "#/$defs/a", "#/allOf/0", "#/%E0%A4%A", "#/~1~2", "a", ""),
        $defs: tie("byName"),
        properties: tie("byName"),
        items: tie("schema"),
        allOf: tie("list"),
        oneOf: tie("list"),
      },
      { requiredKeys: [] },
    ),
  ),
  list: fc.oneof({ maxDepth: 5 }, fc.jsonValue({ maxDepth: 0 }), fc.array(tie("schema"), { maxLength: 3 })),
  byName: fc.oneof(
    { maxDepth: 5 },
    fc.jsonValue({ maxDepth: 0 }),
    fc.dictionary(name, tie("schema"), { maxKeys: 3 }),
  ),
}));

const { doc } = fc.letrec<{ doc: Json }>((tie) => ({
  doc: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<Json>(null, true, "", "soon", "2026-04-30 10:00:00 +0200", 0, 1_790_000_000_123, 1e300),
    fc.array(tie("doc"), { maxLength: 3 }),
    fc.dictionary(name, tie("doc"), { maxKeys: 4 }),
  ),
}));

/** The value without its texts and numbers, which may be rewritten. */
function shapeOf(value: Json): Json {
  return JSON.parse(JSON.stringify(value, (_, it) => (/string|number/.test(typeof it) ? "" : it)));
}

const copy = (value: Json): Json => JSON.parse(JSON.stringify(value));

test("whatever the write schema, dates are rewritten once, and nothing comes or goes", async () => {
  await holdsForAll(
    "write schemas",
    fc.tuple(schema, doc),
    draws(1_000, 5_000),
    async ([schemaOfIt, given]) => {
      const rewriter = dateTimeRewriter(JSON.parse(JSON.stringify(schemaOfIt)));
      const once = copy(given);
      rewriter?.(once);
      expect(shapeOf(once)).toEqual(shapeOf(given));
      const twice = copy(once);
      rewriter?.(twice);
      expect(twice).toEqual(once);
    },
  );
});
