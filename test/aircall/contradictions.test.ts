import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import type { Endpoint } from "../../src/aircall/endpoint.ts";
import { AnswerTooLarge } from "../../src/errors.ts";
import { idsOf, impostor, pagesOf } from "./readers.ts";

const WEBHOOKS: Endpoint = { path: "/v1/webhooks", bodyKey: "webhooks", holds: "list" };
const MIB = 2 ** 20;

interface Served {
  readonly rows: readonly { readonly id: number }[];
  /** The first row of the page, which counts from 0. */
  readonly from: number;
  /** The page after this one has rows. */
  readonly hasMore: boolean;
  readonly page: number;
}

/** A server of rows with the IDs from 1 up to a count, which serves pages of its own size at most, with such a `meta`. */
async function listOf(count: number, metaOf: (served: Served) => object, { mostPerPage = 50 } = {}) {
  const asked: string[] = [];
  const all = Array.from({ length: count }, (_, index) => ({ id: index + 1 }));
  const server = await impostor((request: IncomingMessage, response: ServerResponse) => {
    const { searchParams, search } = new URL(request.url ?? "", "http://x");
    asked.push(search);
    const perPage = Math.min(mostPerPage, Number(searchParams.get("per_page")));
    const page = Number(searchParams.get("page"));
    const from = (page - 1) * perPage;
    const rows = all.slice(from, from + perPage);
    const meta = metaOf({ rows, from, page, hasMore: from + perPage < count });
    response.end(JSON.stringify({ meta, webhooks: rows }));
  });
  return { ...server, asked };
}

const warnings = ({ ports }: { ports: { log: { lines: string[] } } }) =>
  ports.log.lines.filter((line) => line.startsWith("warn"));

describe("a list is read to its end", () => {
  test("where pages are shorter than was asked for, without links", async () => {
    await using server = await listOf(45, () => ({ total: 45 }), { mostPerPage: 20 });
    expect(idsOf(await pagesOf(server.reader, WEBHOOKS))).toHaveLength(45);
    expect(server.asked).toHaveLength(3);
    expect(warnings(server)).toEqual([]);
  });

  test("where pages are shorter than was asked for, and only their size is stated", async () => {
    await using server = await listOf(45, () => ({ per_page: 20 }), { mostPerPage: 20 });
    expect(idsOf(await pagesOf(server.reader, WEBHOOKS))).toHaveLength(45);
  });

  test("where a link is missing, and the count goes on", async () => {
    await using server = await listOf(120, () => ({ total: 120, next_page_link: null }));
    expect(idsOf(await pagesOf(server.reader, WEBHOOKS))).toHaveLength(120);
    expect(server.asked).toHaveLength(3);
  });

  test.each([
    [45, true],
    [7, true],
    [undefined, false],
    ["45", false],
  ])("with a request or two more where every page has a link, with the count %j", async (total, isServed) => {
    await using server = await listOf(45, () => ({ total, next_page_link: "https://elsewhere.test/more" }));
    expect(idsOf(await pagesOf(server.reader, WEBHOOKS))).toHaveLength(45);
    expect(server.asked).toHaveLength(isServed ? 2 : 3);
  });

  test.each([50, 100])("of %i rows, which end with a full page", async (count) => {
    await using server = await listOf(count, ({ hasMore }) => ({ next_page_link: hasMore ? "more" : null }));
    expect(idsOf(await pagesOf(server.reader, WEBHOOKS))).toHaveLength(count);
    expect(server.asked).toHaveLength(count / 50);
  });

  test("where the count is too high and the server heeds no page", async () => {
    const body = JSON.stringify({
      meta: { total: 45, next_page_link: null },
      webhooks: [{ id: 1 }, { id: 2 }],
    });
    await using server = await impostor((_, response) => response.end(body));
    expect(idsOf(await pagesOf(server.reader, WEBHOOKS))).toEqual([1, 2]);
    expect(warnings(server)).toEqual([
      expect.stringContaining("counts 45 rows of /v1/webhooks and has listed 2"),
    ]);
  });

  test("where the count is too high, which is reported once", async () => {
    await using server = await listOf(60, () => ({ total: 500, next_page_link: "more" }));
    for (let times = 0; times < 2; times++)
      expect(idsOf(await pagesOf(server.reader, WEBHOOKS))).toHaveLength(60);
    expect(server.asked).toHaveLength(8);
    expect(warnings(server)).toEqual([
      "warn Aircall counts 500 rows of /v1/webhooks and has listed 60: the others are not captured, and none of them counts as deleted.",
    ]);
  });
});

test("a list that ends before its count is reported to a reader that pulls no further than its last page", async () => {
  await using server = await listOf(60, () => ({ total: 500, next_page_link: null }));
  for await (const page of server.reader.pages(WEBHOOKS)) if (page.last) break;
  expect(warnings(server)).toEqual([expect.stringContaining("counts 500 rows of /v1/webhooks")]);
});

