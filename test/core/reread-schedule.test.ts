import { describe, expect, test } from "vitest";
import type { Emulator } from "../../emulator/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { Follower } from "../support/capture.ts";
import { leapingClock } from "../support/clock.ts";
import { draws, isDeep } from "../support/draws.ts";
import { idsOf, Replica } from "../support/replica.ts";
import { expectAmong } from "../support/sets.ts";
import type { World } from "../support/world.ts";
import { startWorld } from "../support/world.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const QUIET = { calls: 0, contacts: 0, users: 3, numbers: 2, teams: 1, tags: 3, webhooks: 0 };
const HOURLY = { resource: { interval: "PT1H" } };
/** Nothing but the ages reads calls again. */
const HOURLY_AT_AGES = { ...HOURLY, config: { advanced: { spare_share: 0 } } };

const quietWorld = (options = {}) => startWorld({ account: QUIET, ...options });
const secondsOf = ({ clock }: World) => Math.floor(clock.now() / 1000);

/** A call of three minutes that ended just now. */
function finishedCall({ emulator, clock }: World): number {
  const { calls } = emulator.account;
  const id = calls.ring({ direction: "inbound" });
  clock.advance(10_000);
  calls.answer(id);
  clock.advance(3 * MINUTE_MS);
  calls.end(id);
  return id;
}

describe("what a call gains late", () => {
  type Change = (calls: Emulator["account"]["calls"], id: number, account: Emulator["account"]) => void;
  const tag: Change = (calls, id, { tags }) => calls.tag(id, tags.listed[0]?.id ?? 0);
  const changes: [string, number, number, Change][] = [
    ["a recording after 5 hours", 5 * HOUR_MS, 6 * HOUR_MS, (calls, id) => calls.record(id)],
    ["a tag after 20 hours", 20 * HOUR_MS, DAY_MS, tag],
    ["a comment after 2 days", 2 * DAY_MS, 3 * DAY_MS, (calls, id) => calls.comment(id, "late")],
    [
      "an assignee after 6 days",
      6 * DAY_MS,
      7 * DAY_MS,
      (calls, id, { users }) => calls.assign(id, users.listed[0]?.id ?? 0),
    ],
    ["an archive mark after 29 days", 29 * DAY_MS, 30 * DAY_MS, (calls, id) => calls.archive(id)],
  ];

  test.each(changes)("%s is captured at the next re-read", async (_, changedMs, rereadMs, change) => {
    await using world = await quietWorld();
    await using follower = new Follower(world, ["calls"], HOURLY_AT_AGES);
    await follower.rest();
    const { account } = world.emulator;
    const id = finishedCall(world);
    await follower.pass(changedMs);
    change(account.calls, id, account);
    expect(await follower.pass(Math.max(rereadMs - changedMs - 2 * HOUR_MS, 0))).toEqual([]);
    expect(idsOf(await follower.pass(4 * HOUR_MS))).toEqual([id]);
    expect(follower.documents.at(-1)).toMatchObject(JSON.parse(JSON.stringify(unsigned(account, world))));
  });

  test("a tag that the company deletes is taken from the calls that had it", async () => {
    await using world = await quietWorld();
    await using follower = new Follower(world, ["calls"], HOURLY);
    const { calls, tags } = world.emulator.account;
    const id = finishedCall(world);
    calls.tag(id, tags.listed[0]?.id ?? 0);
    await follower.pass(2 * DAY_MS);
    expect(follower.documents.at(-1)).toMatchObject({ id, tags: [{}] });
    tags.remove(tags.listed[0]?.id ?? 0);
    await follower.pass(2 * DAY_MS);
    expect(follower.documents.at(-1)).toMatchObject({ id, tags: [] });
  });

  test("what comes after the last re-read is not seen", async () => {
    await using world = await quietWorld();
    await using follower = new Follower(world, ["calls"], { resource: { interval: "PT6H" } });
    const { calls } = world.emulator.account;
    const id = finishedCall(world);
    await follower.pass(31 * DAY_MS);
    calls.archive(id);
    expect(await follower.pass(10 * DAY_MS)).toEqual([]);
  });
});

