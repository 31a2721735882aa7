import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/shared/json.ts";
import { TestClock } from "../support/clock.ts";
import { CONFIG, startWorld } from "../support/world.ts";
import { idsOf, Replica, type World } from "./replica.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const QUIET = { calls: 0, contacts: 0, users: 3, numbers: 2, teams: 1, tags: 3, webhooks: 0 };

const quietWorld = (options = {}) =>
  startWorld({ account: QUIET, ...options }, new TestClock(undefined, { leaps: true }));

const busyWorld = (calls: number, days: number) =>
  startWorld({ account: { ...QUIET, calls, days } }, new TestClock(undefined, { leaps: true }));

const secondsOf = ({ clock }: World) => Math.floor(clock.now() / 1000);

/** A call to which nothing more will happen. */
function finishedCall({ emulator }: World, startedAtSeconds: number): number {
  const { calls } = emulator.account;
  const id = calls.ring({ startedAtSeconds });
  calls.end(id);
  return id;
}

/** Every minute for a while, as a session that follows would. */
async function passEveryMinute(replica: Replica, world: World, minutes: number): Promise<void> {
  for (let passed = 0; passed < minutes; passed++) {
    world.clock.advance(MINUTE_MS);
    await replica.pass();
  }
}

test("a call is kept as it is told at each step of its life, to the settling of its start", async () => {
  await using world = await quietWorld();
  const { calls, tags } = world.emulator.account;
  const replica = new Replica(world, "calls");
  await replica.pass();
  const id = calls.ring({ direction: "inbound" });
  const life = [
    () => {},
    () => calls.answer(id),
    () => calls.end(id),
    () => calls.record(id),
    () => calls.comment(id, "asked to call back"),
    () => calls.settle(id),
    () => calls.assign(id, world.emulator.account.users.listed[0]?.id ?? 0),
    () => calls.tag(id, tags.listed[0]?.id ?? 0),
  ];
  for (const step of life) {
    step();
    await passEveryMinute(replica, world, 2);
    expect(replica.documents).toEqual(replica.truth());
  }
  expect(replica.rows.get(String(id))).toMatchObject({
    status: "done",
    comments: [{ content: "asked to call back" }],
    tags: [{ id: tags.listed[0]?.id }],
    recording: expect.stringContaining("https://"),
  });
});

test("a change is given until 20 minutes after the end of the call", async () => {
  await using world = await quietWorld();
  const { calls, tags } = world.emulator.account;
  const replica = new Replica(world, "calls");
  const id = calls.ring();
  calls.answer(id);
  await passEveryMinute(replica, world, 40);
  calls.end(id);
  await passEveryMinute(replica, world, 19);
  calls.tag(id, tags.listed[0]?.id ?? 0);
  world.clock.advance(50_000);
  expect(idsOf(await replica.pass())).toEqual([id]);
  expect(replica.documents).toEqual(replica.truth());
});

test("a call of three hours is kept to its end, with its recording and its settled start", async () => {
  await using world = await quietWorld();
  const { calls } = world.emulator.account;
  const replica = new Replica(world, "calls");
  const id = calls.ring();
  calls.answer(id);
  for (let minutes = 0; minutes < 180; minutes += 10) {
    world.clock.advance(10 * MINUTE_MS);
    finishedCall(world, secondsOf(world) - 30);
    await replica.pass();
  }
  calls.end(id);
  await passEveryMinute(replica, world, 1);
  calls.record(id);
  await passEveryMinute(replica, world, 14);
  calls.settle(id);
  await passEveryMinute(replica, world, 1);
  const [told] = replica.truth();
  const [kept] = replica.documents;
  const settled = ["id", "status", "started_at", "ended_at", "duration", "recording", "cost"];
  expect(settled.map((field) => kept?.[field])).toEqual(settled.map((field) => told?.[field]));
  expect(kept).toMatchObject({ id, status: "done", recording: expect.any(String) });
});

