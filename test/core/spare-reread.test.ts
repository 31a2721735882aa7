import { describe, expect, test } from "vitest";
import { type EmulatorOptions, startEmulator } from "../../emulator/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import type { LogFields } from "../../src/shared/ports.ts";
import { Follower, type FollowerOptions } from "../support/capture.ts";
import { TestClock, takingTime } from "../support/clock.ts";
import { idsOf, Replica } from "../support/replica.ts";
import { connectorTo, testPorts } from "../support/world.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_SECONDS = 86_400;
const QUIET = { calls: 0, contacts: 0, users: 1, numbers: 1, teams: 0, tags: 3, webhooks: 0 };

/** The whole cycle of a small account takes less, since it begins anew every few minutes. */
const CYCLE_MS = 5 * MINUTE_MS;

interface Sent {
  readonly purpose: string;
  readonly atMs: number;
  /** Where the window of the request ends; Unix seconds. */
  readonly toSeconds: number;
}

/** An account, and a capture of its calls whose requests are known by their purpose. */
async function startFollowing({
  latencyMs = 0,
  windowMs = 0,
  account = QUIET,
  ...options
}: FollowerOptions & { latencyMs?: number; windowMs?: number; account?: EmulatorOptions["account"] } = {}) {
  const clock = new TestClock();
  const emulator = await startEmulator({ clock: clock.truth, limit: null, account });
  const sent: Sent[] = [];
  const ports = testPorts(clock);
  const log = {
    ...ports.log,
    debug(message: string, { purpose, tookMs }: LogFields = {}) {
      const toSeconds = Number(/[?&]to=(\d+)/.exec(message)?.[1]);
      sent.push({ purpose: String(purpose), atMs: clock.now() - Number(tookMs), toSeconds });
    },
  };
  const fetch = takingTime(clock, emulator.fetch, latencyMs);
  const world = { clock, emulator, ports, connector: connectorTo(emulator, clock, { log, fetch }, windowMs) };
  return {
    ...world,
    sent,
    follow: (others: FollowerOptions = {}) => new Follower(world, ["calls"], { ...options, ...others }),
    sentFor: (purpose: string) => sent.filter((request) => request.purpose === purpose),
    /** One call that has ended, so long before now. */
    add: (ageSeconds: number, count = 1) =>
      emulator.account.calls.add(count, {
        startedAtSeconds: Math.floor(clock.truth.now() / 1000) - ageSeconds,
      }),
    tag: (id: number, index = 0) =>
      emulator.account.calls.tag(id, emulator.account.tags.listed[index]?.id ?? 0),
    [Symbol.asyncDispose]: () => emulator.close(),
  };
}

const SPARE = "spare re-read";

/** So many calls, and so few requests to spare for them, that none of these is left. */
const SCARCE = {
  windowMs: MINUTE_MS,
  latencyMs: 300,
  account: { ...QUIET, calls: 1_500, days: 33 },
  config: { advanced: { requests_per_minute: 20, spare_share: 20 } },
};

