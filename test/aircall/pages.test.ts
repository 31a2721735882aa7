import { setImmediate as settle } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Fault } from "../../emulator/index.ts";
import type { Endpoint } from "../../src/aircall/endpoint.ts";
import { ListTooLong, UnexpectedAnswer } from "../../src/errors.ts";
import { startWorld } from "../support/world.ts";
import { idsOf, impostor, pagesOf, requested, TAGS, worldOf } from "./readers.ts";

const CALLS: Endpoint = { path: "/v1/calls", bodyKey: "calls", holds: "list" };
const WEBHOOKS: Endpoint = { path: "/v1/webhooks", bodyKey: "webhooks", holds: "list" };
const COMPANY: Endpoint = { path: "/v1/company", bodyKey: "company", holds: "one" };

/** A fault that replaces the answer for one page. */
function answer(page: number, body: unknown): Fault {
  return { kind: "status", status: 200, match: new RegExp(`[?&]page=${page}&`), body };
}

const page = (number: number, pages: number, rows: unknown[]) =>
  JSON.stringify({
    meta: { total: pages * 50, next_page_link: number < pages ? "next" : null },
    tags: rows,
  });

const fullRows = (number: number) => Array.from({ length: 50 }, (_, index) => ({ id: number * 50 + index }));

describe("pages", () => {
  test("come in order, 50 rows at a time, and end with the list", async () => {
    await using world = await worldOf({ tags: 120 });
    const pages = await pagesOf(world.reader(), TAGS);
    expect(idsOf(pages)).toEqual(world.emulator.account.tags.listed.map(({ id }) => id));
    expect(pages.map(({ number, total, last, deepest }) => [number, total, last, deepest])).toEqual([
      [1, 120, false, false],
      [2, 120, false, false],
      [3, 120, true, false],
    ]);
    expect(requested(world.emulator, "/v1/tags").map(({ target }) => target)).toEqual(
      [1, 2, 3].map((page) => `/v1/tags?page=${page}&per_page=50`),
    );
  });

  test("of an empty list are one page without rows", async () => {
    await using world = await worldOf({ tags: 0, webhooks: 0 });
    for (const endpoint of [TAGS, WEBHOOKS]) {
      expect(await pagesOf(world.reader(), endpoint)).toMatchObject([{ rows: [], total: 0, last: true }]);
    }
  });

  test.each([
    [50, 1],
    [51, 2],
    [100, 2],
  ])("of %i webhooks, which have no links, are %i", async (webhooks, count) => {
    await using world = await worldOf({ webhooks });
    const pages = await pagesOf(world.reader(), WEBHOOKS);
    expect(idsOf(pages)).toHaveLength(webhooks);
    expect(requested(world.emulator, "/v1/webhooks")).toHaveLength(count);
  });

  test("without links and without a count end with the first short page", async () => {
    await using world = await worldOf({});
    const rows = (first: number, count: number) =>
      Array.from({ length: count }, (_, index) => ({ id: first + index }));
    world.emulator.faults.add(answer(1, { tags: rows(0, 50) }));
    world.emulator.faults.add(answer(2, { meta: {}, tags: rows(50, 3) }));
    expect(idsOf(await pagesOf(world.reader(), TAGS))).toHaveLength(53);
  });

  test.each([7, true, {}, []])("with %j for a link go on as their count says", async (link) => {
    await using world = await worldOf({ tags: 60 });
    const rows = Array.from({ length: 50 }, (_, index) => ({ id: index + 1 }));
    world.emulator.faults.add(answer(1, { meta: { next_page_link: link, total: 60 }, tags: rows }));
    expect(idsOf(await pagesOf(world.reader(), TAGS))).toHaveLength(60);
  });

  test("with a malformed count have no count", async () => {
    await using world = await worldOf({});
    for (const total of [-1, 1.5, "12", 1e300]) {
      world.emulator.faults.add(answer(1, { meta: { total, next_page_link: null }, tags: [] }));
      expect(await pagesOf(world.reader(), TAGS)).toMatchObject([{ total: undefined }]);
    }
  });

  test("go on after an empty page with a link to the next", async () => {
    await using world = await worldOf({ tags: 60 });
    world.emulator.faults.add(
      answer(1, { meta: { next_page_link: "https://elsewhere.test/?page=7" }, tags: [] }),
    );
    const pages = await pagesOf(world.reader(), TAGS);
    expect(pages.map(({ rows }) => rows.length)).toEqual([0, 10, 0]);
  });

  test("are requested with the parameters of the query, one page at a time", async () => {
    await using world = await startWorld({ account: { calls: 3_000, days: 60 } });
    const to = Math.floor(world.clock.now() / 1000);
    const pages = world.reader().pages(CALLS, { from: to - 10 * 86_400, to, order: "desc" });
    await pages.next();
    await settle();
    expect(world.emulator.requests.total).toBe(1);
    await pages.next();
    await pages.return();
    expect(world.emulator.requests.recent.map(({ target }) => target)).toEqual(
      [1, 2].map((page) => `/v1/calls?from=${to - 864_000}&to=${to}&order=desc&page=${page}&per_page=50`),
    );
  });

  test("reach 10,000 rows, without a request for the page that Aircall would refuse", async () => {
    await using world = await worldOf({});
    world.emulator.account.calls.add(10_001, { startedAtSeconds: world.clock.now() / 1000 - 100 });
    let rows = 0;
    let deepest = 0;
    const reading = async () => {
      for await (const page of world.reader().pages(CALLS)) {
        rows += page.rows.length;
        deepest += page.deepest ? page.number : 0;
      }
    };
    await expect(reading()).rejects.toThrow(ListTooLong);
    expect([rows, deepest]).toEqual([10_000, 200]);
    expect(world.emulator.requests.total).toBe(200);
  });

  test("that Aircall refuses as too deep earlier than that end the list there", async () => {
    await using world = await worldOf({ tags: 120 });
    const errors = "Your query is limited to 10k results and pagination is out of bound, please use filters.";
    world.emulator.faults.add({ kind: "status", status: 400, body: { errors }, match: /page=3/, every: 1 });
    const pages = world.reader().pages(TAGS);
    expect([await pages.next(), await pages.next()].map(({ value }) => value?.rows.length)).toEqual([50, 50]);
    await expect(pages.next()).rejects.toThrow(new ListTooLong("/v1/tags", 100));
    expect(world.emulator.requests.total).toBe(3);
  });

  test("of a list of exactly 10,000 rows are read completely", async () => {
    await using world = await worldOf({});
    world.emulator.account.calls.add(10_000, { startedAtSeconds: world.clock.now() / 1000 - 100 });
    let rows = 0;
    for await (const page of world.reader().pages(CALLS)) rows += page.rows.length;
    expect(rows).toBe(10_000);
  });

  test("that repeat the previous page are an unexpected answer", async () => {
    await using world = await worldOf({});
    const body = { meta: { next_page_link: "more" }, tags: [{ id: 1 }, { id: 2 }] };
    for (const page of [1, 2]) world.emulator.faults.add(answer(page, body));
    const pages = world.reader().pages(TAGS);
    await pages.next();
    await expect(pages.next()).rejects.toThrow(UnexpectedAnswer);
    expect(world.emulator.requests.total).toBe(2);
  });

  test("without a list are an unexpected answer", async () => {
    await using world = await worldOf({});
    world.emulator.faults.add(answer(1, { tags: { id: 1 } }));
    await expect(pagesOf(world.reader(), TAGS)).rejects.toThrow(UnexpectedAnswer);
  });

  test("of a single object are one page with that object", async () => {
    await using world = await worldOf({ users: 7 });
    expect(await pagesOf(world.reader(), COMPANY)).toMatchObject([
      { rows: [{ users_count: 7 }], last: true, deepest: false },
    ]);
    expect(world.emulator.requests.recent.map(({ target }) => target)).toEqual(["/v1/company"]);
  });
});

