import fc from "fast-check";
import { expect, test } from "vitest";
import { SecondTooFull, SourceUnavailable } from "../../src/errors.ts";
import type { Json } from "../../src/shared/json.ts";
import { readWindow } from "../../src/streams/window.ts";
import { DEEPEST_PAGE, idOf, ROWS_IN_REACH, type Row, SmallList, sortedIds } from "./small-list.ts";

/** Rows in seconds 1 to 20, none of which holds more than a query can reach. */
const history = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: ROWS_IN_REACH })), {
    maxLength: 12,
  })
  .map((bursts) => {
    const counts = new Map<number, number>();
    for (const [at, count] of bursts) counts.set(at, Math.min(ROWS_IN_REACH, (counts.get(at) ?? 0) + count));
    let id = 0;
    return [...counts].flatMap(([at, count]) => Array.from({ length: count }, (): Row => ({ id: ++id, at })));
  });

const windowOf = fc
  .tuple(fc.nat(21), fc.nat(21))
  .map(([one, other]) => [Math.min(one, other), Math.max(one, other)] as const);

const quietThrough = fc.nat(21);

test("whatever the history, a window is read whole, each row once, and oldest first", async () => {
  await fc.assert(
    fc.asyncProperty(
      history,
      windowOf,
      quietThrough,
      fc.boolean(),
      async (rows, [lo, hi], quiet, included) => {
        // One second more must be within reach where the bound is included.
        const sparse = included ? rows.filter(({ id }) => id % 2 === 0) : rows;
        const list = new SmallList(sparse, { quietThrough: quiet, isFromIncluded: included });
        const pages = await Array.fromAsync(readWindow(list, lo, hi));
        expect(pages.flatMap((page) => page.rows)).toEqual(list.within(lo, hi));
        expect(lo === hi ? hi : pages.at(-1)?.throughSeconds).toBe(hi);
      },
    ),
    { numRuns: 1_000, seed: 1 },
  );
});

test("a reading can be resumed after every second that it says it has reached", async () => {
  await fc.assert(
    fc.asyncProperty(history, windowOf, quietThrough, async (rows, [lo, hi], quiet) => {
      const list = new SmallList(rows, { quietThrough: quiet });
      const given: Json[] = [];
      let reached = lo;
      for await (const page of readWindow(list, lo, hi)) {
        given.push(...page.rows);
        expect(page.throughSeconds).toBeGreaterThanOrEqual(reached);
        reached = page.throughSeconds;
        const resumed = (await Array.fromAsync(readWindow(list, reached, hi))).flatMap((one) => one.rows);
        expect(new Set([...given, ...resumed].map(idOf))).toEqual(
          new Set(list.within(lo, hi).map(({ id }) => id)),
        );
      }
    }),
    { numRuns: 300, seed: 1 },
  );
});

interface Move {
  /** Before the page served after so many. */
  readonly afterPages: number;
  readonly kind: "appears" | "vanishes" | "is corrected by a second";
  readonly position: number;
}

/** One row comes, goes, or moves on by a second; where the list is quiet, rows only go. */
function moveRows(list: SmallList, { kind, position }: Move): void {
  const found = list.within(0, 20);
  const row = found[position % Math.max(1, found.length)];
  if (!row) return;
  const isQuiet = row.at <= list.quietThroughSeconds;
  const hasRoomAt = (at: number) => list.within(at - 1, at).length < ROWS_IN_REACH;
  if (kind === "vanishes") list.rows = list.rows.filter((other) => other !== row);
  else if (kind === "appears" && !isQuiet && hasRoomAt(row.at)) {
    list.rows.push({ id: 10_000 + list.rows.length + list.pagesServed, at: row.at });
  } else if (kind === "is corrected by a second" && !isQuiet && hasRoomAt(row.at + 1)) {
    list.rows = list.rows.map((other) => (other === row ? { ...row, at: row.at + 1 } : other));
  }
}