describe("calls between the ages are read again in a cycle", () => {
  test.each([
    ["an hour", 3_600],
    ["20 hours", 20 * 3_600],
    ["two days", 2 * DAY_SECONDS],
    ["five days", 5 * DAY_SECONDS],
    ["29 days", 29 * DAY_SECONDS],
  ])("so that a tag after %s is captured within it, once", async (_, ageSeconds) => {
    await using world = await startFollowing();
    const id = world.add(ageSeconds);
    await using follower = world.follow();
    expect(idsOf(await follower.pass(10 * MINUTE_MS))).toEqual([id]);
    world.tag(id);
    expect(idsOf(await follower.pass(CYCLE_MS))).toEqual([id]);
    expect(await follower.pass(CYCLE_MS)).toEqual([]);
  });

  test("and nothing is captured or written of those that have not changed", async () => {
    await using world = await startFollowing();
    for (let hours = 2; hours < 200; hours += 1) world.add(hours * 3_600);
    await using follower = world.follow();
    await follower.pass(2 * MINUTE_MS);
    const before = { state: follower.state, spare: world.sentFor(SPARE).length };
    // Nor does a re-read age move in these minutes.
    expect(await follower.pass(9 * MINUTE_MS)).toEqual([]);
    expect(world.sentFor(SPARE).length).toBeGreaterThan(before.spare + 15);
    expect(follower.state).toBe(before.state);
  });

  test("the younger more often, in proportion to the fourth root of their age", async () => {
    await using world = await startFollowing(SCARCE);
    await using follower = world.follow({ take: () => {} });
    await follower.pass(10 * MINUTE_MS);
    const beganSeconds = world.clock.now() / 1000;
    await follower.pass(2 * HOUR_MS);
    // All requests of a reading end where the youngest calls of the tier began when it did.
    const readings = (youngestSeconds: number) => {
      const ends = world
        .sentFor(SPARE)
        .map(({ toSeconds }) => toSeconds + youngestSeconds)
        .filter((atSeconds) => atSeconds >= beganSeconds && atSeconds <= world.clock.now() / 1000);
      return new Set(ends).size;
    };
    const [day, month] = [readings(1_800), readings(10 * DAY_SECONDS)];
    expect(month).toBeGreaterThan(8);
    expect(day / month).toBeGreaterThan(30 ** 0.25 * 0.8);
    expect(day / month).toBeLessThan(30 ** 0.25 * 1.2);
  });

  test.each([
    ["PT1M", 60],
    ["PT10M", 6],
  ])(
    "with an interval of %s the youngest no more often than polls: %i times an hour",
    async (interval, times) => {
      await using world = await startFollowing({ windowMs: MINUTE_MS, resource: { interval } });
      for (const ageDays of [0.5, 2, 5, 20]) world.add(ageDays * DAY_SECONDS);
      await using follower = world.follow();
      await follower.pass(HOUR_MS);
      const before = world.sentFor(SPARE).length;
      await follower.pass(10 * HOUR_MS);
      const readings = [1, 3, 10, 30].map((days) => (10 * times) / days ** 0.25);
      const expected = readings.reduce((sum, count) => sum + count);
      expect(world.sentFor(SPARE).length - before).toBeGreaterThan(0.9 * expected);
      expect(world.sentFor(SPARE).length - before).toBeLessThanOrEqual(expected + 4);
    },
  );

  test("never before the start date, nor beyond the last age", async () => {
    const config = { start_date: "2026-06-10T00:00:00Z", advanced: { reread_calls_after: ["P2D"] } };
    await using world = await startFollowing({ config });
    world.add(40 * DAY_SECONDS);
    world.add(3_600);
    await using follower = world.follow();
    await follower.pass(HOUR_MS);
    world.emulator.requests.clear();
    await follower.pass(HOUR_MS);
    const oldest = Math.min(
      ...world.emulator.requests.recent.map(({ target }) => Number(/from=(\d+)/.exec(target)?.[1])),
    );
    expect(oldest).toBeGreaterThan(world.clock.now() / 1000 - 2 * DAY_SECONDS - 2 * 3_600);
    expect(world.sentFor(SPARE).length).toBeGreaterThan(0);
  });

  test("only those of which the state knows what was captured", async () => {
    await using world = await startFollowing();
    const old = world.add(20 * DAY_SECONDS);
    const young = world.add(2 * DAY_SECONDS);
    const replica = new Replica(
      {
        ...world,
        reader: () => {
          throw new Error("unused");
        },
        [Symbol.asyncDispose]: async () => {},
      } as never,
      "calls",
    );
    await replica.pass();
    const { known } = replica.ownState as { known: Record<string, JsonObject> };
    delete known[Object.keys(known).sort()[0] ?? ""];
    for (const id of [old, young]) world.tag(id);
    await using follower = world.follow({ state: replica.state });
    expect(idsOf(await follower.pass(CYCLE_MS))).toEqual([young]);
  });

  test("not while a history is read", async () => {
    await using world = await startFollowing(SCARCE);
    await using follower = world.follow();
    while (!JSON.stringify(follower.state).includes("backfilledAt")) {
      expect(world.sentFor(SPARE)).toEqual([]);
      await follower.pass(1_000);
    }
    expect(world.sentFor("backfill").length).toBeGreaterThan(20);
    await follower.pass(2 * MINUTE_MS);
    expect(world.sentFor(SPARE).length).toBeGreaterThan(0);
  });

  test("not with a share of 0", async () => {
    await using world = await startFollowing({ config: { advanced: { spare_share: 0 } } });
    const id = world.add(2 * DAY_SECONDS);
    await using follower = world.follow();
    await follower.pass(MINUTE_MS);
    world.tag(id);
    expect(await follower.pass(HOUR_MS)).toEqual([]);
    expect(world.sentFor(SPARE)).toEqual([]);
  });
});

