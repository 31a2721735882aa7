import { expect, test } from "vitest";
import { compare, comparisonText } from "./compare.ts";
import type { Figure } from "./results.ts";

const rate = (...values: number[]): Figure => ({ name: "documents a second", better: "more", values });
const memory = (...values: number[]): Figure => ({ name: "MiB", better: "less", values });

const verdict = (before: Figure, after: Figure) => compare([before], [after])[0]?.verdict;

test("what should be more and is less got worse, and the other way round", () => {
  expect(verdict(rate(100, 100), rate(80, 80))).toBe("worse");
  expect(verdict(rate(100, 100), rate(120, 120))).toBe("better");
  expect(verdict(memory(100, 100), memory(120, 120))).toBe("worse");
  expect(verdict(memory(100, 100), memory(80, 80))).toBe("better");
});

test("a change within a tenth counts as noise", () => {
  expect(verdict(rate(100, 100), rate(91, 91))).toBe("the same");
  expect(verdict(rate(100, 100), rate(89, 89))).toBe("worse");
});

test("what was measured once has to change by more than a fifth", () => {
  expect(verdict(memory(100), memory(119))).toBe("the same");
  expect(verdict(memory(100, 100), memory(119))).toBe("the same");
  expect(verdict(memory(100), memory(121))).toBe("worse");
});

test("a change within the spread of either run counts as noise", () => {
  expect(verdict(rate(80, 100, 120), rate(70))).toBe("the same");
  expect(verdict(rate(100), rate(70, 80, 105))).toBe("the same");
});

test("only what both runs have is compared", () => {
  expect(compare([rate(1)], [memory(1)])).toEqual([]);
});

test("the text names what got worse, by how much, and whether the machines differ", () => {
  const text = comparisonText(compare([rate(100, 100), memory(50)], [rate(80, 80), memory(50)]), false);
  expect(text).toContain("another machine");
  expect(text).toContain("2 figures compared");
  expect(text).toContain("documents a second: 0.800 times (100 to 80; noise 10 %)");
  expect(text).not.toContain("MiB:");
});
