import { expect, test } from "vitest";
import { median, quartileSpread, ratiosOfPairs, spread } from "./statistics.ts";

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
  [[7], 7],
])("the median of %j is %d", (values, middle) => {
  expect(median(values)).toBe(middle);
});

test("nothing has no median", () => {
  expect(median([])).toBeNaN();
});

test("the spread is how far the values lie apart in terms of their median", () => {
  expect(spread([90, 100, 110])).toBeCloseTo(0.2);
  expect(spread([5])).toBe(0);
});

test("one stray run among many does not widen the spread of the middle half", () => {
  expect(quartileSpread([100, 101, 99, 100, 500])).toBeCloseTo(0.01);
  expect(quartileSpread([90, 110])).toBeCloseTo(0.2);
});

test("values that were measured in pairs are compared within each pair", () => {
  expect(ratiosOfPairs([3, 30, 6], [2, 20, 4])).toEqual([1.5, 1.5, 1.5]);
});
