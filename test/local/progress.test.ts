import { expect, test } from "vitest";
import { CaptureProgress } from "../../src/local/index.ts";
import { TestClock } from "../support/clock.ts";

function progressOf(streams: ConstructorParameters<typeof CaptureProgress>[0]["streams"]) {
  const changes: string[] = [];
  const clock = new TestClock();
  const onChange = ({ stream }: { stream: string }) => changes.push(stream);
  const progress = new CaptureProgress({ streams, clock, mostRowsPerMinute: Infinity, onChange });
  return { progress, changes, clock };
}

test("a binding that captures no stream has no progress", () => {
  const { progress, changes } = progressOf(["tags"]);
  const hidden = { binding: 1, stateKey: "inbox", documents: [], patch: { wellAt: 1 }, committed: () => {} };
  progress.captured(hidden);
  progress.onEvent({ kind: "rests", binding: 1, untilMs: 1 });
  expect(changes).toEqual([]);
  expect(progress.streams).toMatchObject([{ stream: "tags", status: "working", documents: 0 }]);
});

test("a stream that only events wake rests, and waits for no poll", () => {
  const { progress, clock } = progressOf(["tags", "messages"]);
  const untilMs = clock.now() + 3_600_000;
  for (const binding of [0, 1]) progress.onEvent({ kind: "rests", binding, untilMs });
  const [tags, messages] = progress.streams;
  expect(tags?.waiting).toEqual({ because: "the next read", untilMs });
  expect(messages).toMatchObject({ status: "resting" });
  expect(messages?.waiting).toBeUndefined();
});
