import fc from "fast-check";
import { expect, test } from "vitest";
import {
  adjoiningAges,
  cursorOf,
  fittedCursors,
  freshCursors,
  isDue,
  type RereadCursors,
  rereadThrough,
} from "./reread-schedule.ts";

const NOW = 1_000_000;
const START = 0;

test("fresh cursors are as old as their steps, and never before the start date", () => {
  expect(freshCursors([100, 5_000], NOW, START)).toEqual({ 100: NOW - 100, 5000: NOW - 5_000 });
  expect(freshCursors([100, 5_000], NOW, NOW - 300)).toEqual({ 100: NOW - 100, 5000: NOW - 301 });
});

test("known steps keep their cursors, new ones begin at the next older known one, and others are forgotten", () => {
  const known = { 10: NOW - 15, 500: NOW - 600, 900: NOW - 950 };
  expect(fittedCursors([10, 200, 500, 700], known, NOW, START)).toEqual({
    10: NOW - 15,
    200: NOW - 600,
    500: NOW - 600,
    700: NOW - 950,
  });
});

test("a new oldest step begins no later than any step has read", () => {
  expect(fittedCursors([10, 500], { 10: NOW - 9_000 }, NOW, START)).toEqual({
    10: NOW - 9_000,
    500: NOW - 9_000,
  });
  expect(fittedCursors([10, 500], { 10: NOW - 15 }, NOW, START)).toEqual({ 10: NOW - 15, 500: NOW - 500 });
});

test("cursors that a fast clock has left in the future come back", () => {
  expect(fittedCursors([10, 500], { 10: NOW + 7_000, 500: NOW - 200 }, NOW, START)).toEqual({
    10: NOW - 10,
    500: NOW - 500,
  });
});

test("cursors of which none is known are fresh, each by itself", () => {
  expect(fittedCursors([10, 200, 5_000], {}, NOW, START)).toEqual(freshCursors([10, 200, 5_000], NOW, START));
});

test("a step is due when half its age has gathered since its cursor, or an hour", () => {
  expect(isDue(1_800, { 1800: NOW - 1_800 - 899 }, NOW)).toBe(false);
  expect(isDue(1_800, { 1800: NOW - 1_800 - 900 }, NOW)).toBe(true);
  expect(isDue(86_400, { 86400: NOW - 86_400 - 3_599 }, NOW)).toBe(false);
  expect(isDue(86_400, { 86400: NOW - 86_400 - 3_600 }, NOW)).toBe(true);
});

test("steps adjoin where a younger one begins no later than the older one ends", () => {
  const cursors = { 10: NOW - 15, 100: NOW - 900, 400: NOW - 1_200, 800: NOW - 1_300 };
  expect(adjoiningAges(800, cursors, NOW)).toEqual([800, 400, 100]);
  expect(adjoiningAges(400, cursors, NOW)).toEqual([400, 100]);
  expect(adjoiningAges(10, cursors, NOW)).toEqual([10]);
});

/** A schedule over a list, and at which age each second of the list was last read. */
class WatchedSchedule {
  now = NOW;
  cursors: RereadCursors = {};
  readonly #begun = new Map<string, number>();
  readonly #lastReadAt = new Map<number, number>();

  configure(ages: readonly number[]): void {
    this.cursors = fittedCursors([YOUNGEST, ...ages], this.cursors, this.now, START);
    for (const age of this.#begun.keys()) if (!(age in this.cursors)) this.#begun.delete(age);
    for (const [age, cursor] of Object.entries(this.cursors))
      if (!this.#begun.has(age)) this.#begun.set(age, cursor);
  }

  /** Reads a share of what has come to the age of a step, and of the steps that adjoin it. */
  reread(age: number, share: number): void {
    if (!(age in this.cursors)) return;
    const ages = adjoiningAges(age, this.cursors, this.now);
    const after = cursorOf(age, this.cursors);
    const through = Math.floor(after + Math.max(0, this.now - Math.min(...ages) - after) * share);
    for (let second = after + 1; second <= through; second++) this.#lastReadAt.set(second, this.now - second);
    for (const each of ages)
      this.cursors = rereadThrough(this.cursors, each, Math.min(through, this.now - each));
  }

  /** Each step has read at its age what came to it since it began, and the youngest has left out nothing. */
  expectPromisesKept(): void {
    for (const [age, cursor] of Object.entries(this.cursors)) {
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

test("whatever is read again in whatever order, and whatever is configured, each step has read all up to its cursor at its age", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const schedule = new WatchedSchedule();
      schedule.configure([]);
      for (const { advance, age, share, ages } of changes) {
        schedule.now += advance;
        if (ages) schedule.configure(ages);
        schedule.reread(age, share);
        schedule.expectPromisesKept();
      }
    }),
    { numRuns: 300, seed: 1 },
  );
});
