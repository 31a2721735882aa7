import { describe, expect, test } from "vitest";
import { SecondTooFull, UnexpectedAnswer } from "../../src/errors.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import type { TimedList, WindowPage } from "../../src/streams/timed-list.ts";
import { readWindow } from "../../src/streams/window.ts";
import { startWorld } from "../support/world.ts";
import { idOf, ROWS_IN_REACH, type Row, SmallList, sortedIds } from "./small-list.ts";

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

  test.each([1_000_000, -5])("are yielded, and move no cursor: %i", async (at) => {
    const pages = await Array.fromAsync(readWindow(stray(at), 0, 20));
    expect(sortedIds(pages.flatMap(({ rows }) => rows)).slice(0, 7)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(pages.map(({ throughSeconds }) => throughSeconds).slice(0, -1)).toEqual([2, 5]);
  });

  const only = (count: number): TimedList => ({
    ...stray(50),
    async *pages() {
      const rows = Array.from({ length: count }, (_, id): Row => ({ id, at: 50 }));
      yield { number: 1, rows, total: count, last: true, deepest: false };
    },
  });

  test("and no others are an answer that must not be guessed about, if they are many", async () => {
    await expect(Array.fromAsync(readWindow(only(10), 0, 20))).rejects.toThrow(UnexpectedAnswer);
  });

  test("and no others are yielded, if they are few", async () => {
    expect(await Array.fromAsync(readWindow(only(9), 0, 20))).toMatchObject([{ throughSeconds: 20 }]);
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
    const pages = await Array.fromAsync(readWindow(list, 0, 20));
    expect(sortedIds(pages.flatMap(({ rows }) => rows))).toEqual(sortedIds(list.rows));
  });

  test.each([
    ["alone", []],
    ["between others", others],
  ])("%s with one row more is an error that names the second", async (_, around) => {
    const at = Date.UTC(2026, 0, 31, 12, 30, 15) / 1000;
    const list = new SmallList([...around, ...full(ROWS_IN_REACH + 1, at)]);
    const error = await Array.fromAsync(readWindow(list, 0, at + 60)).catch((thrown: unknown) => thrown);
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

describe("over Aircall's own cap,", () => {
  const callsOf = (world: Awaited<ReturnType<typeof startWorld>>): TimedList => {
    const endpoint = { path: "/v1/calls", bodyKey: "calls", holds: "list" } as const;
    return {
      name: "calls",
      quietThroughSeconds: Infinity,
      pages: (from, to) => world.reader().pages(endpoint, { from, to, order: "asc" }),
      secondsOf: (row) => (row as JsonObject).started_at as number,
      report: () => {},
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
    const again = Array.fromAsync(readWindow(callsOf(world), now - 350, now));
    await expect(again).rejects.toThrow(new Date((now - 300) * 1000).toISOString());
  });
});

describe("a list that is not in the order that was asked for", () => {
  const orders: [string, (left: Row, right: Row) => number][] = [
    ["descends", (left, right) => right.at - left.at || right.id - left.id],
    ["has no order", (left, right) => ((left.id * 7) % 31) - ((right.id * 7) % 31)],
    [
      "is off by a second here and there",
      (left, right) => left.at + (left.id % 3) - right.at - (right.id % 3),
    ],
  ];

  const cases = orders.flatMap(([name, order]) =>
    [0, 20, Infinity].map((quietThrough) => [name, quietThrough, order] as const),
  );

  test.each(cases)("is read whole where it %s and is quiet through %d", async (_, quietThrough, order) => {
    const rows = Array.from({ length: 60 }, (_, index) => ({ id: index + 1, at: Math.floor(index / 2) + 1 }));
    const list = new SmallList(rows, { order, quietThrough });
    const read = new Set<number>();
    let reached = 0;
    for await (const page of readWindow(list, 0, 40)) {
      for (const row of page.rows) read.add(idOf(row));
      expect(page.throughSeconds).toBeGreaterThanOrEqual(reached);
      reached = page.throughSeconds;
      const passed = rows.filter(({ at }) => at <= reached).map(({ id }) => id);
      expect(passed.filter((id) => !read.has(id))).toEqual([]);
    }
    expect([read.size, reached]).toEqual([60, 40]);
    expect(list.reports[0]).toMatch(/^Aircall lists rows in another order than asked for/);
  });

  test("is read whole where rows vanish from it meanwhile", async () => {
    const rows = Array.from({ length: 40 }, (_, index) => ({ id: index + 1, at: index + 1 }));
    let pages = 0;
    const list = new SmallList(rows, {
      order: (left, right) => right.at - left.at,
      beforePage: (list) => {
        if (++pages % 4 === 0) list.rows = list.rows.slice(0, -1);
      },
    });
    const read = new Set<number>();
    for await (const page of readWindow(list, 0, 50)) for (const row of page.rows) read.add(idOf(row));
    for (const { id } of list.rows) expect(read).toContain(id);
  });
});
