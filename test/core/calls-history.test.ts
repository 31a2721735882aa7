import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { capture } from "../support/capture.ts";
import { leapingClock } from "../support/clock.ts";
import { draws, holdsForAll } from "../support/draws.ts";
import { idsOf, Replica } from "../support/replica.ts";
import { expectAmong } from "../support/sets.ts";
import type { World } from "../support/world.ts";
import { startWorld } from "../support/world.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const QUIET = { calls: 0, contacts: 0, users: 3, numbers: 2, teams: 1, tags: 3, webhooks: 0 };

const quietWorld = () => startWorld({ account: QUIET }, leapingClock());

const busyWorld = (calls: number, days: number) =>
  startWorld({ account: { ...QUIET, calls, days } }, leapingClock());

const secondsOf = ({ clock }: World) => Math.floor(clock.now() / 1000);

describe("the history", () => {
  test("is read whole, and once", async () => {
    await using world = await busyWorld(900, 60);
    const replica = new Replica(world, "calls");
    const documents = await replica.pass();
    expect(replica.documents).toEqual(replica.truth());
    expect(documents).toHaveLength(replica.rows.size);
    expect(replica.rows.size).toBeGreaterThan(500);
  });

  test("is read without a gap, wherever it is interrupted and however long", async () => {
    const cuts = fc.array(fc.tuple(fc.integer({ min: 1, max: 160 }), fc.nat(90)), { maxLength: 8 });
    await holdsForAll("history in pieces", cuts, draws(6, 300), async (interruptions) => {
      await using world = await busyWorld(400, 20);
      const replica = new Replica(world, "calls");
      for (const [messages, minutes] of interruptions) {
        await replica.pass(messages);
        world.clock.advance(minutes * MINUTE_MS);
      }
      await replica.pass();
      const truth = replica.truth().filter((call) => Number(call.started_at) < secondsOf(world));
      expectAmong(idsOf(truth), idsOf(replica.documents));
      const open = truth.filter(({ status }) => status !== "done");
      const openIds = new Set(idsOf(open));
      expect(replica.documents.filter(({ id }) => openIds.has(Number(id)))).toEqual(open);
    });
  });

  test.each([1, 51, 52, 53, 103])(
    "is read to its end when every session ends after %i messages",
    async (messages) => {
      await using world = await busyWorld(200, 20);
      const replica = new Replica(world, "calls");
      const calls = replica.truth().length;
      const sessions = messages < 51 ? 3 : Math.ceil((2 * calls) / (messages - 2)) + 5;
      for (let session = 0; session < sessions; session++) await replica.pass(messages);
      if (messages < 51) await replica.pass();
      expect(replica.documents).toEqual(replica.truth());
    },
  );

  test("goes on where a cut answer stopped it", async () => {
    await using world = await busyWorld(400, 20);
    const replica = new Replica(world, "calls");
    const fault = world.emulator.faults.add({ kind: "cut", match: /page=4/, every: 1 });
    const before = await replica.pass();
    expect(before.length).toBeGreaterThanOrEqual(150);
    fault.remove();
    const after = await replica.pass();
    expect(after.length).toBeLessThanOrEqual(replica.rows.size - before.length + 50);
    expect(replica.documents).toEqual(replica.truth());
  });

  test("begins at the start date", async () => {
    await using world = await quietWorld();
    const start = Date.UTC(2026, 4, 1) / 1000;
    const { calls } = world.emulator.account;
    calls.add(3, { startedAtSeconds: start - 1 });
    const within = calls.add(2, { startedAtSeconds: start });
    const config = { start_date: "2026-05-01T00:00:00Z" };
    const replica = new Replica(world, "calls", { config });
    await replica.pass();
    expect(idsOf(replica.documents)).toEqual([within, within + 1]);
  });

  test("has not begun before a start date that another clock has reached", async () => {
    await using world = await quietWorld();
    const { calls } = world.emulator.account;
    calls.add(3, { startedAtSeconds: secondsOf(world) - 60 });
    const start_date = new Date(world.clock.now() + 4 * MINUTE_MS).toISOString();
    const replica = new Replica(world, "calls", { config: { start_date } });
    expect(await replica.pass()).toEqual([]);
    world.clock.advance(2 * HOUR_MS);
    const id = calls.add(1, { startedAtSeconds: secondsOf(world) - 60 });
    expect(idsOf(await replica.pass())).toEqual([id]);
  });

  test("is read whole again once a day with full_refresh, and only then", async () => {
    await using world = await quietWorld();
    const { calls, tags } = world.emulator.account;
    const id = calls.add(1, { startedAtSeconds: secondsOf(world) - 40 * 86_400 });
    const daily = new Replica(world, "calls", { resource: { syncMode: "full_refresh" } });
    const incremental = new Replica(world, "calls");
    for (const replica of [daily, incremental]) await replica.pass();
    calls.tag(id, tags.listed[0]?.id ?? 0);
    world.clock.advance(20 * HOUR_MS - 1_000);
    for (const replica of [daily, incremental]) expect(await replica.pass()).toEqual([]);
    world.clock.advance(1_000);
    expect(idsOf(await daily.pass())).toEqual([id]);
    expect(await incremental.pass()).toEqual([]);
    expect(daily.documents).toEqual(daily.truth());
    expect(await daily.pass()).toEqual([]);
  });
});

test("a call that a re-read has captured is not captured again by a history that is read on days later", async () => {
  await using world = await busyWorld(3_000, 60);
  const replica = new Replica(world, "calls");
  await replica.pass(200);
  world.clock.advance(10 * DAY_MS);
  const captured = idsOf(await replica.pass());
  expect(new Set(captured).size).toBe(captured.length);
});

test("the tail is polled while a long history is read", async () => {
  await using world = await busyWorld(2_000, 60);
  const { calls } = world.emulator.account;
  world.emulator.faults.add({
    kind: "edit",
    match: "/v1/calls",
    every: 1,
    edit: () => world.clock.advance(20_000),
  });
  const ringing: number[] = [];
  const seen: number[] = [];
  let pages = 0;
  world.emulator.faults.add({
    kind: "edit",
    match: "/v1/calls",
    nth: 5,
    edit: () => ringing.push(calls.ring()),
  });
  for await (const { documents } of capture(world.connector, ["calls"])) {
    if (documents.some(({ id }) => id === ringing[0])) seen.push(pages);
    pages += 1;
  }
  expect(seen[0]).toBeLessThan(15);
  expect(pages).toBeGreaterThan(40);
});

test.each([
  ["a start date before 1970", { start_date: "1969-12-31" }, {}],
  ["a start date at the beginning of 1970", { start_date: "1970-01-01T00:00:00Z" }, {}],
  [
    "the state of a version that began before 1970",
    { start_date: "1970-01-01" },
    { backfill: { after: -1, until: 1_781_400_000 }, rungs: {}, recent: {}, open: {} },
  ],
])("%s asks for no time before 1970", async (_, config, calls) => {
  await using world = await startWorld({ account: { ...QUIET, calls: 60 } }, leapingClock());
  const state = { bindingStateV1: { calls } };
  const documents = [];
  for await (const block of capture(world.connector, ["calls"], { config, state }))
    documents.push(...block.documents);
  expect(documents.length).toBeGreaterThan(50);
  const froms = world.emulator.requests.recent.map(({ target }) => Number(/from=(-?\d+)/.exec(target)?.[1]));
  expect(froms.length).toBeGreaterThan(0);
  expect(Math.min(...froms)).toBe(0);
});
