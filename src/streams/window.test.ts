import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect } from "../../test/core/collect.ts";
import { startWorld } from "../../test/support/world.ts";
import type { Page } from "../aircall/index.ts";
import { SecondTooFull, SourceUnavailable, UnexpectedAnswer } from "../errors.ts";
import type { Json, JsonObject } from "../shared/json.ts";
import { readWindow, type TimedList, type WindowPage } from "./window.ts";

type Row = { id: number; at: number };

const ROWS_PER_PAGE = 3;
const DEEPEST_PAGE = 4;
const ROWS_IN_REACH = ROWS_PER_PAGE * DEEPEST_PAGE;

const idOf = (row: Json) => (row as Row).id;

interface ListOptions {
  readonly quietThrough?: number;
  /** Whether the list takes the bound `after` as part of the window. */
  readonly isFromIncluded?: boolean;
  /** May change the rows under a reading. */
  readonly beforePage?: (list: SmallList) => void;
}

/** A list with an API's cap, only a smaller one. */
class SmallList implements TimedList {
  readonly name = "rows";
  rows: Row[];
  pagesServed = 0;
  readonly quietThroughSeconds: number;
  readonly #isFromIncluded: boolean;
  readonly #beforePage: (list: SmallList) => void;

  constructor(rows: Row[], options: ListOptions = {}) {
    this.rows = rows;
    this.quietThroughSeconds = options.quietThrough ?? Infinity;
    this.#isFromIncluded = options.isFromIncluded ?? false;
    this.#beforePage = options.beforePage ?? (() => {});
  }

  within(after: number, through: number): Row[] {
    const found = this.rows.filter(({ at }) => at > after && at <= through);
    return found.sort((left, right) => left.at - right.at || left.id - right.id);
  }

  async *pages(after: number, through: number): AsyncGenerator<Page> {
    for (let number = 1; ; number++) {
      if (number > DEEPEST_PAGE) throw new Error(`page ${number} is beyond the cap`);
      this.#beforePage(this);
      this.pagesServed += 1;
      const found = this.within(this.#isFromIncluded ? after - 1 : after, through);
      const rows = found.slice((number - 1) * ROWS_PER_PAGE, number * ROWS_PER_PAGE);
      const last = number * ROWS_PER_PAGE >= found.length;
      yield { number, rows, total: found.length, last, deepest: number === DEEPEST_PAGE };
      if (last) return;
    }
  }

  secondsOf = (row: Json): number => (row as Row).at;
}

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

const sortedIds = (rows: readonly Json[]) => rows.map(idOf).sort((left, right) => left - right);

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
        const pages = await collect(readWindow(list, lo, hi));
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
        const resumed = (await collect(readWindow(list, reached, hi))).flatMap((one) => one.rows);
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
      expect(given).toEqual(expect.arrayContaining(stayed));
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
  const given = (await collect(readWindow(list, 0, 9))).flatMap((page) => page.rows.map(idOf));
  expect(given).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 99]);
});

test("a history is read with hardly more pages than it fills", async () => {
  const rows = Array.from({ length: 3_000 }, (_, id): Row => ({ id, at: Math.floor(id / 2) + 1 }));
  const list = new SmallList(rows);
  await collect(readWindow(list, 0, 2_000));
  // A query of four pages of three rows meets the two rows of its last second again.
  expect(list.pagesServed).toBeLessThanOrEqual(Math.ceil((3_000 / (ROWS_IN_REACH - 2)) * DEEPEST_PAGE));
});

test("a list that never holds still is given up", async () => {
  const rows = Array.from({ length: 8 }, (_, id): Row => ({ id, at: 5 }));
  const beforePage = (moving: SmallList) => {
    if (moving.rows.length === 8) moving.rows.push({ id: 8, at: 5 });
    else moving.rows.pop();
  };
  for (const quiet of [4, 5]) {
    const list = new SmallList([...rows], { quietThrough: quiet, beforePage });
    await expect(collect(readWindow(list, 4, 5))).rejects.toThrow(SourceUnavailable);
  }
});

