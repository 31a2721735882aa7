import { describe, expect, test } from "vitest";
import { INSIGHT_NAMES, type InsightName } from "../../emulator/index.ts";
import type { World } from "../support/world.ts";
import { addCall, DAY, emptyWorld, HOUR, InsightPasses, MINUTE, takeAsked } from "./insight-passes.ts";

/** Two calls with every insight, that have all been captured. */
async function captured(names: readonly InsightName[] = INSIGHT_NAMES) {
  const world = await emptyWorld();
  const [first, other] = [addCall(world, 0, INSIGHT_NAMES), addCall(world, 0, INSIGHT_NAMES)];
  const passes = new InsightPasses(world, names);
  await passes.passFor(2 * HOUR, HOUR / 2);
  for (const name of names) expect(passes.documents[name]).toHaveLength(2);
  return Object.assign(world, { first, other, passes });
}

const deletions = (passes: InsightPasses, name: InsightName) =>
  passes.documents[name].filter(({ _meta }) => _meta.op === "d");

/** Aircall does not know something for so many requests. */
function unknown({ emulator }: World, match: RegExp, times: number): void {
  emulator.faults.add({ kind: "status", status: 404, body: {}, match, times });
}

describe("an insight is deleted", () => {
  test("when its call has lost the recording, of every kind, once", async () => {
    await using world = await captured();
    const { passes, first } = world;
    world.emulator.account.insights.remove(first);
    await passes.passFor(9 * DAY, 12 * HOUR);
    for (const name of INSIGHT_NAMES) {
      expect(deletions(passes, name), name).toEqual([{ call_id: first, _meta: { op: "d" } }]);
      expect(passes.documents[name], name).toHaveLength(3);
    }
  });

  test("an hour after the call was listed without the recording, and not before", async () => {
    await using world = await captured(["summaries"]);
    const { passes, first } = world;
    world.emulator.account.insights.remove(first);
    world.clock.advance(DAY * 1_000);
    await passes.pass();
    world.clock.advance((HOUR - MINUTE) * 1_000);
    await passes.pass();
    expect(deletions(passes, "summaries")).toEqual([]);
    world.clock.advance(MINUTE * 1_000);
    await passes.pass();
    expect(deletions(passes, "summaries")).toHaveLength(1);
  });

  test("and comes again where it is there again", async () => {
    await using world = await captured(["summaries"]);
    const { passes, first } = world;
    world.emulator.account.insights.remove(first);
    await passes.passFor(DAY + 3 * HOUR, HOUR);
    expect(deletions(passes, "summaries")).toHaveLength(1);
    world.emulator.account.calls.record(first);
    world.emulator.account.insights.add(first, "summaries");
    await passes.passFor(7 * DAY, 6 * HOUR);
    expect(passes.documents.summaries.at(-1)).toMatchObject({ call_id: first, _meta: { op: "u" } });
  });
});

describe("an insight stays", () => {
  test("when Aircall does not know it for a while", async () => {
    await using world = await captured();
    unknown(world, /\/v1\/calls\/\d+\/\w/, 30);
    await world.passes.passFor(9 * DAY, 12 * HOUR);
    for (const name of INSIGHT_NAMES) expect(deletions(world.passes, name), name).toEqual([]);
    expect(takeAsked(world).length).toBeGreaterThan(0);
  });

  test("when its call is missing in the list, or everywhere", async () => {
    await using world = await captured();
    world.emulator.account.calls.remove(world.first);
    await world.passes.passFor(9 * DAY, 12 * HOUR);
    for (const name of INSIGHT_NAMES) expect(deletions(world.passes, name), name).toEqual([]);
  });

  test("when the recording is missing in the list for a while", async () => {
    await using world = await captured(["summaries", "evaluations"]);
    const { calls } = world.emulator.account;
    calls.deleteAsset(world.first);
    world.clock.advance(DAY * 1_000);
    await world.passes.pass();
    calls.record(world.first);
    unknown(world, /\/v1\/calls\/\d+\/\w/, 2);
    await world.passes.passFor(3 * HOUR, HOUR / 2);
    for (const name of ["summaries", "evaluations"] as const)
      expect(deletions(world.passes, name), name).toEqual([]);
    expect(takeAsked(world).length).toBeGreaterThan(0);
  });

  test("when the recording is missing, and Aircall knows neither the insight nor the call when asked", async () => {
    await using world = await captured(["summaries"]);
    world.emulator.account.calls.deleteAsset(world.first);
    world.clock.advance(DAY * 1_000);
    await world.passes.pass();
    world.emulator.account.calls.remove(world.first);
    await world.passes.passFor(3 * HOUR, HOUR / 2);
    expect(deletions(world.passes, "summaries")).toEqual([]);
    expect(world.passes.ownState("summaries").again).toEqual({});
  });
});
