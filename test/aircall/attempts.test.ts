import { setImmediate as settle } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Fault } from "../../emulator/index.ts";
import { RequestBudget } from "../../src/aircall/budget.ts";
import { SourceUnavailable } from "../../src/errors.ts";
import type { Ports } from "../../src/shared/ports.ts";
import { leapingClock, TestClock } from "../support/clock.ts";
import { startWorld, testPorts } from "../support/world.ts";
import { ATTEMPTS, idsOf, pagesOf, readerWith, TAGS, waitFor, worldOf } from "./readers.ts";

describe("a passing fault", () => {
  const faults: Fault[] = [
    { kind: "reset" },
    { kind: "cut" },
    { kind: "html" },
    { kind: "missingKey" },
    { kind: "status", status: 408 },
    { kind: "status", status: 500 },
    { kind: "status", status: 502, body: "<html>" },
    { kind: "status", status: 504 },
  ];
  const named = faults.map(
    (fault) => [fault.kind === "status" ? `HTTP ${fault.status}` : fault.kind, fault] as const,
  );

  test.each(named)("%s is asked again", async (_, fault) => {
    await using world = await worldOf({ tags: 60 });
    world.emulator.faults.add({ ...fault, match: /page=2/, times: ATTEMPTS - 1 });
    expect(idsOf(await pagesOf(world.reader(), TAGS))).toHaveLength(60);
    expect(world.emulator.requests.total).toBe(2 + ATTEMPTS - 1);
    expect(world.clock.sleptMs).toEqual([250, 500, 1_000, 2_000, 4_000]);
  });

  test.each(named)("%s that does not pass is given up after so many attempts", async (_, fault) => {
    await using world = await worldOf({ tags: 60 });
    world.emulator.faults.add({ ...fault, match: "/v1/tags", every: 1 });
    await expect(pagesOf(world.reader(), TAGS)).rejects.toThrow(SourceUnavailable);
    expect(world.emulator.requests.total).toBe(ATTEMPTS);
  });

  test("is asked again sooner where the first wait is shortened, but never before a wait that is stated", async () => {
    await using world = await worldOf({ tags: 1 });
    const reader = readerWith(world.ports, world.emulator.url, { retryWaitMs: 10 });
    world.emulator.faults.add({ kind: "status", status: 503, times: 2 });
    world.emulator.faults.add({ kind: "status", status: 503, headers: { "retry-after": "37" }, nth: 3 });
    await pagesOf(reader, TAGS);
    expect(world.clock.sleptMs).toEqual([5, 10, 37_000]);
  });

  test("states its wait, and the wait is kept to the letter", async () => {
    await using world = await worldOf({ tags: 1 });
    world.emulator.faults.add({ kind: "status", status: 503, headers: { "retry-after": "37" } });
    await pagesOf(world.reader(), TAGS);
    expect(world.clock.sleptMs).toEqual([37_000]);
  });
});

test.each(["reset", "status"] as const)(
  "a spare request is attempted once, and a %s ends it",
  async (kind) => {
    await using world = await worldOf({ tags: 1 });
    const budget = new RequestBudget({
      requests: 100,
      windowMs: 60_000,
      clock: world.ports.clock,
      sparePercent: 33,
    });
    const reader = readerWith(world.ports, world.emulator.url, { budget }).for("spare re-read", "spare");
    world.emulator.faults.add(kind === "reset" ? { kind } : { kind, status: 503 });
    expect(reader.spareAtMs()).toBeLessThanOrEqual(world.clock.now());
    await expect(pagesOf(reader, TAGS)).rejects.toThrow(SourceUnavailable);
    expect(world.emulator.requests.total).toBe(1);
    expect(reader.spareAtMs()).toBeGreaterThan(world.clock.now());
    expect(world.clock.sleptMs).toEqual([]);
  },
);

test("a server that is gone is unavailable, and the message says where and why", async () => {
  const world = await worldOf({});
  await world.emulator.close();
  const error = await pagesOf(world.reader(), TAGS).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SourceUnavailable);
  expect(String(error)).toContain(`${new URL(world.emulator.url).host}/v1/tags: ECONNREFUSED`);
  expect(world.clock.sleptMs).toHaveLength(ATTEMPTS - 1);
});

