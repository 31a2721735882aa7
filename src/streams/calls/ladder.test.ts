import fc from "fast-check";
import { expect, test } from "vitest";
import { climbed, cursorOf, freshRungs, isDue, type Rungs, rungsFor } from "./ladder.ts";

const NOW = 1_000_000;
const START = 0;

test("fresh rungs stand at their ages, and never before the start date", () => {
  expect(freshRungs([100, 5_000], NOW, START)).toEqual({ 100: NOW - 100, 5000: NOW - 5_000 });
  expect(freshRungs([100, 5_000], NOW, NOW - 300)).toEqual({ 100: NOW - 100, 5000: NOW - 301 });
});

test("rungs that are known stay, new ones begin at the next older known one, and others are forgotten", () => {
  const known = { 10: NOW - 15, 500: NOW - 600, 900: NOW - 950 };
  expect(rungsFor([10, 200, 500, 700], known, NOW, START)).toEqual({
    10: NOW - 15,
    200: NOW - 600,
    500: NOW - 600,
    700: NOW - 950,
  });
});

test("a new oldest rung begins no later than any rung has read", () => {
  expect(rungsFor([10, 500], { 10: NOW - 9_000 }, NOW, START)).toEqual({ 10: NOW - 9_000, 500: NOW - 9_000 });
  expect(rungsFor([10, 500], { 10: NOW - 15 }, NOW, START)).toEqual({ 10: NOW - 15, 500: NOW - 500 });
});

test("rungs that a fast clock has left in the future come back", () => {
  expect(rungsFor([10, 500], { 10: NOW + 7_000, 500: NOW - 200 }, NOW, START)).toEqual({
    10: NOW - 10,
    500: NOW - 500,
  });
});

test("rungs of which none is known are fresh, each by itself", () => {
  expect(rungsFor([10, 200, 5_000], {}, NOW, START)).toEqual(freshRungs([10, 200, 5_000], NOW, START));
});

test("a rung is due when half its age has gathered on it, or an hour's worth", () => {
  expect(isDue(1_800, { 1800: NOW - 1_800 - 899 }, NOW)).toBe(false);
  expect(isDue(1_800, { 1800: NOW - 1_800 - 900 }, NOW)).toBe(true);
  expect(isDue(86_400, { 86400: NOW - 86_400 - 3_599 }, NOW)).toBe(false);
  expect(isDue(86_400, { 86400: NOW - 86_400 - 3_600 }, NOW)).toBe(true);
});

/** A ladder over a list, and at which age each second of the list was last read. */
class WatchedLadder {
  now = NOW;
  rungs: Rungs = {};
  readonly #begun = new Map<string, number>();
  readonly #lastReadAt = new Map<number, number>();

  configure(ages: readonly number[]): void {
    this.rungs = rungsFor([YOUNGEST, ...ages], this.rungs, this.now, START);
    for (const age of this.#begun.keys()) if (!(age in this.rungs)) this.#begun.delete(age);
    for (const [age, cursor] of Object.entries(this.rungs))
      if (!this.#begun.has(age)) this.#begun.set(age, cursor);
  }

  /** Climbs a share of what has come to a rung. */
  climb(age: number, share: number): void {
    if (!(age in this.rungs)) return;
    const after = cursorOf(age, this.rungs);
    const through = Math.floor(after + Math.max(0, this.now - age - after) * share);
    for (let second = after + 1; second <= through; second++) this.#lastReadAt.set(second, this.now - second);
    this.rungs = climbed(this.rungs, age, through);
  }

  /** Each rung has read at its age what came to it since it began, and the youngest has left out nothing. */
  expectPromisesKept(): void {
    for (const [age, cursor] of Object.entries(this.rungs)) {
      const isYoungest = Number(age) === YOUNGEST;
      const begun = isYoungest ? NOW - YOUNGEST : (this.#begun.get(age) ?? -Infinity);
      for (let second = begun + 1; second <= cursor; second++) {
        expect(this.#lastReadAt.get(second) ?? -1).toBeGreaterThanOrEqual(Number(age));
      }
    }
  }
}

const YOUNGEST = 30;
const change = fc.record({
  advance: fc.nat(400),
  age: fc.constantFrom(YOUNGEST, 100, 500, 2_000),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  ages: fc.option(fc.subarray([100, 500, 2_000]), { freq: 4 }),
});

test("whatever is climbed in whatever order, and whatever is configured, each rung has read all up to its cursor at its age", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const ladder = new WatchedLadder();
      ladder.configure([]);
      for (const { advance, age, share, ages } of changes) {
        ladder.now += advance;
        if (ages) ladder.configure(ages);
        ladder.climb(age, share);
        ladder.expectPromisesKept();
      }
    }),
    { numRuns: 300, seed: 1 },
  );
});