test("a call that goes on does not hold up the calls after it, nor is anything given twice", async () => {
  await using world = await quietWorld();
  const replica = new Replica(world, "calls");
  world.emulator.account.calls.ring();
  const given: unknown[] = [];
  for (let hours = 0; hours < 8; hours++) {
    world.clock.advance(HOUR_MS);
    for (const age of [90, 60]) finishedCall(world, secondsOf(world) - age);
    given.push(...idsOf(await replica.pass()));
  }
  expect(new Set(given).size).toBe(17);
  expect(given).toHaveLength(17);
});

test("a call that is listed only once it has ended is not missed when it lasted under half an hour", async () => {
  await using world = await quietWorld({ listInProgress: false });
  const { calls } = world.emulator.account;
  const replica = new Replica(world, "calls");
  await passEveryMinute(replica, world, 1);
  const id = calls.ring();
  calls.answer(id);
  await passEveryMinute(replica, world, 28);
  expect(replica.rows.size).toBe(0);
  calls.end(id);
  await passEveryMinute(replica, world, 1);
  expect(idsOf(replica.documents)).toEqual([id]);
});

test("a call of this very second is given with the next look", async () => {
  await using world = await quietWorld();
  const replica = new Replica(world, "calls");
  await replica.pass();
  const id = world.emulator.account.calls.ring();
  expect(await replica.pass()).toEqual([]);
  world.clock.advance(1_000);
  expect(idsOf(await replica.pass())).toEqual([id]);
});

test("nothing is given again when nothing has changed, whether or not time has passed", async () => {
  await using world = await quietWorld();
  const replica = new Replica(world, "calls");
  const now = secondsOf(world);
  for (const age of [20, 600, 1_500, 30_000]) {
    for (let count = 0; count < 30; count++) finishedCall(world, now - age);
  }
  expect(await replica.pass()).toHaveLength(120);
  expect(await replica.pass()).toEqual([]);
  for (const minutes of [1, 5, 30, 600]) {
    world.clock.advance(minutes * MINUTE_MS);
    expect(await replica.pass()).toEqual([]);
  }
});

test("signed links and the presence of people are no change", async () => {
  await using world = await quietWorld({ account: { ...QUIET, users: 40 } });
  const { calls, users } = world.emulator.account;
  const replica = new Replica(world, "calls");
  for (const { id: userId } of users.listed) {
    const id = calls.ring({ direction: "outbound" });
    calls.answer(id, userId);
    calls.record(id);
  }
  await passEveryMinute(replica, world, 1);
  const before = replica.truth();
  world.clock.advance(11 * MINUTE_MS);
  expect(replica.truth()).not.toEqual(before);
  expect(await replica.pass()).toEqual([]);
});

