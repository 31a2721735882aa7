import { describe, expect, test } from "vitest";
import { INSIGHT_NAMES, type InsightName } from "../../emulator/index.ts";
import { KnownIds } from "../../src/streams/known-ids.ts";
import {
  addCall,
  counts,
  DAY,
  emptyWorld,
  HOUR,
  InsightPasses,
  MINUTE,
  nowSeconds,
  takeAsked,
} from "./insight-passes.ts";

describe("the state of a stream of insights", () => {
  test("has some five characters for each captured call, until the call has come to the last age", async () => {
    await using world = await emptyWorld();
    const passes = new InsightPasses(world, ["summaries"]);
    const size = () => JSON.stringify(passes.ownState("summaries")).length;
    await passes.pass();
    const empty = size();
    const calls = 100;
    for (let count = 0; count < calls; count++) addCall(world, 0, ["summaries"]);
    await passes.passFor(HOUR, HOUR / 2);
    expect(passes.documents.summaries).toHaveLength(calls);
    expect(size()).toBeGreaterThan(empty + calls * 5);
    expect(size()).toBeLessThan(empty + calls * 5 + 100);
    await passes.passFor(8 * DAY, DAY);
    expect(size()).toBeLessThanOrEqual(empty + 5);
  });

  test("has at most 2 MiB of captured calls, the latest, and a warning says so", async () => {
    await using world = await emptyWorld();
    const passes = new InsightPasses(world, ["summaries"]);
    await passes.pass();
    const bucket = new KnownIds();
    for (let id = 0; id < 1_024; id++) bucket.set(id, 1);
    const full = bucket.takeChanges()[0] as string;
    const before = Object.fromEntries(Array.from({ length: 420 }, (_, number) => [number, full]));
    expect(JSON.stringify(before).length).toBeGreaterThan(2 * 2 ** 20);
    Object.assign(passes.ownState("summaries"), { known: before });
    const ids = [addCall(world, 0, ["summaries"]), addCall(world, 0, ["summaries"])];
    await passes.passFor(HOUR, HOUR / 2);
    const after = passes.ownState("summaries").known as Record<string, string>;
    expect(JSON.stringify(after).length).toBeLessThanOrEqual(2 * 2 ** 20);
    expect(JSON.stringify(after).length).toBeGreaterThan(2 * 2 ** 20 - 10_000);
    for (const id of ids) expect(new KnownIds(after).has(id)).toBe(true);
    const warnings = world.ports.log.lines.filter((line) => line.includes("than the state keeps"));
    expect(warnings).toHaveLength(1);
  });

  test("begins afresh where it is that of another version", async () => {
    await using world = await emptyWorld();
    addCall(world, 2 * DAY, ["summaries"]);
    const passes = new InsightPasses(world, ["summaries"]);
    await passes.pass();
    const { known: _, ...others } = passes.ownState("summaries");
    passes.state = { bindingStateV1: { summaries: { ...others, unread: {}, cursor: 7 } } };
    await passes.pass();
    expect(passes.documents.summaries).toHaveLength(2);
    expect(passes.ownState("summaries")).not.toHaveProperty("cursor");
  });

  test("goes on where other ages are configured, without a call asked twice or left out", async () => {
    await using world = await emptyWorld();
    const id = addCall(world, 0, INSIGHT_NAMES);
    const passesAt = (ages: readonly string[], state = {}) => {
      const config = { advanced: { reread_insights_after: [...ages] } };
      return Object.assign(new InsightPasses(world, ["evaluations"], { config }), { state });
    };
    const before = passesAt(["P7D"]);
    await before.passFor(2 * DAY, 12 * HOUR);
    const after = passesAt(["P3D", "P14D"], before.state);
    world.emulator.account.insights.change(id, "evaluations");
    await after.passFor(13 * DAY, DAY);
    expect(before.documents.evaluations).toHaveLength(1);
    expect(after.documents.evaluations).toHaveLength(1);
    expect(counts(takeAsked(world))).toEqual({ evaluations: 3 });
  });

  test("knows after a restart what was asked", async () => {
    await using world = await emptyWorld();
    for (let count = 0; count < 20; count++) addCall(world, 0, count % 2 ? INSIGHT_NAMES : []);
    world.clock.advance(20 * MINUTE * 1_000);
    const passes = new InsightPasses(world);
    await passes.pass();
    takeAsked(world);
    for (let restarts = 0; restarts < 5; restarts++) await passes.pass();
    expect(takeAsked(world)).toEqual([]);
  });
});

describe("calls of one second", () => {
  test("are all captured once, at the border of two spans too", async () => {
    await using world = await emptyWorld();
    // The next full hour, at which one span ends and another begins at every age.
    const hour = Math.ceil(nowSeconds(world) / HOUR) * HOUR;
    world.clock.advance((hour - nowSeconds(world)) * 1_000);
    const ids = [0, 0, 1, 1, 1].map((later) => {
      world.clock.advance(later * 1_000);
      return addCall(world, 0, INSIGHT_NAMES);
    });
    const passes = new InsightPasses(world);
    await passes.passFor(20 * MINUTE, 5 * MINUTE);
    const captured = (name: InsightName) => passes.documents[name].map(({ call_id }) => call_id).toSorted();
    expect(captured("summaries")).toEqual(ids.toSorted());
    await passes.passFor(9 * DAY, 12 * HOUR);
    for (const name of INSIGHT_NAMES) expect(captured(name), name).toEqual(ids.toSorted());
    // At the border a call is listed with both spans, so that it may be read again twice.
    const asked = counts(takeAsked(world));
    for (const name of INSIGHT_NAMES) expect(asked[name], name).toBeLessThanOrEqual(3 * ids.length);
    expect(asked.summaries).toBe(ids.length);
  });
});
