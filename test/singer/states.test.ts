import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import type { Connector } from "../../src/connector.ts";
import type { Block, Document } from "../../src/engine/index.ts";
import { sync } from "../../src/protocols/singer/run.ts";
import { everything } from "../../src/protocols/singer/selection.ts";
import { SingerState } from "../../src/protocols/singer/state.ts";
import { LineWriter } from "../../src/shared/line-writer.ts";
import { TestClock } from "../support/clock.ts";
import { CONFIG } from "../support/singer.ts";
import { rememberingLog } from "../support/world.ts";

/** Syncs these blocks of tags, of which one comes every five seconds. Returns the types of the messages. */
async function typesOf(blocks: readonly Document[][]): Promise<string[]> {
  const clock = new TestClock();
  const output = new PassThrough({ highWaterMark: 2 ** 30 });
  async function* capture(): AsyncGenerator<Block> {
    for (const [number, documents] of blocks.entries()) {
      clock.advance(5_000);
      yield { binding: 0, stateKey: "tags", documents, patch: { number }, committed: () => {} };
    }
  }
  const streams = everything().filter(({ name }) => name === "tags");
  await sync({
    connector: { capture, mostPerMinute: () => ({ requests: 100, rows: 5_000 }) } as unknown as Connector,
    config: CONFIG,
    streams,
    state: new SingerState({}, streams),
    writer: new LineWriter(output),
    ports: { clock, log: rememberingLog() },
    metrics: rememberingLog(),
    signal: new AbortController().signal,
  });
  const lines = String(output.read()).trim().split("\n");
  return lines.map((line) => JSON.parse(line).type);
}

const documents = (count: number): Document[] =>
  Array.from({ length: count }, (_, id) => ({ id, _meta: { op: "u" } }));

test("a run that finds nothing writes its state once a minute, and last", async () => {
  const types = await typesOf(Array.from({ length: 30 }, () => []));
  // At its beginning, after one and two minutes, and at its end.
  expect(types).toEqual(["SCHEMA", "STATE", "STATE", "STATE", "STATE"]);
});

test("a run that finds much writes its state after 1,000 records", async () => {
  const types = await typesOf(Array.from({ length: 5 }, () => documents(500)));
  const states = types.flatMap((type, index) => (type === "STATE" ? [index] : []));
  expect(states).toEqual([1, 1_002, 2_003, 2_504]);
});
