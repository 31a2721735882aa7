import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError } from "../../src/errors.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { capture } from "../support/capture.ts";
import { leapingClock } from "../support/clock.ts";
import { draws, holdsForAll } from "../support/draws.ts";
import { idsOf, Replica } from "../support/replica.ts";
import { startWorld, type World } from "../support/world.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const QUIET = { calls: 0, contacts: 0, users: 1, numbers: 1, teams: 0, tags: 1, webhooks: 0 };
/** Half of them are older than any re-read reaches. */
const DAYS = 60;

const secondsOf = ({ clock }: World) => Math.floor(clock.now() / 1000);

/** An account with two calls a day, to which nothing happens. */
async function stillWorld() {
  const world = await startWorld({ account: QUIET }, leapingClock());
  for (let half = 1; half <= 2 * DAYS; half++)
    world.emulator.account.calls.add(1, { startedAtSeconds: secondsOf(world) - half * 43_200 });
  return world;
}

const daysAgo = (world: World, days: number) => new Date(world.clock.now() - days * DAY_MS).toISOString();

const since = (world: World, days: number) => ({ config: { start_date: daysAgo(world, days) } });

/** The replica with another config, as if the next process had read it from a changed file. */
const withConfig = (replica: Replica, world: World, config: JsonObject, resource: JsonObject = {}) =>
  new Replica(world, "calls", { state: replica.ownState, config, resource });

describe("an earlier start date than last time", () => {
  test.each([5, 20, 45])("reads what the start date of %i days ago left out, and only that", async (days) => {
    await using world = await stillWorld();
    const later = new Replica(world, "calls", since(world, days));
    expect(await later.pass()).toHaveLength(2 * days);
    expect(await later.pass()).toEqual([]);
    const earlier = withConfig(later, world, since(world, DAYS).config);
    const leftOut = idsOf(await earlier.pass());
    expect(leftOut).toHaveLength(2 * (DAYS - days));
    expect(leftOut.filter((id) => later.rows.has(String(id)))).toEqual([]);
    expect(await earlier.pass()).toEqual([]);
  });

  test("counts for a start date of the resource as well", async () => {
    await using world = await stillWorld();
    const everything = since(world, DAYS).config;
    const later = new Replica(world, "calls", { resource: { start_date: daysAgo(world, 10) } });
    expect(await later.pass()).toHaveLength(20);
    const earlier = withConfig(later, world, {}, { start_date: daysAgo(world, 40) });
    expect(await earlier.pass()).toHaveLength(60);
    expect(await withConfig(earlier, world, everything).pass()).toHaveLength(2 * DAYS - 80);
  });

  test("reads what came between a state of long ago and the later start date", async () => {
    await using world = await stillWorld();
    const first = new Replica(world, "calls", since(world, DAYS));
    await first.pass();
    world.clock.advance(3 * DAY_MS);
    const between = world.emulator.account.calls.add(1, { startedAtSeconds: secondsOf(world) - 2 * 86_400 });
    const later = withConfig(first, world, since(world, 1).config);
    expect(await later.pass()).toEqual([]);
    world.clock.advance(3 * HOUR_MS);
    expect(await later.pass()).toEqual([]);
    const earlier = withConfig(later, world, since(world, DAYS).config);
    expect(idsOf(await earlier.pass())).toEqual([between]);
  });

  test("reads everything once after a state that does not show where the history began", async () => {
    await using world = await stillWorld();
    const later = new Replica(world, "calls", since(world, 10));
    await later.pass();
    const { unread: _, ...earlierVersion } = later.ownState;
    const earlier = new Replica(world, "calls", { state: earlierVersion, ...since(world, DAYS) });
    const captured = idsOf(await earlier.pass());
    // What the state knows is not captured again.
    expect(captured).toHaveLength(2 * DAYS - 20);
    expect(world.ports.log.lines).toContainEqual(expect.stringMatching(/^info .* is read once more\.$/));
    expect(await earlier.pass()).toEqual([]);
  });

  test("reads each call once, whatever start dates come and wherever processes end", async () => {
    const starts = fc.array(fc.record({ days: fc.nat(DAYS), lines: fc.integer({ min: 1, max: 150 }) }), {
      minLength: 1,
      maxLength: 6,
    });
    const days = fc.nat(DAYS);
    await holdsForAll("start dates", fc.record({ starts, days }), draws(20, 1_000), async (drawn) => {
      await using world = await stillWorld();
      let replica = new Replica(world, "calls");
      const captured: (string | number)[] = [];
      for (const one of [...drawn.starts, { days: drawn.days, lines: Infinity }]) {
        const state = replica.state.bindingStateV1 ? replica.ownState : {};
        replica = new Replica(world, "calls", { state, ...since(world, one.days) });
        captured.push(...idsOf(await replica.pass(one.lines)));
        world.clock.advance(HOUR_MS);
      }
      expect(new Set(captured).size).toBe(captured.length);
      const wanted = replica.truth().filter(({ started_at }) => {
        const lastStart = secondsOf(world) - 3_600 - drawn.days * 86_400;
        return Number(started_at) >= lastStart;
      });
      expect(idsOf(wanted).filter((id) => !captured.includes(id))).toEqual([]);
    });
  });
});

test("a later start date than last time changes nothing that was captured, and what is older is read no more", async () => {
  await using world = await stillWorld();
  const first = new Replica(world, "calls", since(world, DAYS));
  await first.pass();
  const later = withConfig(first, world, since(world, 3).config);
  expect(await later.pass()).toEqual([]);
  world.clock.advance(DAY_MS);
  expect(await later.pass()).toEqual([]);
  expect(await withConfig(later, world, since(world, DAYS).config).pass()).toEqual([]);
});

test("a start date of long ago asks for no instant before 1970", async () => {
  await using world = await stillWorld();
  const replica = new Replica(world, "calls", { config: { start_date: "1960-01-01T00:00:00Z" } });
  expect(await replica.pass()).toHaveLength(2 * DAYS);
  const queries = world.emulator.requests.recent.map(({ target }) => new URL(target, "http://aircall.test"));
  const instants = queries.map(({ searchParams }) => Number(searchParams.get("from")));
  expect(Math.min(...instants)).toBe(0);
});

describe("a start date that lies ahead", () => {
  const ahead = (world: World, ms: number) => new Date(world.clock.now() + ms).toISOString();

  test.each([10 * 60_000, HOUR_MS, DAY_MS, 400 * DAY_MS])("by %i ms is refused by its name", async (ms) => {
    await using world = await stillWorld();
    const start_date = ahead(world, ms);
    for (const options of [{ config: { start_date } }, { resource: { start_date } }]) {
      const error = await capture(world.connector, ["calls"], options)
        .next()
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ConfigError);
      expect(String(error)).toMatch(/config is not valid: start_date must not lie in the future/);
    }
    expect(world.emulator.requests.total).toBe(0);
  });

  test("by as much as two clocks may differ is taken", async () => {
    await using world = await stillWorld();
    const replica = new Replica(world, "calls", { config: { start_date: ahead(world, 60_000) } });
    expect(await replica.pass()).toEqual([]);
    const id = world.emulator.account.calls.ring();
    world.clock.advance(2 * 60_000);
    const late = world.emulator.account.calls.ring();
    expect(idsOf(await replica.pass())).toEqual([late]);
    const earlier = withConfig(replica, world, { start_date: daysAgo(world, 1) });
    expect(idsOf(await earlier.pass())).toContain(id);
  });
});
