import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect } from "../../test/core/collect.ts";
import { startWorld } from "../../test/support/world.ts";
import type { Page } from "../aircall/index.ts";
import { SecondTooFull, SourceUnavailable } from "../errors.ts";
import type { Json, JsonObject } from "../shared/json.ts";
import { readWindow, type TimedList, type WindowPage } from "./window.ts";

type Row = { id: number; at: number };

const ROWS_PER_PAGE = 3;
const DEEPEST_PAGE = 4;
const ROWS_IN_REACH = ROWS_PER_PAGE * DEEPEST_PAGE;

const idOf = (row: Json) => (row as Row).id;

/** A list with an API's cap, only a smaller one; `beforePage` may change the rows under a reading. */
class SmallList implements TimedList {
  readonly name = "rows";
  rows: Row[];
  pagesServed = 0;
  readonly #beforePage: (list: SmallList) => void;

  constructor(rows: Row[], beforePage: (list: SmallList) => void = () => {}) {
    this.rows = rows;
    this.#beforePage = beforePage;
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
      const found = this.within(after, through);
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

const window = fc
  .tuple(fc.nat(21), fc.nat(21))
  .map(([one, other]) => [Math.min(one, other), Math.max(one, other)] as const);

const sortedIds = (rows: readonly Json[]) => rows.map(idOf).sort((left, right) => left - right);

test("whatever the history, a window is read whole, each row once, and oldest first", async () => {
  await fc.assert(
    fc.asyncProperty(history, window, async (rows, [lo, hi]) => {
      const list = new SmallList(rows);
      const pages = await collect(readWindow(list, lo, hi));
      expect(pages.flatMap((page) => page.rows)).toEqual(list.within(lo, hi));
      expect(lo === hi ? hi : pages.at(-1)?.throughSeconds).toBe(hi);
    }),
    { numRuns: 500, seed: 1 },
  );
});

test("a reading can be resumed after every second that it says it has reached", async () => {
  await fc.assert(
    fc.asyncProperty(history, window, async (rows, [lo, hi]) => {
      const list = new SmallList(rows);
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
    { numRuns: 200, seed: 1 },
  );
});

interface Move {
  /** Before the page served after so many. */
  readonly afterPages: number;
  /** Adds a row in this second; 0 removes one. */
  readonly addAt: number;
  readonly position: number;
}

function moveRows(list: SmallList, { addAt, position }: Move, removed: Set<number>): void {
  if (addAt === 0) {
    const [gone] = list.rows.splice(position % Math.max(1, list.rows.length), 1);
    if (gone) removed.add(gone.id);
  } else if (list.within(addAt - 1, addAt).length < ROWS_IN_REACH) {
    list.rows.push({ id: 10_000 + list.pagesServed, at: addAt });
  }
}

test("whatever rows come and go between the pages, no row that stays is missed", async () => {
  const move = fc.record({
    afterPages: fc.integer({ min: 1, max: 15 }),
    addAt: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20 })),
    position: fc.nat(),
  });
  const moves = fc.uniqueArray(move, { selector: ({ afterPages }) => afterPages, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(history, moves, async (rows, plan) => {
      const removed = new Set<number>();
      const list = new SmallList([...rows], (moving) => {
        const due = plan.find(({ afterPages }) => afterPages === moving.pagesServed);
        if (due) moveRows(moving, due, removed);
      });
      const given: number[] = [];
      for await (const page of readWindow(list, 0, 20)) given.push(...page.rows.map(idOf));
      const stayed = rows.filter((row) => !removed.has(row.id)).map((row) => row.id);
      expect(given).toEqual(expect.arrayContaining(stayed));
    }),
    { numRuns: 500, seed: 1 },
  );
});

test("a list that never holds still is given up", async () => {
  const rows = Array.from({ length: 8 }, (_, id): Row => ({ id, at: 5 }));
  const list = new SmallList(rows, (moving) => {
    if (moving.rows.length === 8) moving.rows.push({ id: 8, at: 5 });
    else moving.rows.pop();
  });
  await expect(collect(readWindow(list, 4, 5))).rejects.toThrow(SourceUnavailable);
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
