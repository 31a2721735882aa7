import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MOST_KNOWN_BYTES } from "../../src/streams/calls/known-calls.ts";
import { lasting } from "../property/collections.ts";
import { Follower } from "../support/capture.ts";
import { leapingClock, TestClock } from "../support/clock.ts";
import { draws, holdsForAll } from "../support/draws.ts";
import { idsOf, Replica } from "../support/replica.ts";
import { startWorld } from "../support/world.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const QUIET = { calls: 0, contacts: 0, users: 1, numbers: 1, teams: 0, tags: 1, webhooks: 0 };

test("T3: a change that is taken back around a restart is captured, though half an hour after its start two readings meet a call", async () => {
  await using world = await startWorld({ account: QUIET }, new TestClock());
  const { account, faults } = world.emulator;
  const tagId = account.tags.listed[0]?.id ?? 0;
  const replica = new Replica(world, "calls");

  await replica.pass();
  const id = account.calls.ring();
  account.calls.end(id);
  await replica.pass();
  world.clock.advance(29.9 * MINUTE_MS);
  faults.add({ kind: "edit", match: "/v1/calls", edit: () => world.clock.advance(MINUTE_MS / 2) });
  faults.add({ kind: "edit", match: "/v1/calls", nth: 2, edit: () => account.calls.tag(id, tagId) });
  await replica.pass();
  account.calls.untag(id, tagId);

  await using follower = new Follower(world, ["calls"], { state: replica.state });
  await follower.pass(8 * 60 * MINUTE_MS);
  const last = [...replica.rows.values(), ...follower.documents].at(-1);
  expect(last).toMatchObject({ id, tags: account.calls.life(id).tags });
});

/** An account of so many calls, one each six hours, to which nothing happens by itself. */
async function stillCalls(count: number) {
  const world = await startWorld({ account: QUIET });
  const nowSeconds = Math.floor(world.clock.now() / 1000);
  for (let call = 1; call <= count; call++)
    world.emulator.account.calls.add(1, { startedAtSeconds: nowSeconds - call * 6 * 3600 });
  return world;
}

describe("T5: a process that starts captures no call again that has not changed", () => {
  test("in a run each night", async () => {
    await using world = await stillCalls(180);
    const replica = new Replica(world, "calls");
    expect(await replica.pass()).toHaveLength(180);
    for (let night = 0; night < 40; night++) {
      world.clock.advance(DAY_MS);
      expect(await replica.pass()).toEqual([]);
    }
    expect(replica.ownState.known).toEqual({});
  });

  test("but each that has, whatever its age", async () => {
    await using world = await stillCalls(110);
    const { account } = world.emulator;
    const tagId = account.tags.listed[0]?.id ?? 0;
    const replica = new Replica(world, "calls");
    await replica.pass();
    const ids = idsOf(replica.truth()).map(Number);
    for (const id of ids) account.calls.tag(id, tagId);
    const captured: (string | number)[] = [];
    for (let night = 0; night < 31; night++) {
      world.clock.advance(DAY_MS);
      captured.push(...idsOf(await replica.pass()));
    }
    expect(captured.toSorted()).toEqual(ids);
    expect(replica.documents).toEqual(replica.truth());
  });

  test("wherever the process was interrupted", async () => {
    await using world = await stillCalls(100);
    const replica = new Replica(world, "calls");
    const captured: (string | number)[] = [];
    for (let lines = 1; captured.length < 100; lines += 7) {
      captured.push(...idsOf(await replica.pass(lines)));
      world.clock.advance(11 * HOUR_MS);
    }
    world.clock.advance(DAY_MS);
    captured.push(...idsOf(await replica.pass()));
    expect(captured.toSorted()).toEqual(idsOf(replica.truth()).toSorted());
  });
});

test("T5: wherever processes end, in whatever history, no version of a call is captured twice, and none is left out", async () => {
  const bursts = fc.array(
    fc.record({ hoursAgo: fc.integer({ min: 1, max: 60 * 24 }), calls: fc.integer({ min: 1, max: 120 }) }),
    { minLength: 1, maxLength: 8 },
  );
  const ends = fc.array(fc.record({ lines: fc.integer({ min: 1, max: 200 }), hours: fc.nat(100) }), {
    maxLength: 8,
  });
  await holdsForAll("ends", fc.record({ bursts, ends }), draws(15, 500), async (drawn) => {
    await using world = await startWorld({ account: QUIET }, leapingClock());
    const nowSeconds = Math.floor(world.clock.now() / 1000);
    for (const { hoursAgo, calls } of drawn.bursts)
      world.emulator.account.calls.add(calls, { startedAtSeconds: nowSeconds - hoursAgo * 3_600 });
    const replica = new Replica(world, "calls");
    const versions = new Set<string>();
    for (const { lines, hours } of [
      ...drawn.ends,
      { lines: Infinity, hours: 24 },
      { lines: Infinity, hours: 0 },
    ]) {
      for (const { _meta, ...call } of await replica.pass(lines)) {
        const version = lasting(call);
        if (versions.has(version)) throw new Error(`captured twice: ${version}`);
        versions.add(version);
      }
      world.clock.advance(hours * HOUR_MS);
    }
    expect(idsOf(replica.documents)).toEqual(idsOf(replica.truth()));
  });
});

test("T6: calls that state has no room for are reported, and captured again when they are re-read", async () => {
  await using world = await stillCalls(80);
  const replica = new Replica(world, "calls");
  await replica.pass();
  const { known } = replica.ownState as { known: Record<string, Record<string, string>> };
  // A text as large as the limit, of calls that are later than all others.
  const filler = "BAAAAA".repeat(Math.ceil(MOST_KNOWN_BYTES / 6));
  known[Number(Object.keys(known).at(-1)) + 1] = { 0: filler };
  world.clock.advance(DAY_MS);
  const again = await replica.pass();
  expect(again.length).toBeGreaterThan(0);
  expect(world.ports.log.lines).toContainEqual(
    expect.stringMatching(/^warn There are more calls within the re-read ages than the state keeps: /),
  );
  expect(replica.documents).toEqual(replica.truth());
});
