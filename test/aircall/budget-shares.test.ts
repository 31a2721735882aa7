import { setImmediate as settle } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RequestBudget } from "../../src/aircall/budget.ts";
import type { Priority } from "../../src/aircall/priorities.ts";
import { TestClock } from "../support/clock.ts";
import { draws, holdsForAll } from "../support/draws.ts";

const START_MS = Date.UTC(2026, 5, 15, 12);
const MINUTE_MS = 60_000;
const unstopped = new AbortController().signal;
const unheard = () => {};

interface Request {
  readonly priority: Priority;
  readonly cameMs: number;
  sentMs?: number;
}

/** A budget, and who asked it for what and when. */
class Callers {
  readonly clock = new TestClock(START_MS);
  readonly budget: RequestBudget;
  readonly requests: Request[] = [];

  constructor(requests: number, windowMs: number, sparePercent = 0) {
    this.budget = new RequestBudget({ requests, windowMs, clock: this.clock, sparePercent });
  }

  get nowMs(): number {
    return this.clock.now() - START_MS;
  }

  get waiting(): readonly Request[] {
    return this.requests.filter(({ sentMs }) => sentMs === undefined);
  }

  come(priority: Priority): void {
    const request: Request = { priority, cameMs: this.nowMs };
    this.requests.push(request);
    void this.budget.take(priority, unstopped, unheard).then(({ sentMs }) => {
      request.sentMs = sentMs - START_MS;
    });
  }

  /** Lets the clock move in steps; at each instant, callers may come. */
  async run(untilMs: number, stepMs: number, atEach: (nowMs: number) => void = () => {}): Promise<void> {
    for (; this.nowMs < untilMs; this.clock.advance(stepMs)) {
      atEach(this.nowMs);
      await settle();
    }
  }

  sentMs(priority?: Priority): number[] {
    return this.requests
      .filter((request) => priority === undefined || request.priority === priority)
      .flatMap(({ sentMs }) => sentMs ?? [])
      .sort((left, right) => left - right);
  }

  comeSpare(): void {
    if (this.budget.spareAtMs() <= this.clock.now()) this.come("spare");
  }
}

/** The largest number of instants within any span of a window. */
function mostWithin(windowMs: number, instantsMs: readonly number[]): number {
  const counts = instantsMs.map(
    (fromMs) => instantsMs.filter((oneMs) => oneMs >= fromMs && oneMs < fromMs + windowMs).length,
  );
  return Math.max(0, ...counts);
}

describe("requests for events", () => {
  test("go first, up to half of a window", async () => {
    const callers = new Callers(4, 100);
    for (const priority of ["tail", "event", "tail", "event", "event"] as const) callers.come(priority);
    await callers.run(300, 10);
    expect(callers.sentMs("event")).toEqual([0, 0, 100]);
    expect(callers.sentMs("tail")).toEqual([0, 0]);
  });

  test("that have used up their share hold nobody up, whoever comes and when", async () => {
    const arrivals = fc.array(fc.nat(60), { maxLength: 40 });
    await holdsForAll(
      "shares of events",
      fc.record({
        requests: fc.integer({ min: 2, max: 8 }),
        windowMs: fc.integer({ min: 2, max: 15 }),
        events: arrivals,
        tails: arrivals,
      }),
      draws(60, 2_000),
      async ({ requests, windowMs, events, tails }) => {
        const callers = new Callers(requests, windowMs);
        const share = Math.floor(requests / 2);
        // As many others as the other half of each window has room for.
        const kept: number[] = [];
        for (const atMs of tails.toSorted((left, right) => left - right))
          if (mostWithin(windowMs, [...kept, atMs]) <= requests - share) kept.push(atMs);
        await callers.run(2_000, 1, (nowMs) => {
          for (const _ of events.filter((atMs) => atMs === nowMs)) callers.come("event");
          for (const _ of kept.filter((atMs) => atMs === nowMs)) callers.come("tail");
        });
        expect(callers.waiting).toEqual([]);
        expect(callers.sentMs("tail")).toEqual(kept);
        expect(mostWithin(windowMs, callers.sentMs("event"))).toBeLessThanOrEqual(share);
        expect(mostWithin(windowMs, callers.sentMs())).toBeLessThanOrEqual(requests);
      },
    );
  });

  test("in a storm starve nobody", async () => {
    const callers = new Callers(10, 1_000);
    for (let events = 0; events < 200; events++) callers.come("event");
    for (const priority of ["backfill", "reread", "snapshot", "tail"] as const) callers.come(priority);
    await callers.run(1_000, 10);
    expect(callers.waiting.map(({ priority }) => priority)).toEqual(Array<Priority>(195).fill("event"));
  });

  test("are one in a window at least", async () => {
    const callers = new Callers(1, 100);
    callers.come("event");
    callers.come("event");
    await callers.run(110, 10);
    expect(callers.sentMs("event")).toEqual([0, 100]);
  });
});

