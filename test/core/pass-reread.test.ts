import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/shared/json.ts";
import { leapingClock } from "../support/clock.ts";
import { draws } from "../support/draws.ts";
import { idsOf, Replica } from "../support/replica.ts";
import { startWorld, type World } from "../support/world.ts";

const MINUTE_SECONDS = 60;
const DAY_SECONDS = 86_400;
const DAY_MS = DAY_SECONDS * 1_000;
const QUIET = { calls: 0, contacts: 0, users: 1, numbers: 1, teams: 0, tags: 3, webhooks: 0 };

/** As many calls a day as the default limit of a pass is for, in the deep run. */
const CALLS_A_DAY = draws(40, 1_000);
const HISTORY_DAYS = 34;

const worldOf = () => startWorld({ account: QUIET }, leapingClock());
const limitedTo = (reread_requests_per_pass: number) => ({
  config: { advanced: { reread_requests_per_pass } },
});

/** Calls at even distances up to an hour ago, so that all have ended, the earliest first. */
function addCalls({ emulator, clock }: World, count: number, spanSeconds: number): number[] {
  const nowSeconds = Math.floor(clock.now() / 1000) - 3_600;
  return Array.from({ length: count }, (_, index) =>
    emulator.account.calls.add(1, {
      startedAtSeconds: Math.floor(nowSeconds - spanSeconds * (1 - (index + 1) / count)),
    }),
  );
}

/** How many requests a pass sends. */
async function requestsOf(replica: Replica, { emulator }: World): Promise<number> {
  emulator.requests.clear();
  await replica.pass();
  return emulator.requests.total;
}

const tooMany = (world: World) =>
  world.ports.log.lines.filter((line) => line.includes("reread_requests_per_pass"));

describe("a pass reads all calls within reach of the ages again", () => {
  test("so that a run each night captures all changes of the last 30 days", async () => {
    await using world = await worldOf();
    const { account } = world.emulator;
    const ids = addCalls(world, CALLS_A_DAY * HISTORY_DAYS, HISTORY_DAYS * DAY_SECONDS);
    const replica = new Replica(world, "calls");
    await replica.pass();
    for (let night = 0; night < 3; night++) {
      // The latest started an hour ago.
      const within30Days = ids.slice(-Math.floor(CALLS_A_DAY * (30 - 1 / 24)));
      // At any age, and others each night.
      const changed = within30Days.filter((_, index) => index % 7 === night);
      for (const id of changed) account.calls.tag(id, account.tags.listed[night]?.id ?? 0);
      world.clock.advance(DAY_MS);
      const came = addCalls(world, CALLS_A_DAY, DAY_SECONDS);
      ids.push(...came);
      const captured = new Set(idsOf(await replica.pass()));
      expect([...changed, ...came].filter((id) => !captured.has(id))).toEqual([]);
      const now = Math.floor(world.clock.now() / 1000);
      const isWithin30Days = (call: JsonObject) => Number(call.started_at) > now - 30 * DAY_SECONDS;
      expect(replica.documents.filter(isWithin30Days)).toEqual(replica.truth().filter(isWithin30Days));
    }
    expect(tooMany(world)).toEqual([]);
  });

  test("up to the limit, with no request more than their pages", async () => {
    await using world = await worldOf();
    addCalls(world, 600, 29 * DAY_SECONDS);
    const replica = new Replica(world, "calls", limitedTo(12));
    await replica.pass();
    world.clock.advance(DAY_MS);
    // The tail and the ages take nine, and begin anew the re-read at the last six hours.
    expect(await requestsOf(replica, world)).toBeLessThanOrEqual(12 + 9 + 1);
    expect(tooMany(world)).toEqual([]);
  });

  test("but for more calls than the limit, which is logged once and costs a request", async () => {
    await using world = await worldOf();
    const { calls, tags } = world.emulator.account;
    const ids = addCalls(world, 600, 29 * DAY_SECONDS);
    const alone = new Replica(world, "calls", limitedTo(0));
    await alone.pass();
    const limited = new Replica(world, "calls", { ...limitedTo(11), state: alone.ownState });
    world.clock.advance(DAY_MS);
    for (const id of ids) calls.tag(id, tags.listed[0]?.id ?? 0);
    const agesOnly = await requestsOf(alone, world);
    expect(tooMany(world)).toEqual([]);
    expect(await requestsOf(limited, world)).toBe(agesOnly + 1);
    expect(tooMany(world)).toEqual([
      expect.stringMatching(
        /^info Only calls that have come to a re-read age .* all 600 calls .* take 12 requests, and advanced\.reread_requests_per_pass is 11\.$/,
      ),
    ]);
  });

  test("once, and none in the pass that reads them as history", async () => {
    await using world = await worldOf();
    addCalls(world, 200, 29 * DAY_SECONDS);
    const first = await requestsOf(new Replica(world, "calls"), world);
    expect(await requestsOf(new Replica(world, "calls", limitedTo(0)), world)).toBe(first);
  });

  test("and those that an interrupted pass has read of the history", async () => {
    await using world = await worldOf();
    const { calls, tags } = world.emulator.account;
    const ids = addCalls(world, 200, 29 * DAY_SECONDS);
    const replica = new Replica(world, "calls");
    await replica.pass(120);
    expect(replica.documents.length).toBeGreaterThan(0);
    expect(replica.documents.length).toBeLessThan(200);
    world.clock.advance(2 * 3_600_000);
    for (const id of ids) calls.tag(id, tags.listed[0]?.id ?? 0);
    await replica.pass();
    expect(replica.documents).toEqual(replica.truth());
  });

  test("and polls the tail meanwhile", async () => {
    await using world = await worldOf();
    addCalls(world, 1_000, 29 * DAY_SECONDS);
    const replica = new Replica(world, "calls");
    await replica.pass();
    world.clock.advance(DAY_MS);
    world.emulator.faults.add({
      kind: "edit",
      match: "/v1/calls",
      every: 1,
      edit: () => world.clock.advance(10_000),
    });
    world.emulator.requests.clear();
    await replica.pass();
    const now = Math.floor(world.clock.now() / 1000);
    const polls = world.emulator.requests.recent.flatMap(({ target }) => {
      const to = Number(new URL(target, "http://aircall.test").searchParams.get("to"));
      // Only a poll asks for calls of the last half hour.
      return to > now - 20 * MINUTE_SECONDS ? [to] : [];
    });
    expect(polls.length).toBeGreaterThan(3);
    const gaps = polls.slice(1).map((to, index) => to - (polls[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(MINUTE_SECONDS + 20);
  });

  test("not again where the sync mode has them read as history each day", async () => {
    await using world = await worldOf();
    addCalls(world, 200, 29 * DAY_SECONDS);
    const options = { resource: { syncMode: "full_refresh" } };
    const replica = new Replica(world, "calls", options);
    await replica.pass();
    world.clock.advance(DAY_MS);
    const state = JSON.parse(JSON.stringify(replica.ownState)) as JsonObject;
    const withLimit = await requestsOf(replica, world);
    const alone = new Replica(world, "calls", { ...options, ...limitedTo(0), state });
    expect(await requestsOf(alone, world)).toBe(withLimit);
  });
});
