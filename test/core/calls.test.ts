import { expect, test } from "vitest";
import type { JsonObject } from "../../src/shared/json.ts";
import { leapingClock } from "../support/clock.ts";
import { idsOf, Replica } from "../support/replica.ts";
import { expectAmong } from "../support/sets.ts";
import type { World } from "../support/world.ts";
import { startWorld } from "../support/world.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const QUIET = { calls: 0, contacts: 0, users: 3, numbers: 2, teams: 1, tags: 3, webhooks: 0 };

const quietWorld = (options = {}) => startWorld({ account: QUIET, ...options }, leapingClock());

const busyWorld = (calls: number, days: number) =>
  startWorld({ account: { ...QUIET, calls, days } }, leapingClock());

const secondsOf = ({ clock }: World) => Math.floor(clock.now() / 1000);

/** Every minute for a while, as a session that follows would. */
async function passEveryMinute(replica: Replica, world: World, minutes: number): Promise<void> {
  for (let passed = 0; passed < minutes; passed++) {
    world.clock.advance(MINUTE_MS);
    await replica.pass();
  }
}

test("a call is captured at each step of its life, to the settling of its start", async () => {
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

test("a call of this very second is captured at once", async () => {
  await using world = await quietWorld();
  const replica = new Replica(world, "calls");
  await replica.pass();
  const id = world.emulator.account.calls.ring();
  expect(idsOf(await replica.pass())).toEqual([id]);
});

test("a clock of ours that is a minute late hides no call", async () => {
  await using world = await quietWorld();
  const replica = new Replica(world, "calls");
  const id = world.emulator.account.calls.ring();
  world.clock.advance(-MINUTE_MS);
  expect(world.emulator.truth("calls").next().done).toBe(true);
  world.emulator.faults.add({ kind: "edit", match: "/v1/calls", edit: () => world.clock.advance(MINUTE_MS) });
  expect(idsOf(await replica.pass())).toEqual([id]);
});

test("a call of the second before the start date is not captured, by whatever reads that second again", async () => {
  await using world = await quietWorld();
  const { calls } = world.emulator.account;
  calls.end(calls.ring());
  world.clock.advance(1_000);
  const config = { start_date: new Date(world.clock.now()).toISOString() };
  const replica = new Replica(world, "calls", { config });
  for (let polls = 0; polls < 12; polls++) {
    await replica.pass();
    world.clock.advance(5 * MINUTE_MS);
  }
  expect(replica.documents).toEqual([]);
});

test("a call that vanishes while another comes takes no third one along", async () => {
  await using world = await quietWorld();
  const { calls } = world.emulator.account;
  const now = secondsOf(world);
  const ids = Array.from({ length: 120 }, (_, index) =>
    calls.add(1, { startedAtSeconds: now - 1_500 + 10 * index }),
  );
  world.emulator.faults.add({
    kind: "edit",
    match: "/v1/calls",
    nth: 2,
    edit: () => {
      calls.remove(ids[3] ?? 0);
      ids.push(calls.add(1, { startedAtSeconds: now - 5 }));
    },
  });
  const replica = new Replica(world, "calls");
  await replica.pass();
  expectAmong(idsOf(replica.truth()), idsOf(replica.documents));
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
  const seen = () => JSON.stringify([...world.emulator.truth("calls")]);
  const before = seen();
  world.clock.advance(11 * MINUTE_MS);
  expect(seen()).not.toBe(before);
  expect(await replica.pass()).toEqual([]);
});

test("after two days without a poll, all that has happened is captured", async () => {
  await using world = await busyWorld(600, 30);
  const replica = new Replica(world, "calls");
  await replica.pass();
  world.clock.advance(2 * DAY_MS);
  await replica.pass();
  expectAmong(idsOf(replica.truth()), idsOf(replica.documents));
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

test("a malformed call is skipped with a warning, and the others are captured", async () => {
  await using world = await quietWorld();
  const now = secondsOf(world);
  const body = {
    meta: { total: 4, next_page_link: null },
    calls: [
      { id: 1, started_at: now - 60, status: "done", ended_at: now - 30 },
      { id: 2, started_at: null, status: "done" },
      { id: "3", started_at: now - 60, status: "done" },
      { id: 2 ** 53, started_at: now - 60, status: "done" },
      null,
    ],
  };
  world.emulator.faults.add({ kind: "status", status: 200, match: "/v1/calls", body });
  const replica = new Replica(world, "calls");
  expect(idsOf(await replica.pass())).toEqual([1]);
  expect(world.ports.log.lines.filter((line) => line.startsWith("warn"))).toEqual([
    expect.stringMatching(/^warn skipped a row.*"started_at" cannot be used$/),
    expect.stringMatching(/^warn skipped a row.*"id" cannot be used$/),
    expect.stringMatching(/^warn skipped a row.*it is no object$/),
  ]);
});

test("calls of the second named by from are captured once when Aircall includes them", async () => {
  await using world = await startWorld(
    { account: { ...QUIET, calls: 300, days: 20 }, callsFromInclusive: true },
    leapingClock(),
  );
  const replica = new Replica(world, "calls");
  await replica.pass();
  expect(replica.documents).toEqual(replica.truth());
  expect(await replica.pass()).toEqual([]);
});
