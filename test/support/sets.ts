import { expect } from "vitest";

/** Holds that each value is among the others; a failure shows those that are not. */
export function expectAmong<Value extends string | number>(
  values: Iterable<Value>,
  others: Iterable<Value>,
): void {
  const known = new Set(others);
  expect([...values].filter((value) => !known.has(value))).toEqual([]);
}
