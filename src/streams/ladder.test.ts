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
  expect(rungsFor([10, 200, 500, 5_000], known, NOW, START)).toEqual({
    10: NOW - 15,
    200: NOW - 600,
    500: NOW - 600,
    5000: NOW - 5_000,
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

test("whatever is climbed in whatever order, each rung has read all up to its cursor at its age", async () => {
  const ages = [30, 100, 500];
  const step = fc.record({
    advance: fc.nat(400),
    age: fc.constantFrom(...ages),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let now = NOW;
      let rungs: Rungs = freshRungs(ages, now, START);
      /** The age at which each second from the beginning on was last read. */
      const lastReadAt = new Map<number, number>();
      const begun = rungs;
      for (const { advance, age, share } of steps) {
        now += advance;
        const after = cursorOf(age, rungs);
        const through = Math.floor(after + Math.max(0, now - age - after) * share);
        for (let second = after + 1; second <= through; second++) lastReadAt.set(second, now - second);
        rungs = climbed(rungs, age, through);
        for (const rung of ages) {
          for (let second = cursorOf(rung, begun) + 1; second <= cursorOf(rung, rungs); second++) {
            expect(lastReadAt.get(second) ?? -1).toBeGreaterThanOrEqual(rung);
          }
        }
      }
    }),
    { numRuns: 200, seed: 1 },
  );
});
