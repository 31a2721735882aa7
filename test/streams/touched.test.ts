import { expect, test } from "vitest";
import { TouchedIds } from "../../src/streams/touched.ts";
import { TestClock } from "../support/clock.ts";
import { rememberingLog } from "../support/world.ts";

test("objects beyond a thousand are left to the polls, which is reported once in ten minutes", async () => {
  const clock = new TestClock();
  const log = rememberingLog();
  const kept: object[] = [];
  const keep = async (patch: object) => void kept.push(patch);
  const touched = new TouchedIds({ state: undefined, keep, clock, log });
  for (let id = 1; id <= 1_200; id++) await touched.add({ id, hint: 0 });
  expect(kept).toHaveLength(1_000);
  expect(log.lines).toEqual([
    "warn Events name more objects than the request budget can read at once: 1 so far are left to the polls and re-reads.",
  ]);
  clock.advance(10 * 60_000);
  await touched.add({ id: 1_201, hint: 0 });
  await touched.add({ id: 1_202, hint: 0 });
  expect(log.lines.slice(1)).toEqual([expect.stringContaining("201 so far are left")]);
  await touched.add({ id: 1, hint: 0 });
  expect(kept).toHaveLength(1_000);
});
