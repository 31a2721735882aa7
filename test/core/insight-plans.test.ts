import { describe, expect, test } from "vitest";
import { INSIGHT_KINDS, INSIGHT_NAMES, type InsightName } from "../../emulator/index.ts";
import { Follower } from "../support/capture.ts";
import { TestClock } from "../support/clock.ts";
import { connectorTo, startWorld, type World } from "../support/world.ts";
import {
  addCall,
  addInsight,
  counts,
  DAY,
  emptyWorld,
  HOUR,
  InsightPasses,
  MINUTE,
  takeAsked,
} from "./insight-passes.ts";

const without = (...missing: readonly InsightName[]) =>
  INSIGHT_NAMES.filter((name) => !missing.includes(name));

/** How often a line of the log has the words. */
const linesWith = ({ ports }: World, words: string) =>
  ports.log.lines.filter((line) => line.startsWith("warn") && line.includes(words));

const FOLLOWED = ["transcriptions", "topics", "evaluations"] as const;

/** A world in which time passes for a process that follows insights every hour; ten calls have all of them. */
async function followed(missing: readonly InsightName[]) {
  const world = await startWorld(
    { account: { calls: 0, contacts: 0 }, insights: { share: 0, addOns: without(...missing) } },
    new TestClock(),
  );
  const ids = Array.from({ length: 10 }, (_, index) => addCall(world, DAY + index * HOUR, INSIGHT_NAMES));
  const connector = connectorTo(world.emulator, world.clock, { log: world.ports.log });
  const resource = { interval: "PT1H" };
  const follower = new Follower({ connector, clock: world.clock }, FOLLOWED, { resource });
  return Object.assign(world, { ids, follower });
}

describe("a kind that the plan lacks", () => {
  const missing = ["transcriptions", "evaluations"] as const;

  test("is reported once, asked for again once a day, and leaves the other kinds alone", async () => {
    await using world = await followed(missing);
    await using follower = world.follower;
    const captured = await follower.pass(MINUTE * 1_000);
    expect(captured).toHaveLength(world.ids.length);
    await follower.pass((23 * HOUR - MINUTE) * 1_000);
    const first = counts(takeAsked(world));
    await follower.pass(DAY * 1_000);
    const second = counts(takeAsked(world));
    expect(first.evaluations).toBe(3);
    // Of transcripts the other kinds ask as well, until they see that it is in vain.
    expect(first.transcriptions).toBeLessThanOrEqual(6);
    for (const name of missing) expect(second[name], name).toBeLessThanOrEqual(6);
    for (const name of missing) {
      expect(linesWith(world, INSIGHT_KINDS[name].path), name).toHaveLength(1);
    }
    expect(linesWith(world, "asks again once a day")).toHaveLength(missing.length);
  });

  test("is captured within a day after the plan has it, back to the call at which it stopped", async () => {
    await using world = await followed(missing);
    await using follower = world.follower;
    await follower.pass(3 * HOUR * 1_000);
    world.emulator.account.insights.options.addOns = INSIGHT_NAMES;
    const captured = await follower.pass(DAY * 1_000);
    expect(captured).toHaveLength(world.ids.length * missing.length);
    const keys = new Set(captured.map((document) => `${document.call_id} ${Object.keys(document).join()}`));
    expect(keys.size).toBe(captured.length);
  });
});

describe("calls that are refused one by one", () => {
  test("are asked again, and no sign of the plan", async () => {
    await using world = await emptyWorld();
    const ids = Array.from({ length: 8 }, (_, index) => addCall(world, DAY + index * HOUR, ["topics"]));
    world.emulator.faults.add({
      kind: "status",
      status: 403,
      body: {},
      match: /\/topics/,
      every: 2,
      times: 3,
    });
    const passes = new InsightPasses(world, ["topics"]);
    await passes.pass();
    expect(passes.documents.topics).toHaveLength(ids.length - 3);
    await passes.passFor(2 * HOUR, HOUR);
    expect(passes.documents.topics.map(({ call_id }) => call_id).toSorted()).toEqual(ids.toSorted());
    expect(linesWith(world, "once a day")).toEqual([]);
  });

  test("are asked once an hour for a day, and left to the next age then", async () => {
    const clock = new TestClock();
    await using world = await startWorld(
      { account: { calls: 0, contacts: 0 }, insights: { share: 0 } },
      clock,
    );
    const [refused] = [addCall(world, 8 * DAY, ["topics"]), addCall(world, 9 * DAY, ["topics"])];
    const target = `/v1/calls/${refused}/topics`;
    const fault = world.emulator.faults.add({
      kind: "status",
      status: 403,
      body: {},
      match: target,
      every: 1,
    });
    const connector = connectorTo(world.emulator, clock, { log: world.ports.log });
    const resource = { interval: "PT10M" };
    await using follower = new Follower({ connector, clock }, ["topics"], { resource });
    for (let day = 0; day < 3; day++) await follower.pass(DAY * 1_000);
    expect(follower.documents).toHaveLength(1);
    expect(fault.struck).toBe(25);
    expect(linesWith(world, "some are left to the next age")).toHaveLength(1);
  });
});

