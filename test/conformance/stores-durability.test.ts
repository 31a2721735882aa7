import { once } from "node:events";
import { describe, expect, test } from "vitest";
import type { Document } from "../../src/engine/index.ts";
import { StoreError } from "../../src/errors.ts";
import type { TableSpec } from "../../src/local/store/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { draws } from "../support/draws.ts";
import { openTarget } from "../support/open-target.ts";
import { refusalOfNobody, startWriter } from "../support/store-process.ts";
import { CALLS, calls, callsState, openCalls, present, refusal } from "../support/stored-calls.ts";
import { objectsById, type StoreUnderTest, stored, stores } from "./stores.ts";

const TAGS: TableSpec = { ...CALLS, name: "tags" };

describe.each(Object.entries(stores))("a store in %s", (_, kind) => {
  describe("commits all or nothing", () => {
    test.each([
      ["a document without a key", calls([present({ id: 3, added: "x" }), present({ status: "lost" })])],
      ["a key that is a list", calls([present({ id: [1] })])],
      [
        "a document that is neither present nor deleted",
        calls([{ id: 5, added: "y" } as unknown as Document]),
      ],
      [
        "a table that it was not opened with",
        { table: "nowhere", documents: [present({ id: 6 })], patch: { at: 5 } },
      ],
    ])("when a block has %s", async (_, broken) => {
      const target = kind.newTarget();
      const store = await openCalls(target);
      await store.commit([calls([present({ id: 1 })], { at: 1 })]);
      const { state } = store;
      await expect(
        store.commit([calls([present({ id: 2, added: "x" })], { at: 2 }), broken]),
      ).rejects.toThrow();
      expect(store.state).toBe(state);
      expect(await store.rowCounts()).toEqual(new Map([["calls", 1]]));
      await store.commit([calls([present({ id: 4, added: 5 })], { later: 3 })]);
      expect(callsState(store)).toEqual({ at: 1, later: 3 });
      await store.close();
      expect(await objectsById(kind, target)).toEqual([{ id: 1 }, { id: 4, added: 5 }]);
      expect(await kind.kinds(target, "calls")).toMatchObject({ added: "integer" });
    });

    test("also as others see it while it commits", async () => {
      const store = await openCalls(kind.newTarget());
      const documents = Array.from({ length: 2_000 }, (_, id) => present({ id }));
      let isDone = false;
      const done = store.commit([calls(documents)]).then(() => {
        isDone = true;
      });
      const counts = new Set<number | undefined>();
      while (!isDone) counts.add((await store.rowCounts()).get("calls"));
      await done;
      expect([0, 2_000]).toEqual(expect.arrayContaining([...counts]));
      expect((await store.rowCounts()).get("calls")).toBe(2_000);
      await store.close();
    });

    test("and a list without blocks, or a block without documents, writes no row", async () => {
      const target = await stored(
        kind,
        [],
        [calls([present({ id: 1 })], { at: 1 })],
        [calls([], { at: 2 })],
        [],
      );
      expect(await kind.objects(target, "calls")).toEqual([{ id: 1 }]);
      const store = await openCalls(target);
      expect(store.state).toEqual({ bindingStateV1: { calls: { at: 2 } } });
      await store.close();
    });

    test("wherever the process is killed", () => expectWholeTransactions(kind));
  });

  describe("when it is opened again", () => {
    test("has its rows and its state", async () => {
      const target = kind.newTarget();
      const first = await openCalls(target);
      expect(first.state).toEqual({});
      await first.commit([calls([present({ id: 1, extra: [1] })], { cursor: "a\uD800\0" })]);
      await first.close();
      const second = await openCalls(target);
      expect(second.state).toEqual({ bindingStateV1: { calls: { cursor: "a\uD800\0" } } });
      expect(await second.rowCounts()).toEqual(new Map([["calls", 1]]));
      await second.close();
      expect(await kind.objects(target, "calls")).toEqual([{ id: 1, extra: [1] }]);
    });

    test("has the state that its patches lead to, and no value that one of them took out", async () => {
      const target = await stored(
        kind,
        [calls([], { known: { 1: "x", 2: "y" }, at: 1 })],
        [calls([], { known: { 1: null } }), calls([], { at: { last: 2 } })],
        [calls([], { at: null })],
      );
      const store = await openCalls(target);
      expect(callsState(store)).toEqual({ known: { 2: "y" } });
      await store.close();
    });

    test("has what belongs to a table that it was opened without in between", async () => {
      const target = kind.newTarget();
      const both = await openTarget(target, { tables: [CALLS, TAGS], source: "emulator" });
      await both.commit([{ table: "tags", documents: [present({ id: 7 })], patch: { digests: { 7: "x" } } }]);
      await both.close();
      const one = await openCalls(target);
      await one.commit([calls([present({ id: 1 })], { at: 1 })]);
      expect(await one.rowCounts()).toEqual(new Map([["calls", 1]]));
      await one.close();
      const again = await openTarget(target, { tables: [TAGS], source: "emulator" });
      expect(again.state).toEqual({ bindingStateV1: { tags: { digests: { 7: "x" } }, calls: { at: 1 } } });
      expect(await again.rowCounts()).toEqual(new Map([["tags", 1]]));
      await again.close();
    });

    test("for another source, is refused and stays as it was", async () => {
      const target = await stored(kind, [calls([present({ id: 1 })], { at: 1 })]);
      expect((await refusal(target, "https://api.aircall.io")).message).toMatch(
        /emulator, not from https:\/\/api\.aircall\.io/,
      );
      const store = await openCalls(target);
      expect(callsState(store)).toEqual({ at: 1 });
      await store.close();
      expect(await kind.objects(target, "calls")).toEqual([{ id: 1 }]);
    });

    test("while another process has it open, is refused, and then is not", async () => {
      const target = await stored(kind, [calls([present({ id: 1 })])]);
      const keeper = startWriter(target, "keep");
      await once(keeper.stdout, "data");
      expect((await refusal(target)).message).toMatch(/open in another process/);
      keeper.kill("SIGKILL");
      await once(keeper, "close");
      const store = await openCalls(target);
      expect(await store.rowCounts()).toEqual(new Map([["calls", 1]]));
      await store.close();
    });
  });

  test("can be closed twice, and then neither commits nor counts", async () => {
    const target = kind.newTarget();
    const store = await openCalls(target);
    await store.close();
    await store.close();
    await expect(store.commit([calls([present({ id: 1 })], { at: 1 })])).rejects.toThrow(StoreError);
    await expect(store.rowCounts()).rejects.toThrow(StoreError);
    const again = await openCalls(target);
    expect(again.state).toEqual({});
    await again.close();
  });

  test("that may not be created is refused in a sentence, and so is one that may not be written", async () => {
    const missing = kind.newTarget();
    await kind.protect(missing);
    expect(await refusalOfNobody(missing)).toMatch(/^[^\n]+\.\n$/);
    const kept = await stored(kind, [calls([present({ id: 1 })])]);
    await kind.protect(kept);
    expect(await refusalOfNobody(kept)).toMatch(/^[^\n]+\.\n$/);
    expect(await kind.objects(kept, "calls")).toEqual([{ id: 1 }]);
  });
});

