import { expect, test } from "vitest";
import { Backfills, backfillFields, backfillText } from "./backfills.ts";

const clockAt = (start: number) => {
  const clock = { nowMs: start, now: () => clock.nowMs };
  return clock;
};

const event = (doneRows: number, leftRows: number) =>
  ({ kind: "backfills", binding: 0, doneRows, leftRows }) as const;

test("a backfill at a steady pace has the rate of the last minute and the time that is left", () => {
  const clock = clockAt(0);
  const backfills = new Backfills(clock, Infinity);
  for (let doneRows = 50; doneRows <= 10_000; doneRows += 50) {
    backfills.onEvent(event(doneRows, 61_200 - doneRows));
    if (doneRows < 10_000) clock.nowMs += 600;
  }
  const standing = backfills.standing(0);
  expect(standing).toEqual({
    doneRows: 10_000,
    leftRows: 51_200,
    percent: 16,
    rowsPerMinute: 5_000,
    leftMs: 10.24 * 60_000,
  });
  expect(backfillText(standing as NonNullable<typeof standing>)).toBe(
    "16 %, 10,000 rows done, 51,200 left, 5,000 a minute, about 10 min left",
  );
});

test("a burst in the first seconds does not promise more than the request budget lets through", () => {
  const clock = clockAt(0);
  const backfills = new Backfills(clock, 5_000);
  backfills.onEvent(event(50, 61_150));
  clock.nowMs = 5_000;
  backfills.onEvent(event(4_250, 56_950));
  expect(backfills.standing(0)).toMatchObject({ rowsPerMinute: 5_000, leftMs: 11.39 * 60_000 });
});

test("while nothing comes in, the rate falls to 0 and no time is promised", () => {
  const clock = clockAt(0);
  const backfills = new Backfills(clock, 5_000);
  backfills.onEvent(event(50, 1_000));
  clock.nowMs = 1_000;
  backfills.onEvent(event(100, 950));
  clock.nowMs = 90_000;
  const standing = backfills.standing(0);
  expect(standing).toEqual({ doneRows: 100, leftRows: 950, percent: 9, rowsPerMinute: 0 });
  expect(backfillFields(standing as NonNullable<typeof standing>)).toEqual({
    ...standing,
  });
  expect(backfillText(standing as NonNullable<typeof standing>)).toBe(
    "9 %, 100 rows done, 950 left, 0 a minute",
  );
});

test("a backfill that begins again is measured anew, and one that has ended is under way no more", () => {
  const clock = clockAt(0);
  const backfills = new Backfills(clock, Infinity);
  backfills.onEvent(event(500, 500));
  clock.nowMs = 1_000;
  backfills.onEvent(event(50, 950));
  expect(backfills.standing(0)).toMatchObject({ percent: 5, rowsPerMinute: 0 });
  backfills.onEvent({ kind: "request", binding: 0 });
  expect([...backfills.underWay()]).toHaveLength(1);
  for (const end of [event(1_000, 0), { kind: "failed", binding: 0 }, { kind: "rests", binding: 0 }]) {
    backfills.onEvent(event(50, 950));
    backfills.onEvent(end);
    expect([...backfills.underWay()]).toEqual([]);
  }
});