describe("rows of other times than those asked for", () => {
  const stray = (at: number): TimedList & { windows: number[][] } => {
    const inner = new SmallList(Array.from({ length: 7 }, (_, id): Row => ({ id, at: id + 1 })));
    const windows: number[][] = [];
    return {
      ...inner,
      name: "rows",
      windows,
      secondsOf: inner.secondsOf,
      async *pages(after, through) {
        windows.push([after, through]);
        for await (const page of inner.pages(after, through)) {
          yield { ...page, rows: [...page.rows, { id: 99, at }] };
        }
      },
    };
  };

  test.each([1_000_000, -5])("are given, and move no cursor: %i", async (at) => {
    const pages = await collect(readWindow(stray(at), 0, 20));
    expect(sortedIds(pages.flatMap(({ rows }) => rows)).slice(0, 7)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(pages.map(({ throughSeconds }) => throughSeconds).slice(0, -1)).toEqual([2, 5]);
  });

  test("and no others are an answer that must not be guessed about", async () => {
    const list = { ...stray(50), pages: () => new SmallList([{ id: 1, at: 50 }]).pages(0, 60) };
    await expect(collect(readWindow(list, 0, 20))).rejects.toThrow(UnexpectedAnswer);
  });
});

describe("one second", () => {
  const full = (count: number, at = 7): Row[] => Array.from({ length: count }, (_, id) => ({ id, at }));
  const others: Row[] = [
    { id: 901, at: 6 },
    { id: 902, at: 8 },
  ];

  test.each([
    ["alone", []],
    ["between others", others],
  ])("%s may hold as many rows as a query reaches", async (_, around) => {
    const list = new SmallList([...around, ...full(ROWS_IN_REACH)]);
    const pages = await collect(readWindow(list, 0, 20));
    expect(sortedIds(pages.flatMap(({ rows }) => rows))).toEqual(sortedIds(list.rows));
  });

  test.each([
    ["alone", []],
    ["between others", others],
  ])("%s with one row more is an error that names the second", async (_, around) => {
    const at = Date.UTC(2026, 0, 31, 12, 30, 15) / 1000;
    const list = new SmallList([...around, ...full(ROWS_IN_REACH + 1, at)]);
    const error = await collect(readWindow(list, 0, at + 60)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SecondTooFull);
    expect(String(error)).toContain("2026-01-31T12:30:15.000Z");
  });

  test("that is too full lets what came before it be read", async () => {
    const list = new SmallList([...others, ...full(ROWS_IN_REACH + 1)]);
    const pages: WindowPage[] = [];
    await expect(
      (async () => {
        for await (const page of readWindow(list, 0, 20)) pages.push(page);
      })(),
    ).rejects.toThrow(SecondTooFull);
    expect(pages.flatMap(({ rows }) => rows.map(idOf))).toContain(901);
    expect(pages.at(-1)?.throughSeconds).toBe(6);
  });
});

test("an empty window is reached without a question, a window without rows with one", async () => {
  const list = new SmallList([{ id: 1, at: 5 }]);
  expect(await collect(readWindow(list, 9, 9))).toEqual([]);
  expect(await collect(readWindow(list, 9, 5))).toEqual([]);
  expect(list.pagesServed).toBe(0);
  expect(await collect(readWindow(list, 5, 9))).toMatchObject([{ rows: [], throughSeconds: 9 }]);
  expect(list.pagesServed).toBe(1);
});

describe("over Aircall's own cap,", () => {
  const callsOf = (world: Awaited<ReturnType<typeof startWorld>>): TimedList => {
    const endpoint = { path: "/v1/calls", bodyKey: "calls", holds: "list" } as const;
    return {
      name: "calls",
      quietThroughSeconds: Infinity,
      pages: (from, to) => world.reader().pages(endpoint, { from, to, order: "asc" }),
      secondsOf: (row) => (row as JsonObject).started_at as number,
    };
  };

  test("a burst across row 10,000 and a second of 10,000 calls are read whole, and one call more is refused", async () => {
    await using world = await startWorld({ account: { calls: 0, users: 1, numbers: 1, teams: 0, tags: 0 } });
    const now = Math.floor(world.clock.now() / 1000);
    const { calls } = world.emulator.account;
    calls.add(9_990, { startedAtSeconds: now - 500 });
    calls.add(30, { startedAtSeconds: now - 400 });
    calls.add(10_000, { startedAtSeconds: now - 300 });
    calls.add(7, { startedAtSeconds: now - 200 });
    const ids: number[] = [];
    for await (const page of readWindow(callsOf(world), now - 600, now)) ids.push(...page.rows.map(idOf));
    expect(ids).toHaveLength(20_027);
    expect(new Set(ids).size).toBe(20_027);
    expect(world.emulator.requests.recent.every(({ status }) => status === 200)).toBe(true);

    calls.add(1, { startedAtSeconds: now - 300 });
    const again = collect(readWindow(callsOf(world), now - 350, now));
    await expect(again).rejects.toThrow(new Date((now - 300) * 1000).toISOString());
  });
});
