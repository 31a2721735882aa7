import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readText } from "../../src/aircall/body.ts";
import type { Endpoint } from "../../src/aircall/endpoint.ts";
import { AnswerTooLarge, SourceUnavailable } from "../../src/errors.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { impostor, readerWith, TAGS } from "./readers.ts";

describe("a body", () => {
  const megabyte = Buffer.alloc(1024 * 1024, " ");

  test("of 200 MB is not read completely", async () => {
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
    await expect(server.reader.get(TAGS, {})).rejects.toThrow(
      "Aircall answered /v1/tags with an answer of more than 16 MiB.",
    );
    expect(sentBytes).toBeLessThan(40 * megabyte.length);
  });

  test("of a few kilobytes that decompress to 200 MB is not decompressed completely", async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, " "));
    await using server = await impostor((_, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(bomb);
    });
    await expect(server.reader.get(TAGS, {})).rejects.toThrow(AnswerTooLarge);
  });

  test("whose chunks end within a character is decoded correctly", async () => {
    const [first, second] = [
      Buffer.from("call \u{1F4DE}").subarray(0, -2),
      Buffer.from("\u{1F4DE}").subarray(-2),
    ];
    const pieces = new ReadableStream({
      start(controller) {
        for (const piece of [first, second]) controller.enqueue(piece);
        controller.close();
      },
    });
    expect(await readText(new Response(pieces))).toBe("call \u{1F4DE}");
  });

  /** A tag that contains nested lists. The body, its list and the tag are the first three levels. */
  const tagsOf = (levels: number) =>
    `{"tags":[{"id":1,"in":${"[".repeat(levels - 3)}${"]".repeat(levels - 3)}}]}`;

  test("of a hundred levels is accepted", async () => {
    await using server = await impostor((_, response) => response.end(tagsOf(100)));
    expect(await Array.fromAsync(server.reader.pages(TAGS))).toMatchObject([{ rows: [{ id: 1 }] }]);
  });

  test.each([101, 5_000, 1_000_000])("of %i levels is refused before other code reads it", async (levels) => {
    const redacted: JsonObject[] = [];
    await using server = await impostor((_, response) => response.end(tagsOf(levels)), {
      redactBody: (answer) => void redacted.push(answer),
    });
    const reading = Array.fromAsync(server.reader.pages(TAGS));
    await expect(reading).rejects.toThrow(SourceUnavailable);
    await expect(reading).rejects.toThrow("an answer nested deeper than 100 levels");
    expect(redacted).toEqual([]);
  });

  test("of an error is quoted by its message, however deep it is nested", async () => {
    const errors = `${'{"errors":'.repeat(100_000)}1${"}".repeat(100_000)}`;
    await using server = await impostor((_, response) => {
      response.writeHead(400).end(`{"message":"BAD_REQUEST","errors":${errors}}`);
    });
    await expect(Array.fromAsync(server.reader.pages(TAGS))).rejects.toThrow('HTTP 400, "BAD_REQUEST"');
  });
});

describe("an answer that may be the object itself", () => {
  const SUMMARY: Endpoint = { path: "/v1/calls/7/summary", bodyKey: "summary", holds: "any" };

  test.each([
    ["in its property", { summary: { id: 1 }, content: "Words" }],
    ["itself", { id: 1, content: "Words" }],
    ["itself, without any field", {}],
  ])("is read with the object %s, redacted by its name, and seen before that", async (_, sent) => {
    const redacted: unknown[] = [];
    const seen: unknown[] = [];
    await using server = await impostor((_request, response) => response.end(JSON.stringify(sent)), {
      redactBody: (body, ...names) => {
        redacted.push(names);
        delete body.content;
      },
    });
    const body = await server.reader.find(SUMMARY, {}, (before) => seen.push(structuredClone(before)));
    const { content: _content, ...rest } = sent as JsonObject;
    expect(body).toEqual(rest);
    expect(redacted).toEqual([["summary"]]);
    expect(seen).toEqual([sent]);
  });

  test.each(["[]", '"words"', "null", "7"])("is not %s", async (text) => {
    await using server = await impostor((_request, response) => response.end(text));
    await expect(server.reader.find(SUMMARY)).rejects.toThrow("an answer that is not a JSON object");
  });

  test("is one row of the debug log", async () => {
    const lines: unknown[] = [];
    await using server = await impostor((_request, response) => response.end('{"id":1}'));
    const log = { ...server.ports.log, debug: (...line: unknown[]) => lines.push(line) };
    const reader = readerWith({ ...server.ports, log }, server.origin);
    await reader.find(SUMMARY, { mode: "async" });
    expect(lines).toEqual([
      ["GET /v1/calls/7/summary?mode=async", expect.objectContaining({ status: 200, rows: 1, bytes: 8 })],
    ]);
  });
});

test.each([
  ["a 429 whose body never comes", 429, () => {}],
  ["a 429 whose body breaks off", 429, (response: ServerResponse) => response.destroy()],
  ["a 503 whose body breaks off", 503, (response: ServerResponse) => response.destroy()],
])("%s is obeyed all the same", async (_, status, goOn) => {
  let asked = 0;
  await using server = await impostor((_, response) => {
    asked += 1;
    if (asked > 1) return response.end('{"tags": []}');
    response.writeHead(status, { "retry-after": "12", "content-length": 100 });
    return response.write("{", () => goOn(response));
  });
  const askedMs = server.ports.clock.now();
  await Array.fromAsync(server.reader.pages(TAGS));
  expect(asked).toBe(2);
  expect(server.ports.clock.now() - askedMs).toBe(12_000);
});
