import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { collect } from "../../test/core/collect.ts";
import { TestClock } from "../../test/support/clock.ts";
import { testPorts } from "../../test/support/world.ts";
import { SourceUnavailable, UnexpectedAnswer } from "../errors.ts";
import { RequestBudget } from "./budget.ts";
import { AircallReader } from "./client.ts";

const TAGS = { path: "/v1/tags", bodyKey: "tags", holds: "list" } as const;
const SECRET = "token-that-nobody-may-see";
const nobody = new AbortController().signal;

/** A server that is no Aircall, and a reader that takes it for one. Dispose of it with `await using`. */
async function impostor(answer: RequestListener) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ports = testPorts(new TestClock(undefined, { leaps: true }));
  const budget = new RequestBudget({ requests: 1_000, windowMs: 60_000, clock: ports.clock });
  const credentials = { apiId: "id", apiToken: SECRET };
  return {
    ports,
    reader: new AircallReader({ credentials, origin, budget, ports }, nobody, () => {}),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const page = (number: number, pages: number, rows: unknown[]) =>
  JSON.stringify({
    meta: { total: pages * 50, next_page_link: number < pages ? "next" : null },
    tags: rows,
  });

describe("a body", () => {
  const megabyte = Buffer.alloc(1024 * 1024, " ");

  test("of 200 MB is not read to its end", async () => {
    let sentBytes = 0;
    await using server = await impostor((_, response) => {
      const send = () => {
        while (!response.destroyed && sentBytes < 6 * 200 * megabyte.length) {
          sentBytes += megabyte.length;
          if (!response.write(megabyte)) return;
        }
        response.end();
      };
      response.on("drain", send);
      send();
    });
    await expect(collect(server.reader.pages(TAGS))).rejects.toThrow(/far too large/);
    expect(sentBytes).toBeLessThan(6 * 40 * megabyte.length);
  });

  test("of a few kilobytes that unpacks to 200 MB is not unpacked", async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, " "));
    await using server = await impostor((_, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(bomb);
    });
    const reading = collect(server.reader.pages(TAGS));
    await expect(reading).rejects.toThrow(SourceUnavailable);
    await expect(reading).rejects.toThrow(/far too large/);
  });
});

test("a page with more rows than were asked for is an unexpected answer", async () => {
  const rows = Array.from({ length: 100_000 }, (_, id) => ({ id }));
  await using server = await impostor((_, response) => response.end(page(1, 1, rows)));
  const reading = collect(server.reader.pages(TAGS));
  await expect(reading).rejects.toThrow(UnexpectedAnswer);
  await expect(reading).rejects.toThrow(/100000 rows/);
});

test.each([
  ["an error", 400, { errors: `unknown token ${SECRET}` }],
  ["a refusal", 403, { message: `Basic ${Buffer.from(`id:${SECRET}`).toString("base64")}` }],
  ["a fault", 503, { message: SECRET }],
  ["an error long before it", 400, { message: `${"x".repeat(190)}${SECRET}` }],
])("%s that repeats the key tells it to nobody", async (_, status, body) => {
  await using server = await impostor((_, response) => response.writeHead(status).end(JSON.stringify(body)));
  const error = await collect(server.reader.pages(TAGS)).catch((thrown: unknown) => thrown);
  expect(String(error)).toContain("[hidden]");
  const told = JSON.stringify([String(error), server.ports.log.lines]);
  expect(told).not.toContain(SECRET.slice(0, 8));
  expect(told).not.toContain(Buffer.from(`id:${SECRET}`).toString("base64"));
});

describe("pages that are asked for ahead", () => {
  test("come in order, in whatever order they are answered, and no more than so many at once", async () => {
    let underWay = 0;
    let most = 0;
    await using server = await impostor((request, response) => {
      const number = Number(new URL(request.url ?? "", "http://x").searchParams.get("page"));
      most = Math.max(most, ++underWay);
      // The later of two neighbours is answered first.
      setTimeout(
        () => {
          underWay -= 1;
          response.end(page(number, 12, [{ id: number }]));
        },
        number % 2 === 0 ? 20 : 1,
      );
    });
    const pages = await collect(server.reader.pages(TAGS, {}, 3));
    expect(pages.map(({ number }) => number)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    expect(most).toBe(4);
  });

  test("are none before the second page is pulled, and none beyond the last", async () => {
    const asked: number[] = [];
    await using server = await impostor((request, response) => {
      const number = Number(new URL(request.url ?? "", "http://x").searchParams.get("page"));
      asked.push(number);
      response.end(page(number, 3, [{ id: number }]));
    });
    const pages = server.reader.pages(TAGS, {}, 5);
    await pages.next();
    expect(asked).toEqual([1]);
    for await (const _ of pages);
    expect(asked.toSorted()).toEqual([1, 2, 3]);
  });

  test("fail when they are pulled, and harm nobody when they are not", async () => {
    await using server = await impostor((request, response) => {
      const number = Number(new URL(request.url ?? "", "http://x").searchParams.get("page"));
      if (number >= 4) response.writeHead(400).end("{}");
      else response.end(page(number, 9, [{ id: number }]));
    });
    const given: number[] = [];
    const reading = async () => {
      for await (const { number } of server.reader.pages(TAGS, {}, 5)) given.push(number);
    };
    await expect(reading()).rejects.toThrow(UnexpectedAnswer);
    expect(given).toEqual([1, 2, 3]);
    for await (const { number } of server.reader.pages(TAGS, {}, 5)) if (number === 2) break;
  });
});
