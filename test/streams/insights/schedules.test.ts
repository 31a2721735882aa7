import { expect, test } from "vitest";
import {
  addCall,
  addInsight,
  DAY,
  emptyWorld,
  HOUR,
  InsightPasses,
  MINUTE,
  nowSeconds,
  takeAsked,
} from "../../core/insight-passes.ts";
import { Follower } from "../../support/capture.ts";
import { TestClock } from "../../support/clock.ts";
import { connectorTo, startWorld } from "../../support/world.ts";

/** An account without calls, and what follows it in moved time. */
async function followedWorld() {
  const clock = new TestClock();
  const world = await startWorld({ account: { calls: 0, contacts: 0 }, insights: { share: 0 } }, clock);
  return { world, clock, connector: connectorTo(world.emulator, clock, { log: world.ports.log }, 1_000) };
}

test("a late transcript is captured, also where its stream and another one ask at different times", async () => {
  const { world, clock, connector } = await followedWorld();
  await using _ = world;
  for (let count = 0; count < 6; count++) addCall(world, 2 * DAY + count * HOUR);
  // The stream of transcripts fails and begins again a minute later than the other one.
  const match = /transcription/;
  world.emulator.faults.add({ kind: "status", status: 500, body: {}, match, times: 30, every: 1 });
  await using follower = new Follower({ connector, clock }, ["topics", "transcriptions"]);
  await follower.pass(20 * MINUTE * 1_000);
  const late: number[] = [];
  for (let count = 0; count < 4; count++) {
    late.push(addCall(world));
    await follower.pass(7 * MINUTE * 1_000);
  }
  await follower.pass(15 * MINUTE * 1_000);
  for (const id of late)
    for (const name of ["transcriptions", "topics"] as const) addInsight(world, id, name);
  await follower.pass(2 * DAY * 1_000);
  expect(follower.documents).toHaveLength(2 * late.length);
});

test("an age of any number of seconds leaves a state from which the next process goes on", async () => {
  await using world = await emptyWorld();
  addCall(world, 2 * HOUR, ["evaluations"]);
  const config = { advanced: { reread_insights_after: ["PT1H0M1S", "P7D"] } };
  const passes = new InsightPasses(world, ["evaluations"], { config });
  await passes.pass();
  world.clock.advance(3 * HOUR * 1_000);
  await passes.pass();
  await passes.pass();
  expect(passes.documents.evaluations).toHaveLength(1);
  expect(world.ports.log.lines.filter((line) => line.startsWith("warn"))).toEqual([]);
});

test("a call that was refused is asked again each hour, while a history is read too", async () => {
  const { world, clock } = await followedWorld();
  await using _ = world;
  for (let count = 0; count < 900; count++) addCall(world, 8 * DAY + count * MINUTE);
  const connector = connectorTo(world.emulator, clock, { log: world.ports.log }, 60_000);
  const config = { advanced: { requests_per_minute: 6 } };
  await using follower = new Follower({ connector, clock }, ["summaries"], { config });
  await follower.pass(5 * MINUTE * 1_000);
  const id = addCall(world, 0, ["summaries"]);
  world.emulator.faults.add({ kind: "status", status: 403, body: {}, match: `/v1/calls/${id}/`, every: 1 });
  await follower.pass(HOUR * 1_000);
  takeAsked(world);
  await follower.pass(3 * HOUR * 1_000);
  const asked = takeAsked(world);
  // The history goes on meanwhile.
  expect(asked.length).toBeGreaterThan(300);
  expect(asked.filter(({ callId }) => callId === id).length).toBeGreaterThanOrEqual(2);
});

test("a process whose state has insights of a kind reports no lack of them", async () => {
  await using world = await emptyWorld();
  for (let count = 0; count < 130; count++) addCall(world, 2 * HOUR + count, count < 10 ? ["summaries"] : []);
  const passes = new InsightPasses(world, ["summaries"]);
  await passes.pass();
  world.clock.advance(DAY * 1_000);
  await passes.pass();
  expect(takeAsked(world).length).toBeGreaterThan(200);
  expect(world.ports.log.lines.filter((line) => line.includes("None of the last"))).toEqual([]);
});

test("recordings that were deleted after days are not reported as calls that were not recorded", async () => {
  await using world = await emptyWorld();
  const { calls } = world.emulator.account;
  const startedAtSeconds = nowSeconds(world) - 7 * DAY;
  for (let count = 0; count < 200; count++)
    calls.deleteAsset(calls.add(1, { startedAtSeconds: startedAtSeconds + count }));
  await new InsightPasses(world, ["summaries"]).pass();
  expect(world.ports.log.lines.filter((line) => line.includes("none with a recording"))).toEqual([]);
});
