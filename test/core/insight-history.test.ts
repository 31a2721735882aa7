import { describe, expect, test } from "vitest";
import { INSIGHT_NAMES } from "../../emulator/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { Follower } from "../support/capture.ts";
import { TestClock } from "../support/clock.ts";
import { draws } from "../support/draws.ts";
import { connectorTo, startWorld } from "../support/world.ts";
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

/** Calls of a month with a summary and an evaluation, the latest first; two of them began in one second. */
async function worldWithHistory() {
  const world = await emptyWorld();
  const agesSeconds = [HOUR, HOUR, 3 * HOUR, DAY, 3 * DAY, 6 * DAY, 9 * DAY, 9 * DAY + 1, 20 * DAY, 29 * DAY];
  const ids = agesSeconds.map((age) => addCall(world, age, ["summaries", "evaluations"]));
  addCall(world, 31 * DAY, ["summaries", "evaluations"]);
  return Object.assign(world, { ids });
}

const callIds = (documents: readonly JsonObject[]) => documents.map(({ call_id }) => Number(call_id));

describe("the history", () => {
  test("is read from the latest call to the earliest, back to 30 days, and never again", async () => {
    await using world = await worldWithHistory();
    const passes = new InsightPasses(world, ["summaries"]);
    await passes.pass();
    const [first = 0, second = 0, ...others] = callIds(passes.documents.summaries);
    expect([first, second].toSorted()).toEqual(world.ids.slice(0, 2));
    expect(others).toEqual(world.ids.slice(2));
    expect(passes.ownState("summaries").backfilledAt).toBe(nowSeconds(world));
    takeAsked(world);
    await passes.passFor(8 * DAY, 12 * HOUR);
    expect(takeAsked(world)).toEqual([]);
    expect(passes.documents.summaries).toHaveLength(world.ids.length);
  });

  test("goes on wherever it was interrupted, without asking or capturing again what has been captured", async () => {
    await using world = await worldWithHistory();
    for (const lines of [2, 3, 4, 5, 8, 13]) {
      const passes = new InsightPasses(world, ["summaries"]);
      for (let processes = 0; processes < 20; processes++) await passes.pass(lines);
      await passes.pass();
      const captured = callIds(passes.documents.summaries);
      expect(captured.toSorted(), `${lines} lines`).toEqual(world.ids.toSorted());
    }
  });

  test("goes on at the latest call that is left, of all kinds alike", async () => {
    await using world = await worldWithHistory();
    const passes = new InsightPasses(world, ["summaries", "evaluations"]);
    await passes.pass(9);
    const before = takeAsked(world).length;
    await passes.pass();
    const names = ["summaries", "evaluations"] as const;
    for (const name of names)
      expect(callIds(passes.documents[name]).toSorted()).toEqual(world.ids.toSorted());
    expect(before).toBeGreaterThan(0);
    // Of each kind, the answer that was under way at the end of the process is asked for again.
    expect(before + takeAsked(world).length).toBeLessThanOrEqual(2 * (world.ids.length + 1));
  });

  test("shows how many calls are done and left", async () => {
    await using world = await worldWithHistory();
    const steps: { doneRows: number; leftRows: number }[] = [];
    const onEvent = (event: { kind: string }) => {
      if (event.kind === "backfills") steps.push(event as never);
    };
    await new InsightPasses(world, ["summaries"], { onEvent }).pass();
    const done = steps.map(({ doneRows }) => doneRows);
    expect(done).toEqual(world.ids.map((_, index) => index + 1));
    expect(steps.map(({ doneRows, leftRows }) => doneRows + leftRows)).toEqual(
      steps.map(() => world.ids.length),
    );
  });

  test("leaves out what a call is asked for at an age meanwhile", async () => {
    await using world = await emptyWorld();
    const old = addCall(world, 7 * DAY - 2 * HOUR, ["summaries"]);
    for (let count = 0; count < 5; count++) addCall(world, HOUR, ["summaries"]);
    const passes = new InsightPasses(world, ["summaries"]);
    await passes.pass(4);
    world.clock.advance(4 * HOUR * 1_000);
    await passes.pass();
    expect(callIds(passes.documents.summaries).filter((id) => id === old)).toHaveLength(1);
    expect(takeAsked(world).filter(({ callId }) => callId === old)).toHaveLength(1);
    expect(passes.documents.summaries).toHaveLength(6);
  });

  test("leaves out what a call is asked for at an age while its day is being read", async () => {
    await using world = await emptyWorld();
    const [old, newer] = [7 * DAY - 2 * HOUR, 7 * DAY - 4 * HOUR].map((age) =>
      addCall(world, age, ["summaries"]),
    );
    const fourHoursLater = () => world.clock.advance(4 * HOUR * 1_000);
    world.emulator.faults.add({ kind: "edit", match: `/v1/calls/${newer}/`, edit: fourHoursLater });
    const passes = new InsightPasses(world, ["summaries"]);
    await passes.pass();
    expect(callIds(passes.documents.summaries).toSorted()).toEqual([old, newer].toSorted());
    expect(takeAsked(world)).toHaveLength(2);
  });

  test("waits for everything else", async () => {
    const clock = new TestClock();
    const calls = draws(150, 600);
    await using world = await startWorld(
      { account: { calls: 0, contacts: 0 }, insights: { share: 0 } },
      clock,
    );
    for (let count = 0; count < calls; count++) addCall(world, DAY + count * MINUTE, ["summaries"]);
    const connector = connectorTo(world.emulator, clock, {}, 60_000);
    const config = { advanced: { requests_per_minute: 20 } };
    await using follower = new Follower({ connector, clock }, ["calls", "summaries"], { config });
    await follower.pass(2 * MINUTE * 1_000);
    const ids = new Set<number>();
    for (let minute = 0; minute < 5; minute++) {
      const id = world.emulator.account.calls.ring();
      ids.add(id);
      const captured = await follower.pass(MINUTE * 1_000 + 2_000);
      expect(
        captured.map((document) => document.id),
        `minute ${minute}`,
      ).toContain(id);
    }
    // The history goes on, with at most half of the requests.
    const asked = counts(takeAsked(world)).summaries ?? 0;
    expect(asked).toBeGreaterThan(30);
    expect(asked).toBeLessThanOrEqual(8 * 10);
    expect(asked).toBeLessThan(calls);
  });
});

