import fc from "fast-check";
import { expect, test } from "vitest";
import { mergePatch } from "../engine/index.ts";
import type { JsonObject } from "../shared/json.ts";
import { KnownIds, MARKS, type PackedIds } from "./known-ids.ts";

const id = fc.oneof(
  fc.integer({ min: 1, max: 3_000 }),
  fc.constantFrom(1023, 1024, 2 ** 31, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER),
);
const act = fc.record({ id, mark: fc.option(fc.nat(MARKS - 1)), isTold: fc.boolean() });

test("holds what was set and not deleted, and so does a state with the changes applied", () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 200 }), (acts) => {
      const marks = new Map<number, number>();
      const ids = new KnownIds();
      let state: JsonObject = {};
      for (const { id, mark, isTold } of acts) {
        if (mark === null) {
          ids.delete(id);
          marks.delete(id);
        } else {
          ids.set(id, mark);
          marks.set(id, mark);
        }
        if (isTold) state = mergePatch(state, ids.takeChanges());
      }
      state = mergePatch(state, ids.takeChanges());
      const read = new KnownIds(state as PackedIds);
      for (const { id } of acts) {
        expect(ids.mark(id)).toBe(marks.get(id));
        expect(read.mark(id)).toBe(marks.get(id));
      }
      expect(new Set(read.missingFrom(new KnownIds()))).toEqual(new Set(marks.keys()));
      expect(JSON.stringify(state)).not.toMatch(/null|""/);
    }),
  );
});

test("what changes nothing is no change", () => {
  const ids = new KnownIds();
  ids.set(7, 1);
  expect(ids.takeChanges()).toEqual({ 0: "AcAAB" });
  ids.set(7, 1);
  ids.delete(8);
  expect(ids.hasChanges).toBe(false);
  expect(ids.takeChanges()).toEqual({});
  ids.delete(7);
  expect(ids.takeChanges()).toEqual({ 0: null });
});

test("yields what another set lacks, whatever is taken away meanwhile", () => {
  const ids = new KnownIds();
  const others = new KnownIds();
  for (const id of [1, 2, 3, 5_000, 5_001, 9_000]) ids.set(id, 0);
  for (const id of [2, 4, 9_000]) others.set(id, 9);
  const missing: number[] = [];
  for (const id of ids.missingFrom(others)) {
    missing.push(id);
    ids.delete(id);
    ids.delete(5_001);
  }
  expect(missing).toEqual([1, 3, 5_000]);
});

test("100,000 IDs take less than 600 KB of state, and 50 more take a few KB", () => {
  const ids = new KnownIds();
  for (let day = 20_000; day < 20_730; day++) {
    for (let index = 0; index < 137; index++) ids.set(day * 10_000 + index, index);
  }
  const state = ids.takeChanges();
  expect(JSON.stringify(state).length).toBeLessThan(600_000);
  for (let index = 137; index < 187; index++) ids.set(20_729 * 10_000 + index, index);
  expect(JSON.stringify(ids.takeChanges()).length).toBeLessThan(11_000);
});