test("whatever rows come, go and move between the pages, no row that stays is missed", async () => {
  const move = fc.record({
    afterPages: fc.integer({ min: 1, max: 15 }),
    kind: fc.constantFrom<Move["kind"]>("appears", "vanishes", "is corrected by a second"),
    position: fc.nat(),
  });
  const moves = fc.array(move, { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(history, moves, quietThrough, async (rows, plan, quiet) => {
      const list = new SmallList(rows, {
        quietThrough: quiet,
        beforePage: (moving) => {
          for (const due of plan) if (due.afterPages === moving.pagesServed) moveRows(moving, due);
        },
      });
      const given: number[] = [];
      for await (const page of readWindow(list, 0, 20)) given.push(...page.rows.map(idOf));
      const stayed = sortedIds(list.within(0, 20)).filter((id) => id < 10_000);
      const found = new Set(given);
      expect(stayed.filter((id) => !found.has(id))).toEqual([]);
    }),
    { numRuns: 3_000, seed: 1 },
  );
});

test("a row that vanishes while another appears takes no third one along", async () => {
  const rows = Array.from({ length: 9 }, (_, index): Row => ({ id: index + 1, at: index + 1 }));
  const list = new SmallList(rows, {
    quietThrough: 0,
    beforePage: (moving) => {
      if (moving.pagesServed !== 1) return;
      moving.rows = [...moving.rows.filter(({ id }) => id !== 2), { id: 99, at: 9 }];
    },
  });
  const given = (await Array.fromAsync(readWindow(list, 0, 9))).flatMap((page) => page.rows.map(idOf));
  expect(given).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 99]);
});

test("a row that vanishes from a list without a total takes no other along", async () => {
  const rows = Array.from({ length: 9 }, (_, index): Row => ({ id: index + 1, at: index + 1 }));
  const list = new SmallList(rows, {
    tellsTotal: false,
    beforePage: (moving) => {
      if (moving.pagesServed === 1) moving.rows = moving.rows.filter(({ id }) => id !== 2);
    },
  });
  const given = (await Array.fromAsync(readWindow(list, 0, 9))).flatMap((page) => page.rows.map(idOf));
  expect(sortedIds([...new Set(given)].map((id) => ({ id })))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("a history is read with hardly more pages than it fills", async () => {
  const rows = Array.from({ length: 3_000 }, (_, id): Row => ({ id, at: Math.floor(id / 2) + 1 }));
  const list = new SmallList(rows);
  await Array.fromAsync(readWindow(list, 0, 2_000));
  // A query of four pages of three rows meets the two rows of its last second again.
  expect(list.pagesServed).toBeLessThanOrEqual(Math.ceil((3_000 / (ROWS_IN_REACH - 2)) * DEEPEST_PAGE));
});

test("a window that is quiet in part only takes one request where one page holds it", async () => {
  const list = new SmallList(
    [3, 5, 8].map((at) => ({ id: at, at })),
    { quietThrough: 6 },
  );
  const pages = await Array.fromAsync(readWindow(list, 0, 9));
  expect(pages).toMatchObject([{ rows: list.within(0, 9), throughSeconds: 9 }]);
  expect(list.pagesServed).toBe(1);
});

test("a list that is cut earlier than it is known to be is read whole all the same", async () => {
  const rows = Array.from({ length: 30 }, (_, id) => ({ id, at: id }));
  const list = new SmallList(rows, { refusedPage: 3 });
  const pages = await Array.fromAsync(readWindow(list, 0, 30));
  expect(pages.flatMap((page) => page.rows)).toEqual(list.within(0, 30));
  const second = new SmallList(
    rows.map(({ id }) => ({ id, at: 9 })),
    { refusedPage: 3 },
  );
  await expect(Array.fromAsync(readWindow(second, 0, 30))).rejects.toThrow(SecondTooFull);
});

test("a list that never holds still is given up", async () => {
  const rows = Array.from({ length: 8 }, (_, id): Row => ({ id, at: 5 }));
  const beforePage = (moving: SmallList) => {
    if (moving.rows.length === 8) moving.rows.push({ id: 8, at: 5 });
    else moving.rows.pop();
  };
  for (const quiet of [4, 5]) {
    const list = new SmallList([...rows], { quietThrough: quiet, beforePage });
    await expect(Array.fromAsync(readWindow(list, 4, 5))).rejects.toThrow(SourceUnavailable);
  }
});

test("an empty window is reached without a question, a window without rows with one", async () => {
  const list = new SmallList([{ id: 1, at: 5 }]);
  expect(await Array.fromAsync(readWindow(list, 9, 9))).toEqual([]);
  expect(await Array.fromAsync(readWindow(list, 9, 5))).toEqual([]);
  expect(list.pagesServed).toBe(0);
  expect(await Array.fromAsync(readWindow(list, 5, 9))).toMatchObject([{ rows: [], throughSeconds: 9 }]);
  expect(list.pagesServed).toBe(1);
});
