import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { collect } from "../../test/core/collect.ts";
import { SourceUnavailable } from "../errors.ts";
import { impostor, TAGS } from "./testing.ts";

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

  test("of an error is told in its words, however deep it is", async () => {
    const errors = `${'{"errors":'.repeat(100_000)}1${"}".repeat(100_000)}`;
    await using server = await impostor((_, response) => {
      response.writeHead(400).end(`{"message":"BAD_REQUEST","errors":${errors}}`);
    });
    await expect(collect(server.reader.pages(TAGS))).rejects.toThrow('HTTP 400, "BAD_REQUEST"');
  });
});
