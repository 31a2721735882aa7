import { expect, test } from "vitest";
import { count, counted, duration, percentOf, roughDuration } from "./format.ts";

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000] as const;

test.each([
  [0, "0.0 s"],
  [449, "0.4 s"],
  [59_949, "59.9 s"],
  [59_950, "1 min 0 s"],
  [MINUTE, "1 min 0 s"],
  [2 * MINUTE - 400, "2 min 0 s"],
  [9 * MINUTE + 46 * SECOND, "9 min 46 s"],
  [HOUR - 400, "1 h 0 min"],
  [DAY - 20 * SECOND, "1 d 0 h"],
  [3 * HOUR + 5 * MINUTE, "3 h 5 min"],
  [2 * DAY + 4 * HOUR, "2 d 4 h"],
])("%i ms are %s", (durationMs, text) => {
  expect(duration(durationMs)).toBe(text);
});

test("no unit of a duration is ever full", () => {
  for (let durationMs = 0; durationMs < 3 * DAY; durationMs += 19_997) {
    const text = duration(durationMs);
    expect(text).not.toMatch(/\b60(\.0)? s|\b60 min|\b24 h/);
    expect(text).not.toMatch(/-|NaN/);
  }
});

test.each([
  [59_999, "under 1 min"],
  [MINUTE, "about 1 min"],
  [119.4 * MINUTE, "about 119 min"],
  [119.6 * MINUTE, "about 2 h"],
  [47.6 * HOUR, "about 2 d"],
])("%i ms are roughly %s", (durationMs, text) => {
  expect(roughDuration(durationMs)).toBe(text);
});

test("one of a thing is in the singular", () => {
  expect([0, 1, 2, 1_234].map((value) => counted(value, "page"))).toEqual([
    "0 pages",
    "1 page",
    "2 pages",
    "1,234 pages",
  ]);
  expect(count(1_234_567)).toBe("1,234,567");
});

test("a percentage is 100 only when nothing is left", () => {
  expect(percentOf(999, 1_000)).toBe(99);
  expect(percentOf(1_000, 1_000)).toBe(100);
  expect(percentOf(0, 0)).toBe(100);
});