test("a name that does not resolve is unavailable, and the message says why", async () => {
  const ports: Ports = {
    ...testPorts(leapingClock()),
    fetch: () => {
      const cause = Object.assign(new Error("getaddrinfo ENOTFOUND api.aircall.io"), { code: "ENOTFOUND" });
      return Promise.reject(new TypeError("fetch failed", { cause }));
    },
  };
  const error = await readerWith(ports, "https://api.aircall.io")
    .ping()
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SourceUnavailable);
  expect(String(error)).toContain("ENOTFOUND");
});

describe("a request too many", () => {
  test.each([
    ["the wait that the answer states", { "retry-after": "12" }, 12_000],
    [
      "the reset that the answer names",
      { "x-aircallapi-reset": String(new TestClock().now() / 1000 + 42) },
      42_000,
    ],
    ["the length of the block", {}, 60_000],
  ])("is asked again after %s, and nobody asks before", async (_, headers, waitMs) => {
    await using world = await startWorld({ account: { tags: 1, calls: 0 } });
    world.emulator.faults.add({ kind: "status", status: 429, headers });
    const { clock } = world;
    const startMs = clock.now();
    const askedMs: number[] = [];
    const ports: Ports = {
      ...world.ports,
      fetch: (input, init) => {
        askedMs.push(clock.now() - startMs);
        return fetch(input, init);
      },
    };
    const budget = new RequestBudget({ requests: 100, windowMs: 60_000, clock });
    const refused = pagesOf(readerWith(ports, world.emulator.url, { budget }), TAGS);
    await waitFor(() => clock.sleptMs.length > 0);
    const other = readerWith(ports, world.emulator.url, { budget }).ping();
    await settle();
    clock.advance(waitMs - 1);
    await settle();
    clock.advance(1);
    expect(await refused).toHaveLength(1);
    await other;
    expect(askedMs).toEqual([0, waitMs, waitMs]);
  });

  test("ends the reading when it happens with every attempt", async () => {
    await using world = await worldOf({});
    world.emulator.faults.add({ kind: "status", status: 429, every: 1 });
    await expect(pagesOf(world.reader(), TAGS)).rejects.toThrow(SourceUnavailable);
    expect(world.clock.sleptMs).toEqual(Array.from({ length: ATTEMPTS - 1 }, () => 60_000));
  });

  test("holds everybody up on the last attempt of a request as well", async () => {
    await using world = await worldOf({});
    world.emulator.faults.add({ kind: "status", status: 500, match: "/v1/tags", times: ATTEMPTS - 1 });
    world.emulator.faults.add({ kind: "status", status: 429, match: "/v1/tags", nth: 1, every: 1 });
    const budget = new RequestBudget({ requests: 100, windowMs: 60_000, clock: world.clock });
    const reader = () => readerWith(world.ports, world.emulator.url, { budget });
    await expect(pagesOf(reader(), TAGS)).rejects.toThrow(SourceUnavailable);
    const refusedMs = world.clock.now();
    await reader().ping();
    expect(world.clock.now() - refusedMs).toBe(60_000);
  });

  test("is given up an hour after the first attempt, however few attempts that were", async () => {
    await using world = await worldOf({});
    const headers = { "retry-after": "1200" };
    world.emulator.faults.add({ kind: "status", status: 429, headers, every: 1 });
    await expect(pagesOf(world.reader(), TAGS)).rejects.toThrow(
      /a wait of 1200 s would exceed the limit of 60 min/,
    );
    expect(world.clock.sleptMs).toEqual([1_200_000, 1_200_000, 1_200_000]);
  });

  test("never happens to a reader within its budget", async () => {
    for (const windowShape of ["fixed", "sliding"] as const) {
      const clock = leapingClock();
      await using world = await startWorld(
        { limit: 5, windowShape, account: { tags: 600, calls: 0 } },
        clock,
      );
      const budget = new RequestBudget({ requests: 5, windowMs: 60_000, clock });
      await pagesOf(readerWith(world.ports, world.emulator.url, { budget }), TAGS);
      expect([world.emulator.requests.total, world.emulator.requests.refused]).toEqual([12, 0]);
      expect(clock.sleptMs).toEqual([60_000, 60_000]);
    }
  });
});