test("an earlier start date reads what was left out, once, and a later one nothing", async () => {
  await using world = await emptyWorld();
  const [recent = 0, old = 0] = [5 * DAY, 50 * DAY].map((age) => addCall(world, age, ["topics"]));
  const since = (days: number) => new Date(world.clock.now() - days * DAY * 1_000).toISOString();
  const passes = (start_date: string, state: JsonObject) =>
    Object.assign(new InsightPasses(world, ["topics"], { resource: { start_date } }), { state });
  let state: JsonObject = {};
  const captured: number[][] = [];
  for (const start of [since(10), since(60), since(3), since(60)]) {
    const process = passes(start, state);
    await process.pass();
    captured.push(callIds(process.documents.topics));
    state = process.state;
  }
  expect(captured).toEqual([[recent], [old], [], []]);
});

test("the texts and numbers of IDs are the same insight", async () => {
  await using world = await emptyWorld({ idsAsText: true });
  const id = addCall(world, HOUR, INSIGHT_NAMES);
  const passes = new InsightPasses(world);
  await passes.pass();
  for (const name of INSIGHT_NAMES) expect(callIds(passes.documents[name]), name).toEqual([id]);
  for (const name of INSIGHT_NAMES) expect(passes.documents[name][0]?.call_id, name).toBe(id);
  world.emulator.account.insights.options.idsAsText = false;
  addCall(world, 0, INSIGHT_NAMES);
  await passes.passFor(HOUR, HOUR / 2);
  expect(passes.documents.topics).toHaveLength(2);
});