test("after two days without a look, all that has happened is given", async () => {
  await using world = await busyWorld(600, 30);
  const replica = new Replica(world, "calls");
  await replica.pass();
  world.clock.advance(2 * DAY_MS);
  await replica.pass();
  expect(idsOf(replica.documents)).toEqual(expect.arrayContaining(idsOf(replica.truth())));
});

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
    await fc.assert(
      fc.asyncProperty(cuts, async (interruptions) => {
        await using world = await busyWorld(400, 20);
        const replica = new Replica(world, "calls");
        for (const [messages, minutes] of interruptions) {
          await replica.pass(messages);
          world.clock.advance(minutes * MINUTE_MS);
        }
        await replica.pass();
        const truth = replica.truth().filter((call) => Number(call.started_at) < secondsOf(world));
        expect(idsOf(replica.documents)).toEqual(expect.arrayContaining(idsOf(truth)));
        const open = truth.filter(({ status }) => status !== "done");
        expect(replica.documents).toEqual(expect.arrayContaining(open));
      }),
      { numRuns: 12, seed: 1 },
    );
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

  test("is read on where a cut answer stopped it", async () => {
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

  test("has not begun before a start date to come", async () => {
    await using world = await quietWorld();
    const { calls } = world.emulator.account;
    calls.add(3, { startedAtSeconds: secondsOf(world) - 60 });
    const start_date = new Date(world.clock.now() + HOUR_MS).toISOString();
    const replica = new Replica(world, "calls", { config: { start_date } });
    expect(await replica.pass()).toEqual([]);
    world.clock.advance(2 * HOUR_MS);
    const id = calls.add(1, { startedAtSeconds: secondsOf(world) - 60 });
    expect(idsOf(await replica.pass())).toEqual([id]);
  });

  test("is read whole again once a day with full_refresh, and only then", async () => {
    await using world = await quietWorld();
    const { calls, tags } = world.emulator.account;
    const id = calls.add(1, { startedAtSeconds: secondsOf(world) - 3 * 86_400 });
    const daily = new Replica(world, "calls", { resource: { syncMode: "full_refresh" } });
    const incremental = new Replica(world, "calls");
    for (const replica of [daily, incremental]) await replica.pass();
    calls.tag(id, tags.listed[0]?.id ?? 0);
    world.clock.advance(DAY_MS - 1_000);
    for (const replica of [daily, incremental]) expect(await replica.pass()).toEqual([]);
    world.clock.advance(1_000);
    expect(idsOf(await daily.pass())).toEqual([id]);
    expect(await incremental.pass()).toEqual([]);
    expect(daily.documents).toEqual(daily.truth());
    expect(await daily.pass()).toEqual([]);
  });
});

test("the present is looked at while a long history is read", async () => {
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
  const messages = world.connector.capture({
    config: CONFIG,
    bindings: [{ resourceConfig: { stream: "calls", syncMode: "incremental" }, stateKey: "it" }],
    state: {},
    until: "pass",
    signal: new AbortController().signal,
  });
  for await (const message of messages) {
    if ("checkpoint" in message) pages += 1;
    else if (message.captured.doc.id === ringing[0]) seen.push(pages);
  }
  expect(seen[0]).toBeLessThan(15);
  expect(pages).toBeGreaterThan(40);
});

test.each<JsonObject>([
  { x: 1 },
  { settledThrough: "2026-01-01" },
  { backfill: null, settledThrough: 5 },
  { settledThrough: 5, recent: [] },
  { digests: { 1: "a" } },
  { cursor: { started_at: "2026-01-01T00:00:00Z" }, state: [] },
])("a state that another version left, such as %j, is begun afresh", async (state) => {
  await using world = await busyWorld(100, 20);
  const replica = new Replica(world, "calls", { state });
  await replica.pass();
  expect(replica.documents).toEqual(replica.truth());
  expect(await replica.pass()).toEqual([]);
});

test("a call that cannot be used is passed over with a warning, and the others are given", async () => {
  await using world = await quietWorld();
  const now = secondsOf(world);
  const body = {
    meta: { total: 4, next_page_link: null },
    calls: [
      { id: 1, started_at: now - 60, status: "done", ended_at: now - 30 },
      { id: 2, started_at: null, status: "done" },
      { id: "3", started_at: now - 60, status: "done" },
      null,
    ],
  };
  world.emulator.faults.add({ kind: "status", status: 200, match: "/v1/calls", body });
  const replica = new Replica(world, "calls");
  expect(idsOf(await replica.pass())).toEqual([1]);
  expect(world.ports.log.lines).toContainEqual(expect.stringMatching(/^warn 3 rows without/));
});

test("calls of the second named by from are given once when Aircall includes them", async () => {
  await using world = await startWorld(
    { account: { ...QUIET, calls: 300, days: 20 }, callsFromInclusive: true },
    new TestClock(undefined, { leaps: true }),
  );
  const replica = new Replica(world, "calls");
  await replica.pass();
  expect(replica.documents).toEqual(replica.truth());
  expect(await replica.pass()).toEqual([]);
});
