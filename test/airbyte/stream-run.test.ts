import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import type { Block, Document } from "../../src/engine/index.ts";
import type { AirbyteMessage } from "../../src/protocols/airbyte/output.ts";
import { StreamRun } from "../../src/protocols/airbyte/stream-run.ts";
import { LineWriter } from "../../src/shared/line-writer.ts";
import { Redactor } from "../../src/shared/redactor.ts";
import { TestClock } from "../support/clock.ts";
import { rememberingLog } from "../support/world.ts";

function startReading(
  syncMode: "incremental" | "full_refresh" = "incremental",
  highWaterMark: number = 2 ** 30,
) {
  const clock = new TestClock();
  const output = new PassThrough({ highWaterMark });
  const configured = { name: "tags", stream: "tags", syncMode } as const;
  const writer = new LineWriter<AirbyteMessage>(output);
  const redactor = new Redactor();
  const log = rememberingLog();
  const reading = new StreamRun({ configured, state: undefined, writer, clock, redactor, log });
  reading.start();
  /** How many records each state counts that has been written since the last time. */
  const counts = (): number[] => {
    const lines = String(output.read() ?? "")
      .split("\n")
      .slice(0, -1);
    const messages = lines.map((line) => JSON.parse(line) as AirbyteMessage);
    return messages.flatMap((message) =>
      message.type === "STATE" ? message.state.sourceStats.recordCount : [],
    );
  };
  return { clock, reading, counts, output, log };
}

const documents = (count: number): Document[] =>
  Array.from({ length: count }, (_, id) => ({ id, _meta: { op: "u" } }));
const block = (captured: Document[], digest: string): Block => ({
  binding: 0,
  stateKey: "tags",
  documents: captured,
  patch: { digest },
  committed: () => {},
});

test("a state comes before the records that would make it cover more than 1,000", async () => {
  const { reading, counts } = startReading();
  await reading.take(block(documents(600), "a"));
  expect(counts()).toEqual([]);
  await reading.take(block(documents(600), "b"));
  expect(counts()).toEqual([600]);
  await reading.take(block(documents(400), "c"));
  expect(counts()).toEqual([1_000]);
});

test("blocks are committed once a state covers them", async () => {
  const { reading } = startReading();
  const committed: string[] = [];
  const take = (name: string, count: number) =>
    reading.take({ ...block(documents(count), name), committed: () => committed.push(name) });
  await take("a", 600);
  expect(committed).toEqual([]);
  await take("b", 600);
  expect(committed).toEqual(["a"]);
  reading.complete();
  reading.commitCovered();
  expect(committed).toEqual(["a", "b"]);
});

test("blocks are not committed while the output has not taken their state", async () => {
  const { reading, output } = startReading("incremental", 16);
  let isCommitted = false;
  const committed = () => {
    isCommitted = true;
  };
  const taken = reading.take({ ...block(documents(1_000), "a"), committed });
  for (let turns = 0; turns < 20; turns += 1) await new Promise(setImmediate);
  expect(output.writableNeedDrain).toBe(true);
  expect(isCommitted).toBe(false);
  output.resume();
  await taken;
  expect(isCommitted).toBe(true);
});

test("one checkpoint that covers more is written with its state", async () => {
  const { reading, counts } = startReading();
  await reading.take(block(documents(2_500), "a"));
  expect(counts()).toEqual([2_500]);
});

test("a stream that gives nothing tells its state once a minute", async () => {
  const { clock, reading, counts } = startReading();
  await reading.take(block([], "a"));
  clock.advance(59_999);
  await reading.take(block([], "b"));
  expect(counts()).toEqual([]);
  clock.advance(1);
  await reading.take(block([], "c"));
  expect(counts()).toEqual([0]);
  await reading.take(block([], "d"));
  expect(counts()).toEqual([]);
});

test("a full refresh tells of no deletion, even of what goes while it is read", async () => {
  const { reading, counts } = startReading("full_refresh");
  await reading.take(block([...documents(2), { id: 1, _meta: { op: "d" } }], "a"));
  reading.complete();
  expect(counts()).toEqual([2]);
});

test("a field of Aircall with the name of one of Airbyte's is left out, and reported once", async () => {
  const { reading, log } = startReading();
  const taken: Document[] = [1, 2].map((id) => ({
    id,
    _ab_cdc_deleted_at: "2020-01-01",
    _meta: { op: "u" },
  }));
  await reading.take(block(taken, "a"));
  expect(log.lines).toEqual([
    expect.stringMatching(/^warn Aircall has a field "_ab_cdc_deleted_at" of its own/),
  ]);
});