/** The only call, less what differs at each read. */
function unsigned(_: Emulator["account"], { emulator }: World): JsonObject {
  const {
    recording: _recording,
    user: _user,
    number: _number,
    assigned_to: _assigned,
    ...call
  } = emulator.truth("calls").next().value as JsonObject;
  return call;
}

test.runIf(isDeep)("a call that has not changed is captured once in all its life", async () => {
  await using world = await startWorld({ account: { ...QUIET, calls: 120, days: 60 } });
  await using follower = new Follower(world, ["calls"], { resource: { interval: "PT3H" } });
  await follower.pass(35 * DAY_MS);
  const versions = follower.documents.map((call) =>
    JSON.stringify(call)
      .replace(/\?X-Amz-[^"]*/g, "")
      .replace(/"(available|availability_status|substatus|open)":[^,}]*/g, ""),
  );
  expect(versions.length).toBeGreaterThan(160);
  expect(new Set(versions).size).toBe(versions.length);
});

describe("a call that goes on", () => {
  test("for three hours is followed to its end, and once more when it has settled", async () => {
    await using world = await quietWorld();
    await using follower = new Follower(world, ["calls"]);
    await follower.rest();
    const { calls } = world.emulator.account;
    const id = calls.ring();
    calls.answer(id);
    await follower.pass(3 * HOUR_MS);
    calls.end(id);
    calls.record(id);
    await follower.pass(19 * MINUTE_MS);
    expect(follower.documents.at(-1)).toMatchObject({ id, status: "done", recording: expect.any(String) });
    calls.settle(id);
    expect(idsOf(await follower.pass(2 * MINUTE_MS))).toEqual([id]);
    expect(await follower.pass(2 * HOUR_MS)).toEqual([]);
  });

  test("costs ever fewer requests, and none after a day", async () => {
    await using world = await quietWorld();
    await using follower = new Follower(world, ["calls"], HOURLY);
    await follower.rest();
    const id = world.emulator.account.calls.ring();
    await follower.pass(30 * HOUR_MS);
    const { byPath } = world.emulator.requests;
    const followed = byPath.get("/v1/calls/:id") ?? 0;
    expect(followed).toBeGreaterThan(5);
    expect(followed).toBeLessThan(30);
    await follower.pass(10 * HOUR_MS);
    expect(byPath.get("/v1/calls/:id")).toBe(followed);
    expect(idsOf(follower.documents)).toEqual([id]);
  });

  test("and cannot be read by itself holds up neither the re-reads nor the history", async () => {
    await using world = await startWorld({ account: { ...QUIET, calls: 300, days: 20 } }, leapingClock());
    const replica = new Replica(world, "calls");
    await replica.pass(30);
    const { calls } = world.emulator.account;
    calls.answer(calls.ring());
    const late = finishedCall(world);
    for (let quarters = 0; quarters < 4; quarters++) {
      await replica.pass(30);
      world.clock.advance(15 * MINUTE_MS);
    }
    world.emulator.faults.add({ kind: "status", status: 500, match: /calls\/\d+/, every: 1 });
    world.clock.advance(3 * HOUR_MS);
    calls.record(late);
    for (let hours = 0; hours < 8; hours++) {
      world.clock.advance(HOUR_MS);
      await replica.pass();
    }
    expectAmong(idsOf(replica.truth()), idsOf(replica.documents));
    expect(replica.rows.get(String(late))).toMatchObject({ recording: expect.any(String) });
  });

  test("holds up nothing", async () => {
    await using world = await quietWorld();
    await using follower = new Follower(world, ["calls"]);
    await follower.rest();
    world.emulator.account.calls.ring();
    for (let hours = 0; hours < 8; hours++) {
      await follower.pass(HOUR_MS);
      const id = finishedCall(world);
      expect(idsOf(await follower.pass(2 * MINUTE_MS))).toEqual([id]);
    }
  });

  test.each([404, 403, 400])("and is refused with %i is not deleted, and stops nothing", async (status) => {
    await using world = await quietWorld();
    await using follower = new Follower(world, ["calls"]);
    await follower.rest();
    const id = world.emulator.account.calls.ring();
    world.emulator.faults.add({ kind: "status", status, match: /calls\/\d+/, every: 1 });
    await follower.pass(2 * HOUR_MS);
    const next = finishedCall(world);
    await follower.pass(2 * MINUTE_MS);
    expect(idsOf(follower.documents)).toEqual([id, next]);
    expect(follower.documents.map(({ _meta }) => _meta.op)).toEqual(["u", "u"]);
  });
});

test("a call that is listed only once it has ended is captured by its next re-read, however long it took", async () => {
  await using world = await quietWorld({ listInProgress: false });
  await using follower = new Follower(world, ["calls"]);
  await follower.rest();
  const { calls } = world.emulator.account;
  const id = calls.ring();
  calls.answer(id);
  await follower.pass(2 * HOUR_MS);
  calls.end(id);
  expect(await follower.pass(HOUR_MS)).toEqual([]);
  expect(idsOf(await follower.pass(4 * HOUR_MS))).toEqual([id]);
});

test("what a call gains in its half hour is captured within three minutes", async () => {
  await using world = await quietWorld();
  await using follower = new Follower(world, ["calls"]);
  const id = finishedCall(world);
  const { calls, tags } = world.emulator.account;
  await follower.pass(3 * MINUTE_MS);
  for (const tag of tags.listed) {
    await follower.pass(5 * MINUTE_MS);
    calls.tag(id, tag.id);
    expect(idsOf(await follower.pass(3 * MINUTE_MS))).toEqual([id]);
  }
});

test("what a re-read finds is not lost, whichever line of it is the last", async () => {
  for (let lines = 1; lines <= 12; lines++) {
    await using world = await quietWorld();
    const replica = new Replica(world, "calls");
    const ids = [finishedCall(world), finishedCall(world)];
    await replica.pass();
    world.clock.advance(8 * HOUR_MS);
    await replica.pass();
    for (const id of ids) world.emulator.account.calls.archive(id);
    world.clock.advance(20 * HOUR_MS);
    await replica.pass(lines);
    await replica.pass();
    expect(replica.documents.map(({ archived }) => archived)).toEqual([true, true]);
  }
});

test("what a failure has kept back is captured when the stream is tried again", async () => {
  await using world = await quietWorld();
  await using follower = new Follower(world, ["calls"]);
  await follower.pass(MINUTE_MS);
  const ids = Array.from({ length: 60 }, () => {
    world.clock.advance(10_000);
    return world.emulator.account.calls.add(1, { startedAtSeconds: secondsOf(world) });
  });
  // The second page of the poll is refused: the documents of the first are covered, and what the second brought is not.
  world.emulator.faults.add({ kind: "status", status: 400, match: /calls\?/, nth: 2, every: 1, times: 1 });
  await follower.rest();
  await follower.pass(2 * HOUR_MS);
  expect(new Set(idsOf(follower.documents))).toEqual(new Set(ids));
});

describe("a busy account", () => {
  test.runIf(isDeep)("is polled less far back, and every call reaches the collection at once", async () => {
    await using world = await quietWorld();
    const { calls } = world.emulator.account;
    const ringForAMinute = () => {
      for (let seconds = 0; seconds < 60; seconds += 2) {
        calls.add(10, { startedAtSeconds: secondsOf(world) });
        world.clock.advance(2_000);
      }
    };
    await using follower = new Follower(world, ["calls"]);
    for (let minutes = 0; minutes < 15; minutes++) ringForAMinute();
    await follower.rest();
    const requestsOf: number[] = [];
    for (let polls = 0; polls < 5; polls++) {
      for (let minutes = 0; minutes < 3; minutes++) ringForAMinute();
      world.emulator.requests.clear();
      await follower.rest();
      requestsOf.push(world.emulator.requests.total);
      expect(new Set(idsOf(follower.documents)).size).toBe((15 + 3 * (polls + 1)) * 300);
    }
    const [nearest = 0, farthest = 0] = [Math.min(...requestsOf), Math.max(...requestsOf)];
    expect(nearest).toBeLessThan(60);
    expect(farthest).toBeGreaterThan(2 * nearest);
  });
});

describe("the re-read schedule", () => {
  const cursorsOf = (replica: Replica) => replica.ownState.rungs as Record<string, number>;
  const withAges = (...ages: string[]) => ({ config: { advanced: { reread_calls_after: ages } } });
  const agesAlone = { config: { advanced: { reread_requests_per_pass: 0 } } };

  test("reads what a pause of two days has left out once, not once for each step", async () => {
    await using world = await startWorld(
      { account: { ...QUIET, calls: draws(6_000, 12_000), days: 60 } },
      leapingClock(),
    );
    const replica = new Replica(world, "calls", agesAlone);
    await replica.pass();
    const before = cursorsOf(replica);
    world.clock.advance(2 * DAY_MS);
    world.emulator.requests.clear();
    await replica.pass();
    const now = secondsOf(world);
    for (const [age, cursor] of Object.entries(cursorsOf(replica))) {
      expect(cursor - (before[age] ?? 0)).toBeGreaterThanOrEqual(2 * 86_400 - 60);
      expect(cursor).toBeLessThanOrEqual(now - Number(age));
    }
    const twoDays = replica.truth().filter((call) => Number(call.started_at) > now - 2 * 86_400).length;
    // The steps of 3, 7 and 30 days read two days of calls each; those below share the last two.
    expect(world.emulator.requests.total).toBeLessThan(4 * Math.ceil(twoDays / 50));
    expectAmong(idsOf(replica.truth()), idsOf(replica.documents));
  });

  test("reads steps that adjoin as one, so that a quiet night takes five requests", async () => {
    await using world = await startWorld({ account: QUIET }, leapingClock());
    const nowSeconds = secondsOf(world);
    for (let hours = 1; hours <= 40 * 24; hours++)
      world.emulator.account.calls.add(1, { startedAtSeconds: nowSeconds - hours * 3_600 });
    const replica = new Replica(world, "calls", agesAlone);
    await replica.pass();
    for (let night = 0; night < 3; night++) {
      world.clock.advance(DAY_MS);
      world.emulator.requests.clear();
      expect(await replica.pass()).toEqual([]);
      const now = secondsOf(world);
      const windows = world.emulator.requests.recent.map(({ target }) => {
        const query = new URL(target, "http://aircall.test").searchParams;
        return [query.get("from"), query.get("to")].map((instant) => (now - Number(instant)) / 3_600);
      });
      const seam = 1 / 3_600;
      expect(windows).toEqual([
        [0.5, -0.5],
        [31 * 24 + seam, 30 * 24],
        [8 * 24 + seam, 7 * 24],
        [4 * 24 + seam, 3 * 24],
        [2 * 24 + seam, 0.5],
      ]);
    }
  });

  test("keeps the cursors that it knows when other ages are configured", async () => {
    await using world = await quietWorld();
    const first = new Replica(world, "calls", withAges("P1D", "P7D"));
    await first.pass();
    world.clock.advance(3 * DAY_MS);
    await first.pass();
    const known = cursorsOf(first);
    expect(Object.keys(known).map(Number)).toEqual([1800, 86_400, 604_800]);
    const second = new Replica(world, "calls", { ...withAges("P3D", "P7D", "P30D"), state: first.ownState });
    await second.pass();
    const day = 86_400;
    const now = secondsOf(world);
    expect(cursorsOf(second)).toEqual({
      1800: known[1800],
      [3 * day]: now - 3 * day,
      [7 * day]: known[7 * day],
      [30 * day]: now - 30 * day,
    });
  });

  test("begins a new step where the next older one stands", async () => {
    await using world = await quietWorld();
    const id = finishedCall(world);
    const { calls } = world.emulator.account;
    const first = new Replica(world, "calls", withAges("P7D"));
    await first.pass();
    world.clock.advance(4 * DAY_MS);
    await first.pass();
    calls.archive(id);
    const second = new Replica(world, "calls", { ...withAges("P3D", "P7D"), state: first.ownState });
    expect(idsOf(await second.pass())).toEqual([id]);
  });

  test("begins at once, and the history is read once more, after a version that had neither ages nor a start date", async () => {
    await using world = await quietWorld();
    const now = secondsOf(world);
    const { calls } = world.emulator.account;
    const [older, late] = [40, 20].map((days) => calls.add(1, { startedAtSeconds: now - days * 86_400 }));
    const state = { settledThrough: now - 1_800, recent: {}, backfilledAt: now - 86_400 };
    const replica = new Replica(world, "calls", { state });
    expect(idsOf(await replica.pass())).toEqual([late, older]);
    expect(replica.ownState).not.toHaveProperty("settledThrough");
    expect(await replica.pass()).toEqual([]);
  });
});
