import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Document } from "../../src/engine/block.ts";
import type { Json } from "../../src/shared/json.ts";
import { draws, holdsForAll } from "../support/draws.ts";
import { calls } from "./calls.ts";
import { openCalls, readObjects, temporaryFolder } from "./stores.ts";

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

const value = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: "binary" }),
  fc.boolean(),
  fc.constant(null),
  fc.jsonValue({ maxDepth: 2, stringUnit: "binary" }),
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
const transaction = fc.record({
  documents: fc.array(fc.oneof({ weight: 4, arbitrary: present }, { weight: 1, arbitrary: deletion }), {
    maxLength: 8,
  }),
  reopen: fc.boolean(),
});

it("holds the last document of each key, whatever comes and whenever it is closed", async () => {
  const folder = await temporaryFolder();
  let run = 0;
  const inputs = fc.array(transaction, { minLength: 1, maxLength: 6 });
  await holdsForAll("transactions", inputs, draws(12, 500), async (transactions) => {
    const path = join(folder, `${run++}.duckdb`);
    let store = await openCalls(path);
    const expected = new Map<Json | undefined, Document>();
    for (const [position, { documents, reopen }] of transactions.entries()) {
      await store.commit(calls(documents, { position }));
      for (const each of documents) expected.set(each.id, each);
      if (!reopen) continue;
      await store.close();
      store = await openCalls(path);
      expect(store.state).toEqual({ position });
    }
    const rows = await readObjects(store);
    await store.close();
    const kept = [...expected.values()].filter((each) => each._meta.op === "u");
    expect(rows.map(canonical).sort()).toEqual(kept.map(canonical).sort());
  });
});

function document(entries: [string, unknown][], op: "u" | "d"): Document {
  return Object.fromEntries<unknown>([...entries, ["_meta", { op }]]) as Document;
}

/** One text for all that JSON calls the same: the order of the fields, null or absent, 0 or -0. */
function canonical(object: object): string {
  const entries = Object.entries(object).filter(([name, each]) => name !== "_meta" && each !== null);
  return JSON.stringify(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}