describe("requests to spare", () => {
  test("are as many as the share, and no poll is late for them", async () => {
    await using world = await startFollowing(SCARCE);
    await using follower = world.follow({ take: () => {} });
    await follower.pass(10 * MINUTE_MS);
    const beganMs = world.clock.now();
    await follower.pass(HOUR_MS);
    const since = (purpose: string) =>
      world.sentFor(purpose).flatMap(({ atMs }) => (atMs >= beganMs ? [atMs] : []));
    expect(since(SPARE).length).toBeGreaterThan(0.95 * 60 * 4);
    expect(since(SPARE).length).toBeLessThanOrEqual(60 * 4);
    const polls = since("poll");
    const gaps = polls.slice(1).map((atMs, index) => atMs - (polls[index] ?? 0));
    expect(polls.length).toBeGreaterThanOrEqual(59);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(MINUTE_MS + SCARCE.latencyMs);
  });

  test("are none for ten minutes after a refusal", async () => {
    await using world = await startFollowing(SCARCE);
    await using follower = world.follow({ take: () => {} });
    await follower.pass(10 * MINUTE_MS);
    const beganMs = world.clock.now();
    world.emulator.faults.add({ kind: "status", status: 429, match: "/v1/calls" });
    await follower.pass(20 * MINUTE_MS);
    const after = world.sent.filter(({ atMs }) => atMs >= beganMs);
    const refusedMs = after[0]?.atMs ?? 0;
    const nextMs = after.slice(1).find(({ purpose }) => purpose === SPARE)?.atMs ?? 0;
    expect(nextMs).toBeGreaterThanOrEqual(refusedMs + 10 * MINUTE_MS);
    expect(nextMs).toBeLessThan(refusedMs + 11 * MINUTE_MS);
    // The refusal holds up all requests for a minute.
    expect(after.filter(({ purpose }) => purpose === "poll").length).toBeGreaterThanOrEqual(18);
  });
});

describe("a reading", () => {
  test("gets past a second that fills pages, and captures what has changed in it", async () => {
    await using world = await startFollowing();
    const first = world.add(5 * 3_600, 120);
    const later = world.add(4 * 3_600);
    await using follower = world.follow();
    const ids = new Set(idsOf(await follower.pass(10 * MINUTE_MS)).map(Number));
    expect(ids.size).toBe(121);
    for (const id of ids) world.tag(id);
    expect(new Set(idsOf(await follower.pass(CYCLE_MS)))).toEqual(ids);
    expect(ids.has(first) && ids.has(later)).toBe(true);
    const before = world.emulator.requests.total;
    await follower.pass(10 * MINUTE_MS);
    expect(world.emulator.requests.total - before).toBeLessThan(10 * 20);
  });

  test("that fails is logged and goes on later, and nothing else fails", async () => {
    await using world = await startFollowing();
    const id = world.add(2 * DAY_SECONDS);
    await using follower = world.follow();
    await follower.pass(10 * MINUTE_MS + 30_000);
    // Only the cycle asks for calls of so great an age now.
    const now = Math.floor(world.clock.now() / 1000);
    const target = new RegExp(`to=${String(now - DAY_SECONDS).slice(0, 6)}`);
    world.emulator.faults.add({ kind: "status", status: 503, match: target, times: 2 });
    world.tag(id);
    expect(idsOf(await follower.pass(10 * MINUTE_MS))).toEqual([id]);
    const lines = world.ports.log.lines.filter((line) => line.includes("503"));
    expect(lines).toHaveLength(2);
    for (const line of lines)
      expect(line).toMatch(/^info Calls are read again between the re-read ages later: /);
  });

  test.each([8 * DAY_SECONDS, -8 * DAY_SECONDS])(
    "goes on after a step of the clock by %i s, and when it is right again",
    async (aheadSeconds) => {
      await using world = await startFollowing();
      const ids = [3_600 * 3, 2 * DAY_SECONDS, 20 * DAY_SECONDS].map((ageSeconds) => world.add(ageSeconds));
      await using follower = world.follow();
      await follower.pass(10 * MINUTE_MS);
      world.clock.aheadMs = aheadSeconds * 1_000;
      await follower.pass(2 * MINUTE_MS);
      world.clock.aheadMs = 0;
      await follower.pass(2 * MINUTE_MS);
      for (const id of ids) world.tag(id);
      expect(idsOf(await follower.pass(CYCLE_MS)).toSorted()).toEqual(ids.toSorted());
    },
  );
});