test("a page with more rows than were requested is an unexpected answer", async () => {
  const rows = Array.from({ length: 100_000 }, (_, id) => ({ id }));
  await using server = await impostor((_, response) => response.end(page(1, 1, rows)));
  const reading = Array.fromAsync(server.reader.pages(TAGS));
  await expect(reading).rejects.toThrow(UnexpectedAnswer);
  await expect(reading).rejects.toThrow(/100000 rows/);
});

describe("pages that are requested ahead", () => {
  test("come in order, whatever the order of the answers, and at most that many ahead", async () => {
    let underWay = 0;
    let most = 0;
    await using server = await impostor((request, response) => {
      const number = Number(new URL(request.url ?? "", "http://x").searchParams.get("page"));
      most = Math.max(most, ++underWay);
      // The second of two neighbours is answered first.
      setTimeout(
        () => {
          underWay -= 1;
          response.end(page(number, 12, fullRows(number)));
        },
        number % 2 === 0 ? 20 : 1,
      );
    });
    const pages = await Array.fromAsync(server.reader.pages(TAGS, {}, 3));
    expect(pages.map(({ number }) => number)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
  });

  test("are requested only after the second page is pulled, and never beyond the last", async () => {
    const asked: number[] = [];
    await using server = await impostor((request, response) => {
      const number = Number(new URL(request.url ?? "", "http://x").searchParams.get("page"));
      asked.push(number);
      response.end(page(number, 3, fullRows(number)));
    });
    const pages = server.reader.pages(TAGS, {}, 5);
    await pages.next();
    expect(asked).toEqual([1]);
    for await (const _ of pages);
    expect(asked.toSorted()).toEqual([1, 2, 3]);
  });

  test("fail when they are pulled, and have no effect if they are not", async () => {
    await using server = await impostor((request, response) => {
      const number = Number(new URL(request.url ?? "", "http://x").searchParams.get("page"));
      if (number >= 4) response.writeHead(400).end("{}");
      else response.end(page(number, 9, fullRows(number)));
    });
    const pulled: number[] = [];
    const reading = async () => {
      for await (const { number } of server.reader.pages(TAGS, {}, 5)) pulled.push(number);
    };
    await expect(reading()).rejects.toThrow(UnexpectedAnswer);
    expect(pulled).toEqual([1, 2, 3]);
    for await (const { number } of server.reader.pages(TAGS, {}, 5)) if (number === 2) break;
  });
});
