import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { TestClock } from "../../../test/support/clock.ts";
import type { Document } from "../../engine/index.ts";
import { LineWriter } from "../../shared/line-writer.ts";
import type { AirbyteMessage } from "./messages.ts";
import { StreamReading } from "./reading.ts";

function startReading(syncMode: "incremental" | "full_refresh" = "incremental") {
  const clock = new TestClock();
  const output = new PassThrough({ highWaterMark: 2 ** 30 });
  const configured = { name: "tags", stream: "tags", syncMode } as const;
  const reading = new StreamReading(configured, undefined, new LineWriter<AirbyteMessage>(output), clock);
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
  return { clock, reading, counts };
}

const documents = (count: number): Document[] =>
  Array.from({ length: count }, (_, id) => ({ id, _meta: { op: "u" } }));
const patch = (digest: string) => ({ bindingStateV1: { tags: { digest } } });

test("a state comes before the records that would make it cover more than 1,000", async () => {
  const { reading, counts } = startReading();
  await reading.take(documents(600), patch("a"));
  expect(counts()).toEqual([]);
  await reading.take(documents(600), patch("b"));
  expect(counts()).toEqual([600]);
  await reading.take(documents(400), patch("c"));
  expect(counts()).toEqual([1_000]);
});

test("one checkpoint that covers more is written with its state", async () => {
  const { reading, counts } = startReading();
  await reading.take(documents(2_500), patch("a"));
  expect(counts()).toEqual([2_500]);
});

test("a stream that gives nothing tells its state once a minute", async () => {
  const { clock, reading, counts } = startReading();
  await reading.take([], patch("a"));
  clock.advance(59_999);
  await reading.take([], patch("b"));
  expect(counts()).toEqual([]);
  clock.advance(1);
  await reading.take([], patch("c"));
  expect(counts()).toEqual([0]);
  await reading.take([], patch("d"));
  expect(counts()).toEqual([]);
});

test("a full refresh tells of no deletion, even of what goes while it is read", async () => {
  const { reading, counts } = startReading("full_refresh");
  await reading.take([...documents(2), { id: 1, _meta: { op: "d" } }], patch("a"));
  reading.complete();
  expect(counts()).toEqual([2]);
});
