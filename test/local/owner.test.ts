import { describe, expect, test } from "vitest";
import { mergePatch } from "../../src/engine/index.ts";
import { StoreError } from "../../src/errors.ts";
import { claimFor } from "../../src/local/owner.ts";
import type { Store } from "../../src/local/store/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";

type Users = Record<string, string>;

/** Claims a store that has the state, with a key of a company. Resolves with the state afterwards. */
async function claim(state: JsonObject, key: string, name = "Sample", users: Users = {}) {
  let asked = 0;
  const store: Pick<Store, "state" | "commit"> = {
    state,
    async commit(_, patch = {}) {
      state = mergePatch(state, patch);
    },
  };
  await claimFor(store as Store, {
    connector: {
      keyMark: () => key,
      async company() {
        asked += 1;
        return { name, users };
      },
    },
    config: {},
    place: { name: "a.duckdb", kind: "file" },
    signal: new AbortController().signal,
  });
  return { state, asked };
}

const owned = (users: Users = {}, company = "Sample"): JsonObject => ({
  owner: { key: "old", company, users },
});
const capturedUsers = (digests: Users): JsonObject => ({ bindingStateV1: { users: { digests } } });

test("a store without data belongs to the company of the first key", async () => {
  const { state } = await claim({}, "key", "Sample", { 1: "a" });
  expect(state).toEqual({ owner: { key: "key", company: "Sample", users: { 1: "a" } } });
  expect((await claim(state, "key", "Renamed", { 9: "z" })).asked).toBe(0);
});

describe("another key is of the same company if", () => {
  test.each<[string, JsonObject, string, Users]>([
    [
      "a user is as the last key listed it",
      owned({ 1: "a", 2: "b" }),
      "Renamed",
      { 1: "changed", 2: "b", 3: "c" },
    ],
    ["a user is as it was captured", capturedUsers({ 1: "a", 2: "b" }), "Renamed", { 2: "b" }],
    [
      "its users are known, have changed, and it has the same name",
      owned({ 1: "a" }),
      "Sample",
      { 1: "changed" },
    ],
    ["no users are known, and it has the same name", owned(), "Sample", { 1: "a" }],
    ["it lists no users, and has the same name", owned({ 1: "a" }), "Sample", {}],
    ["it has the captured name", { bindingStateV1: { company: { digests: { Sample: "x" } } } }, "Sample", {}],
    ["nothing is known of the company", { bindingStateV1: { calls: { open: {} } } }, "Sample", { 1: "a" }],
  ])("%s", async (_, state, name, users) => {
    const { owner } = (await claim(state, "new", name, users)).state;
    expect(owner).toEqual({ key: "new", company: name, users });
  });
});

describe("another key is of another company if", () => {
  test.each<[string, JsonObject, string, Users]>([
    ["the users are others, whatever it is called", owned({ 1: "a" }), "Sample", { 7: "a" }],
    ["captured users are others", capturedUsers({ 1: "a" }), "Sample", { 7: "a" }],
    ["the name is another, and no user is the same", owned({ 1: "a" }), "Other", { 1: "x" }],
    ["the name is another, and no users are known", owned(), "Other", { 1: "x" }],
  ])("%s", async (_, state, name, users) => {
    const refusal = claim(state, "new", name, users);
    await expect(refusal).rejects.toThrow(StoreError);
    await expect(refusal).rejects.toThrow(
      /^a\.duckdb holds the data of (Sample|another company), and the API key belongs to (Sample|Other); use a key of \1, or choose another file\.$/,
    );
  });
});