const KILLS = draws(4, 60);

async function expectWholeTransactions({ newTarget, objects }: StoreUnderTest): Promise<void> {
  const target = newTarget();
  let confirmed = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    confirmed = Math.max(confirmed, await commitUntilKilled(target, kill));
    const store = await openCalls(target);
    const round = Number(callsState(store).round ?? 0);
    await store.close();
    expect(round).toBeGreaterThanOrEqual(confirmed);
    if (round > 0) expectRowsOfRound(await objects(target, "calls"), round);
    confirmed = round;
  }
  expect(confirmed).toBeGreaterThan(0);
}

/** The last round that the process has confirmed before it was killed. */
async function commitUntilKilled(target: string, kill: number): Promise<number> {
  const writer = startWriter(target, "commit");
  let heard = "";
  const killAfter = (milliseconds: number) => setTimeout(() => writer.kill("SIGKILL"), milliseconds);
  // Every other one while it starts, makes or opens the store; the rest at some moment of some round.
  if (kill % 2 === 0) killAfter(100 + 10 * kill);
  writer.stdout.on("data", (chunk) => {
    heard += chunk;
    if (heard.split("\n").length > kill) killAfter(3 * kill);
  });
  await once(writer, "close");
  return Math.max(0, ...heard.split("\n").map(Number).filter(Number.isInteger));
}

/** A round writes 200 keys, of which the next one writes all but the first again. */
function expectRowsOfRound(rows: readonly JsonObject[], round: number): void {
  expect(rows).toHaveLength(round + 199);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(round + 199);
  expect(Math.max(...rows.map((row) => Number(row.round)))).toBe(round);
  expect(rows.filter((row) => row.round === round)).toHaveLength(200);
}
