import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bindingPatch, type Document, mergePatch } from "../../src/engine/index.ts";
import type { Json, JsonObject } from "../../src/shared/json.ts";
import { draws, holdsForAll } from "../support/draws.ts";
import { canonical, mergePatches } from "../support/json-values.ts";
import { openTarget } from "../support/open-target.ts";
import { CALLS, calls, openCalls } from "../support/stored-calls.ts";
import { stores } from "./stores.ts";

const KEYS: Json[] = [0, 1, 2, 3, -7, 9007199254740991, "0", "1", "", 'a"b'];
const FIELDS = ["status", "Status", "STATUS_2", "duration", "cost", "archived", "", "_", "a.b", "$", "$.a"];
const ODD_FIELDS = [
  '"',
  "select",
  "rowid",
  "value_0",
  "deleted",
  "a\0b",
  "__proto__",
  "constructor",
  "\u0130",
];

/** No U+0000 and no lone surrogate in a value: not every database holds them. */
const text = fc.string({ unit: "binary" }).map((each) => each.replaceAll("\0", "").toWellFormed());

const value = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  text,
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.oneof(fc.integer(), text), { maxLength: 3 }),
  fc.dictionary(text, fc.oneof(fc.integer(), fc.constant(null), text), { maxKeys: 3 }),
);
const field = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...FIELDS, ...ODD_FIELDS) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
);
const key = fc.constantFrom(...KEYS);
const fields = fc.array(fc.tuple(field, value), { maxLength: 8 });
const present = fc
  .tuple(key, fields)
  .map(([id, entries]): Document => document([...entries, ["id", id]], "u"));
const deletion = key.map((id): Document => document([["id", id]], "d"));
const documents = fc.array(fc.oneof({ weight: 4, arbitrary: present }, { weight: 1, arbitrary: deletion }), {
  maxLength: 8,
});

/** An empty patch changes nothing, also where no state is stored. */
const hasPatch = ({ patch }: { patch: JsonObject }) => Object.keys(patch).length > 0;

describe.each(Object.entries(stores))("a store in %s", (name, { newTarget, objects }) => {
  test("holds the last document of each key, whatever comes and whenever it is closed", () =>
    holdsForAll(
      `rows in ${name}`,
      fc.array(fc.record({ documents, reopen: fc.boolean() }), { minLength: 1, maxLength: 6 }),
      draws(3, 100),
      async (transactions) => {
        const target = newTarget();
        let store = await openCalls(target);
        const last = new Map<Json | undefined, Document>();
        for (const { documents: captured, reopen } of transactions) {
          await store.commit([calls(captured)]);
          for (const each of captured) last.set(each.id, each);
          if (!reopen) continue;
          await store.close();
          store = await openCalls(target);
        }
        await store.close();
        const kept = [...last.values()].filter((each) => each._meta.op === "u");
        expect((await objects(target, "calls")).map(fieldsOf).sort()).toEqual(kept.map(fieldsOf).sort());
      },
    ));

  test("holds the merge of the documents of each key where the table merges, however they are grouped", () =>
    holdsForAll(
      `merged rows in ${name}`,
      fc.array(fc.record({ documents, split: fc.nat({ max: 8 }), reopen: fc.boolean() }), { maxLength: 6 }),
      draws(3, 100),
      async (transactions) => {
        const target = newTarget();
        const open = () => openTarget(target, { tables: [{ ...CALLS, merges: true }], source: "emulator" });
        let store = await open();
        const rows = new Map<Json | undefined, [string, Json][]>();
        for (const { documents: captured, split, reopen } of transactions) {
          await store.commit([calls(captured.slice(0, split)), calls(captured.slice(split))]);
          for (const each of captured) mergeInto(rows, each);
          if (!reopen) continue;
          await store.close();
          store = await open();
        }
        await store.close();
        const merged = [...rows.values()].map((entries) => Object.fromEntries(entries));
        expect((await objects(target, "calls")).map(fieldsOf).sort()).toEqual(merged.map(fieldsOf).sort());
      },
    ));

  test("holds the state that the patches lead to, whatever they are and whenever it is closed", () => {
    const block = fc.record({
      table: fc.constantFrom("calls", "tags"),
      documents: fc.constant([]),
      patch: mergePatches,
    });
    const transaction = fc.record({ blocks: fc.array(block, { maxLength: 4 }), reopen: fc.boolean() });
    const tables = [CALLS, { ...CALLS, name: "tags" }];
    return holdsForAll(
      `state in ${name}`,
      fc.array(transaction, { minLength: 1, maxLength: 4 }),
      draws(4, 200),
      async (transactions) => {
        const target = newTarget();
        let store = await openTarget(target, { tables, source: "emulator" });
        let expected: JsonObject = {};
        for (const { blocks, reopen } of [...transactions, { blocks: [], reopen: true }]) {
          await store.commit(blocks);
          for (const { table, patch } of blocks.filter(hasPatch))
            expected = mergePatch(expected, bindingPatch(table, patch));
          if (reopen) {
            await store.close();
            store = await openTarget(target, { tables, source: "emulator" });
          }
          expect(canonical(store.state)).toBe(canonical(expected));
        }
        await store.close();
      },
    );
  });
});

/** The values that a document adds to those of its row, of which the last one of a field counts. */
function mergeInto(rows: Map<Json | undefined, [string, Json][]>, captured: Document): void {
  const values = Object.entries(captured).filter(([, each]) => each !== null);
  if (captured._meta.op === "d") rows.delete(captured.id);
  else rows.set(captured.id, [...(rows.get(captured.id) ?? []), ...values]);
}

function document(entries: [string, unknown][], op: "u" | "d"): Document {
  return Object.fromEntries<unknown>([...entries, ["_meta", { op }]]) as Document;
}

/** One text for all that a row holds alike: the order of the fields, null or absent, 0 or -0. */
function fieldsOf(object: object): string {
  const entries = Object.entries(object).filter(([name, each]) => name !== "_meta" && each !== null);
  return canonical(Object.fromEntries(entries));
}
