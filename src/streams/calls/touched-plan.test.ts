import { describe, expect, test } from "vitest";
import type { WaitingObject } from "../touched.ts";
import { idsIn, planReads } from "./touched-plan.ts";

const NOW = 1_781_524_800;

/** The starts of so many known calls, the latest a second ago and each so many seconds before the next. */
const startsEvery = (seconds: number, count: number) =>
  Array.from({ length: count }, (_, place) => NOW - 1 - place * seconds);

const call = (id: number, hint: number, others: Partial<WaitingObject> = {}): WaitingObject => ({
  id,
  hint,
  isDue: true,
  ...others,
});

/** The IDs that are read together, window by window. */
const windowsOf = (touched: readonly WaitingObject[], starts: readonly number[]) =>
  planReads(touched, starts, NOW).windows.map(({ ids }) => [...ids]);

describe("the reads of touched calls", () => {
  const dense = startsEvery(2, 800);

  test("take along calls that are not due, on both sides, where these cost no request", () => {
    const touched = [
      call(1, NOW - 300, { isDue: false }),
      call(2, NOW - 260),
      call(3, NOW - 240, { isDue: false }),
      call(4, NOW - 60, { isDue: false }),
    ];
    expect(windowsOf(touched, dense)).toEqual([[1, 2, 3]]);
    expect(planReads(touched, dense, NOW)).toMatchObject({ singles: [], left: [] });
  });

  test("leave calls alone that are not due and of which none near is", () => {
    const touched = [call(1, NOW - 300, { isDue: false }), call(2, NOW - 86_400, { isDue: false })];
    expect(idsIn(planReads(touched, dense, NOW))).toEqual(new Set());
  });

  test("are windows of one page at most", () => {
    const touched = Array.from({ length: 100 }, (_, place) => call(place, NOW - 1_000 + 8 * place));
    const { windows, singles } = planReads(touched, dense, NOW);
    const read = [...windows.flatMap(({ ids }) => [...ids]), ...singles];
    expect(read).toEqual(touched.map(({ id }) => id));
    expect(windows.length + singles.length).toBe(10);
    for (const { span } of windows)
      expect(dense.filter((at) => at > span.after && at <= span.until).length).toBeLessThan(50);
  });

  test("are single for a call that is alone, or older than half an hour", () => {
    const touched = [call(1, NOW - 100), call(2, NOW - 1_000), call(3, NOW - 7_200), call(4, NOW - 7_201)];
    expect(planReads(touched, dense, NOW)).toEqual({
      windows: [],
      singles: [3, 4, 2, 1],
      polled: [],
      left: [],
    });
  });

  test("leave to the next poll what can wait", () => {
    const touched = [call(1, NOW - 100, { canWait: true }), call(2, NOW - 7_200, { canWait: true })];
    expect(planReads(touched, dense, NOW)).toEqual({ windows: [], singles: [2], polled: [], left: [1] });
  });

  test("are a poll where one page has all recent calls", () => {
    const quiet = startsEvery(60, 30);
    const touched = [
      call(1, NOW - 100, { canWait: true }),
      call(2, NOW - 1_000, { isDue: false }),
      call(3, NOW - 7_200),
    ];
    expect(planReads(touched, quiet, NOW)).toEqual({ windows: [], singles: [3], polled: [2, 1], left: [] });
    const early = touched.map((each) => ({ ...each, isDue: false }));
    expect(idsIn(planReads(early, quiet, NOW))).toEqual(new Set());
  });
});
