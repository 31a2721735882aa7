import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mergePatch } from "../../src/engine/index.ts";
import { patchState, stateOf, stateRows } from "../../src/local/store/state-rows.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { draws, holdsForAll } from "../support/draws.ts";
import { canonical, mergePatches } from "../support/json-values.ts";

const ofCalls = (...names: string[]) => JSON.stringify(["bindingStateV1", "calls", ...names]);

function changesOf(state: JsonObject, ...patches: JsonObject[]): Record<string, string | null> {
  const blocks = patches.map((patch) => ({ table: "calls", documents: [], patch }));
  return Object.fromEntries(patchState({ bindingStateV1: { calls: state } }, blocks).changes);
}

describe("a state in rows", () => {
  test("has a row for each value that is no object, and for each empty object", () => {
    const state = { bindingStateV1: { calls: { rungs: { 1800: 5 }, recent: { 7: [1, "x"] }, open: {} } } };
    expect(Object.fromEntries(stateRows(state))).toEqual({
      [ofCalls("rungs", "1800")]: "5",
      [ofCalls("recent", "7")]: '[1,"x"]',
      [ofCalls("open")]: "{}",
    });
  });

  test("is {} where there are no rows", () => {
    expect(stateOf([])).toEqual({});
    expect(stateOf(stateRows({}))).toEqual({});
  });

  test("is the same again, whatever it holds and in whatever order its rows come", () =>
    holdsForAll("state in rows", mergePatches, draws(200, 20_000), async (state) => {
      expect(canonical(stateOf([...stateRows(state)].reverse()))).toBe(canonical(state));
    }));
});

describe("a patch changes the rows that it names alone", () => {
  test.each<[string, JsonObject, JsonObject, Record<string, string | null>]>([
    ["a value", { a: 1, b: 2 }, { a: 3 }, { [ofCalls("a")]: "3" }],
    ["a new value below", { known: { 1: "x" } }, { known: { 2: "y" } }, { [ofCalls("known", "2")]: "y" }],
    ["a value that goes", { a: 1, b: 2 }, { a: null }, { [ofCalls("a")]: null }],
    ["a value that is not there", { a: 1 }, { b: null }, {}],
  ])("%s", (_, state, patch, changes) => {
    const texts = Object.entries(changes).map(([path, value]) => [path, value === "y" ? '"y"' : value]);
    expect(changesOf(state, patch)).toEqual(Object.fromEntries(texts));
  });

  test.each<[string, JsonObject, JsonObject, Record<string, string | null>]>([
    [
      "a value that becomes an object",
      { a: 1 },
      { a: { b: 2 } },
      { [ofCalls("a")]: null, [ofCalls("a", "b")]: "2" },
    ],
    [
      "an object that becomes a value",
      { a: { b: 2 } },
      { a: 1 },
      { [ofCalls("a", "b")]: null, [ofCalls("a")]: "1" },
    ],
    [
      "an object that loses all",
      { a: { b: 2 } },
      { a: { b: null } },
      { [ofCalls("a", "b")]: null, [ofCalls("a")]: "{}" },
    ],
    [
      "an object that gains its first",
      { a: {} },
      { a: { b: 2 } },
      { [ofCalls("a")]: null, [ofCalls("a", "b")]: "2" },
    ],
    [
      "an object that goes",
      { a: { b: 2, c: 3 }, d: 4 },
      { a: null },
      { [ofCalls("a", "b")]: null, [ofCalls("a", "c")]: null },
    ],
  ])("%s", (_, state, patch, changes) => {
    expect(changesOf(state, patch)).toEqual(changes);
  });

  test("are not changed by an empty patch, also where no state is stored", () => {
    const { state, changes } = patchState({}, [{ table: "calls", documents: [], patch: {} }]);
    expect([state, [...changes]]).toEqual([{}, []]);
  });

  test("whose last one counts where several patches name a row", () => {
    expect(changesOf({ a: 1 }, { a: { b: 2 } }, { a: { b: null, c: 3 } }, { a: 5 })).toEqual({
      [ofCalls("a")]: "5",
      [ofCalls("a", "b")]: null,
      [ofCalls("a", "c")]: null,
    });
  });

  test("and leads from the rows before to those after, whatever it is", () => {
    const blocks = fc.array(
      fc.record({ table: fc.constantFrom("calls", "tags"), documents: fc.constant([]), patch: mergePatches }),
    );
    const changing = fc.tuple(mergePatches, blocks);
    return holdsForAll("patches of rows", changing, draws(200, 20_000), async ([before, captured]) => {
      const start = mergePatch({}, before);
      const { state, changes } = patchState(start, captured);
      const rows = new Map(stateRows(start));
      for (const [path, value] of changes) {
        if (value === null) rows.delete(path);
        else rows.set(path, value);
      }
      expect(new Map([...rows].sort())).toEqual(new Map([...stateRows(state)].sort()));
    });
  });
});