/** A server of 120 rows, of which some are so large that no page can hold them. */
async function listWithLargeRows(large: readonly number[], rowBytes: number) {
  const asked: string[] = [];
  const notes = "x".repeat(rowBytes);
  const server = await impostor((request, response) => {
    const { searchParams } = new URL(request.url ?? "", "http://x");
    const [page, perPage] = [Number(searchParams.get("page")), Number(searchParams.get("per_page"))];
    asked.push(`${page} of ${perPage}`);
    const ids = Array.from({ length: perPage }, (_, index) => (page - 1) * perPage + index + 1);
    const rows = ids.filter((id) => id <= 120).map((id) => ({ id, ...(large.includes(id) && { notes }) }));
    response.end(JSON.stringify({ meta: { total: 120 }, webhooks: rows }));
  });
  return { ...server, asked };
}

describe("a page that is too large", () => {
  test("is read in smaller pages, and the next in whole ones again", async () => {
    await using server = await listWithLargeRows([52, 60, 76], 7 * MIB);
    const ids = idsOf(await pagesOf(server.reader, WEBHOOKS));
    expect(ids).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
    expect(server.asked).toEqual(["1 of 50", "2 of 50", "3 of 25", "4 of 25", "3 of 50"]);
    expect(warnings(server)).toEqual([]);
  });

  test("because of one row skips that row only, and reports it", async () => {
    await using server = await listWithLargeRows([67], 17 * MIB);
    const pages = await pagesOf(server.reader, WEBHOOKS);
    const rows = pages.flatMap(({ rows }) => rows);
    expect(rows).toHaveLength(120);
    expect(rows[66]).toBeNull();
    expect(rows.filter((row) => row === null)).toHaveLength(1);
    expect(warnings(server)).toEqual([
      "warn Row 67 of /v1/webhooks, which comes after ID 66, is skipped: Aircall answered /v1/webhooks with an answer of more than 16 MiB.",
    ]);
    expect(server.asked.length).toBeLessThan(20);
  });

  test("because of rows at one position of two windows skips and reports each", async () => {
    let before = 0;
    const notes = "x".repeat(17 * MIB);
    await using server = await impostor((request, response) => {
      const { searchParams } = new URL(request.url ?? "", "http://x");
      const from = (Number(searchParams.get("page")) - 1) * Number(searchParams.get("per_page"));
      const rows = [{ id: before + 1 }, { id: before + 2, notes }, { id: before + 3 }];
      const served = rows.slice(from, from + Number(searchParams.get("per_page")));
      response.end(JSON.stringify({ meta: { total: 3 }, webhooks: served }));
    });
    for (before of [0, 100]) {
      const pages = await pagesOf(server.reader, WEBHOOKS);
      expect(pages.flatMap(({ rows }) => rows)).toEqual([{ id: before + 1 }, null, { id: before + 3 }]);
    }
    expect(warnings(server).map((line) => /after ID (\d+)/.exec(line)?.[1])).toEqual(["1", "101"]);
  });

  test("in all sizes and places is a fault of the API, and no row's", async () => {
    let asked = 0;
    const body = Buffer.alloc(17 * MIB, " ");
    await using server = await impostor((_, response) => {
      asked += 1;
      response.end(body);
    });
    await expect(pagesOf(server.reader, WEBHOOKS)).rejects.toThrow(AnswerTooLarge);
    expect(asked).toBe(7);
  });
});

describe("a number that a 64-bit float cannot hold", () => {
  const rowsOf = async (text: string) => {
    const server = await impostor((_, response) => response.end(`{"meta":{"total":1},"webhooks":[${text}]}`));
    await using _ = server;
    const pages = await pagesOf(server.reader, WEBHOOKS);
    return {
      row: pages[0]?.rows[0],
      reported: warnings(server).map((line) => /field "([^"]+)"/.exec(line)?.[1]),
    };
  };

  test.each([
    ["an integer of 20 digits", "12345678901234567890", 12345678901234567000],
    ["a number beyond the largest", "1e400", null],
    ["a number beyond the least", "-1e400", null],
    ["a number next to zero", "1e-400", 0],
    ["a fraction of 20 digits", "0.12345678901234567890", 0.12345678901234568],
    ["an odd integer above 2^53", "9007199254740993", 9007199254740992],
  ])("is reported: %s", async (_, number, captured) => {
    const { row, reported } = await rowsOf(`{"id":1,"deep":[{"cost":${number}}]}`);
    expect(row).toEqual({ id: 1, deep: [{ cost: captured }] });
    expect(reported).toEqual(["cost"]);
  });

  test.each([
    "1790000000",
    "-0.5",
    "1e3",
    "1.50E+2",
    "9007199254740992",
    "1000000000000000000000",
    "0.1",
    "0e0",
    "-0",
  ])("is not reported: %s", async (number) => {
    const { row, reported } = await rowsOf(`{"id":1,"cost":${number}}`);
    expect(row).toEqual({ id: 1, cost: Number(number) });
    expect(reported).toEqual([]);
  });

  test("is not reported within a text, whatever surrounds it", async () => {
    const text = 'said \\" : 12345678901234567890, [1e400';
    const { row, reported } = await rowsOf(`{"id":1,"notes":"${text}"}`);
    expect(row).toEqual({ id: 1, notes: JSON.parse(`"${text}"`) });
    expect(reported).toEqual([]);
  });
});