describe("spare requests", () => {
  test("take their share of each window, evenly", async () => {
    const callers = new Callers(100, 60_600, 33);
    await callers.run(10 * 60_600, 10, () => callers.comeSpare());
    const sentMs = callers.sentMs("spare");
    expect(sentMs.length).toBeGreaterThanOrEqual(10 * 33 - 3);
    expect(mostWithin(60_600, sentMs)).toBe(33);
    const gaps = sentMs.slice(1).map((oneMs, index) => oneMs - (sentMs[index] ?? 0));
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(10);
  });

  test("are rarer than a window where the share is less than a request", async () => {
    const callers = new Callers(2, 100, 25);
    await callers.run(1_000, 10, () => callers.comeSpare());
    expect(callers.sentMs("spare")).toEqual([0, 200, 400, 600, 800]);
  });

  test("are none with a share of 0", async () => {
    const callers = new Callers(100, 60_000, 0);
    expect(callers.budget.spareAtMs()).toBe(Infinity);
  });

  test("that cannot be sent at once count as re-reads", async () => {
    const callers = new Callers(10, 1_000, 10);
    const taken = [];
    for (let requests = 0; requests < 8; requests++)
      taken.push(await callers.budget.take("spare", unstopped, unheard));
    expect(taken.map(({ priority }) => priority)).toEqual(["spare", ...Array<Priority>(7).fill("reread")]);
  });

  test("are sent while nobody waits, keep to their share, and overfill no window", async () => {
    const others = fc.constantFrom<Priority>("event", "tail", "snapshot", "reread", "backfill");
    await holdsForAll(
      "spare requests",
      fc.record({
        requests: fc.integer({ min: 4, max: 20 }),
        percent: fc.integer({ min: 1, max: 100 }),
        others: fc.array(fc.tuple(fc.nat(200), others), { maxLength: 60 }),
      }),
      draws(40, 1_000),
      async ({ requests, percent, others }) => {
        const windowMs = 50;
        const callers = new Callers(requests, windowMs, percent);
        for (let atMs = 0; atMs < 800; atMs += 1, callers.clock.advance(1)) {
          for (const [, priority] of others.filter(([cameMs]) => cameMs === atMs)) callers.come(priority);
          await settle();
          if (callers.waiting.length > 0)
            expect(callers.budget.spareAtMs()).toBeGreaterThan(callers.clock.now());
          callers.comeSpare();
          await settle();
        }
        expect(callers.waiting).toEqual([]);
        const share = Math.max(1, Math.floor((percent * requests) / 100));
        expect(mostWithin(windowMs, callers.sentMs("spare"))).toBeLessThanOrEqual(share);
        expect(mostWithin(windowMs, callers.sentMs())).toBeLessThanOrEqual(requests);
      },
    );
  });

  test("are not sent while a caller waits, though the window has room", async () => {
    const callers = new Callers(10, 1_000, 100);
    for (let events = 0; events < 6; events++) callers.come("event");
    await settle();
    expect(callers.waiting).toHaveLength(1);
    expect(callers.budget.spareAtMs()).toBeGreaterThan(callers.clock.now());
    await callers.run(1_010, 10);
    expect(callers.waiting).toEqual([]);
    expect(callers.budget.spareAtMs()).toBeLessThanOrEqual(callers.clock.now());
  });

  test("leave room for a burst of others, and none where others use the window", async () => {
    const callers = new Callers(20, 1_000, 100);
    await callers.run(2_000, 10, () => callers.comeSpare());
    const beforeBurst = callers.nowMs;
    for (let tails = 0; tails < 3; tails++) callers.come("tail");
    await callers.run(2_010, 10);
    expect(callers.sentMs("tail")).toEqual([beforeBurst, beforeBurst, beforeBurst]);
    const backfill = new Callers(20, 1_000, 33);
    await backfill.run(10_000, 10, () => {
      if (backfill.waiting.length === 0) backfill.come("backfill");
      backfill.comeSpare();
    });
    const late = backfill.sentMs("spare").filter((atMs) => atMs > 1_000);
    expect(late).toEqual([]);
    expect(backfill.sentMs("backfill").length).toBeGreaterThan(190);
  });

  test("pause for ten minutes after a refusal, of whatever request", async () => {
    for (const priority of ["tail", "spare"] as const) {
      const callers = new Callers(100, MINUTE_MS, 33);
      const permit = await callers.budget.take(priority, unstopped, unheard);
      await callers.run(5_000, 1_000);
      const refusedMs = callers.clock.now();
      callers.budget.refused(permit, MINUTE_MS);
      expect(callers.budget.spareAtMs()).toBe(refusedMs + 10 * MINUTE_MS);
      await callers.run(callers.nowMs + 12 * MINUTE_MS, 1_000, () => callers.comeSpare());
      expect(callers.sentMs("spare")[0]).toBe(refusedMs - START_MS + 10 * MINUTE_MS);
    }
  });

  test("begin again after a block of more than ten minutes only when it is over", async () => {
    const callers = new Callers(100, MINUTE_MS, 33);
    callers.budget.refused(await callers.budget.take("tail", unstopped, unheard), 40 * MINUTE_MS);
    expect(callers.budget.spareAtMs()).toBe(START_MS + 40 * MINUTE_MS);
  });

  test("leave the rest of the company's quota to others where answers state what is left", async () => {
    const callers = new Callers(100, MINUTE_MS, 33);
    const permit = await callers.budget.take("tail", unstopped, unheard);
    callers.budget.heard(permit, { remaining: 15, resetsInMs: 20_000 });
    expect(callers.budget.spareAtMs()).toBe(START_MS + 20_000);
    callers.budget.heard(permit, { remaining: 16, resetsInMs: 20_000 });
    expect(callers.budget.spareAtMs()).toBeLessThanOrEqual(START_MS);
  });

  test("are due by the clock on the wall, also when it was set back", async () => {
    const callers = new Callers(100, MINUTE_MS, 10);
    callers.come("spare");
    callers.clock.advance(-3_600_000);
    expect(callers.budget.spareAtMs()).toBe(callers.clock.now() + 6_000);
  });
});