describe("a kind that no call has", () => {
  test.each(["not found", "empty"] as const)("where Aircall answers %s, is reported once", async (answer) => {
    await using world = await emptyWorld({ missing: answer, addOns: without("evaluations") });
    for (let count = 0; count < 110; count++) addCall(world, 2 * DAY + count, ["topics"]);
    const passes = new InsightPasses(world, ["topics", "evaluations"]);
    await passes.pass();
    expect(linesWith(world, "None of the last 100 recorded calls has any evaluations.")).toHaveLength(1);
    expect(linesWith(world, "topics")).toEqual([]);
    expect(passes.documents.topics).toHaveLength(110);
  });

  test("is not reported where one call has it", async () => {
    await using world = await emptyWorld();
    for (let count = 0; count < 110; count++) addCall(world, 2 * DAY + count, count === 50 ? ["topics"] : []);
    await new InsightPasses(world, ["topics"]).pass();
    expect(linesWith(world, "None of the last")).toEqual([]);
  });
});

describe("a kind that cannot be read", () => {
  const fail = (world: World, name: InsightName, status: number) =>
    world.emulator.faults.add({
      ...{ kind: "status", status, body: {}, every: 1 },
      match: new RegExp(`/v1/calls/\\d+/${INSIGHT_KINDS[name].path}`),
    });

  test.each(["transcriptions", "topics"] as const)("such as %s leaves the others alone", async (name) => {
    await using world = await emptyWorld();
    const ids = Array.from({ length: 12 }, (_, index) => addCall(world, DAY + index * HOUR, INSIGHT_NAMES));
    fail(world, name, 500);
    const passes = new InsightPasses(world);
    await passes.pass();
    for (const other of without(name)) expect(passes.documents[other], other).toHaveLength(ids.length);
    expect(passes.documents[name]).toEqual([]);
    world.emulator.faults.clear();
    await passes.passFor(2 * HOUR, HOUR);
    expect(passes.documents[name].map(({ call_id }) => call_id).toSorted()).toEqual(ids.toSorted());
  });

  test("such as transcriptions is asked for by the other streams no more", async () => {
    await using world = await emptyWorld();
    const ids = Array.from({ length: 12 }, (_, index) => addCall(world, (8 + index) * DAY, INSIGHT_NAMES));
    const before = new InsightPasses(world, ["transcriptions"]);
    await before.pass();
    fail(world, "transcriptions", 500);
    const after = new InsightPasses(world, ["transcriptions", "summaries"]);
    after.state = before.state;
    takeAsked(world);
    await after.pass();
    expect(after.documents.summaries).toHaveLength(ids.length);
    // Five calls, with six attempts each.
    expect(counts(takeAsked(world)).transcriptions).toBe(30);
  });

  test("for single calls is asked for them an hour later", async () => {
    await using world = await emptyWorld();
    const ids = Array.from({ length: 12 }, (_, index) => addCall(world, DAY + index * HOUR, ["topics"]));
    const failing = ids.slice(2, 6);
    for (const id of failing)
      world.emulator.faults.add({
        kind: "status",
        status: 500,
        body: {},
        match: `/v1/calls/${id}/`,
        times: 6,
      });
    const passes = new InsightPasses(world, ["topics"]);
    await passes.pass();
    expect(passes.documents.topics).toHaveLength(ids.length - failing.length);
    expect(Object.keys(passes.ownState("topics").again as object)).toHaveLength(failing.length);
    await passes.passFor(2 * HOUR, HOUR);
    expect(passes.documents.topics.map(({ call_id }) => call_id).toSorted()).toEqual(ids.toSorted());
    expect(passes.ownState("topics").again).toEqual({});
  });

  test("when it is empty an hour later is asked for at the next age", async () => {
    await using world = await emptyWorld({ notReady: "empty" });
    const id = addCall(world);
    fail(world, "transcriptions", 500);
    const passes = new InsightPasses(world, ["transcriptions"]);
    world.clock.advance(20 * MINUTE * 1_000);
    await passes.pass();
    world.emulator.faults.clear();
    await passes.passFor(3 * HOUR, HOUR / 2);
    expect(passes.documents.transcriptions).toEqual([]);
    addInsight(world, id, "transcriptions");
    await passes.passFor(DAY, 6 * HOUR);
    expect(passes.documents.transcriptions).toHaveLength(1);
  });
});
