import { expect, test } from "vitest";
import { SourceUnavailable } from "../../src/errors.ts";
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

test("a stream counts as failing from its first failure until it rests by itself", () => {
  const { progress, clock } = progressOf(["tags"]);
  const [tags] = progress.streams;
  const failure = (message: string) =>
    ({ kind: "failed", binding: 0, error: new SourceUnavailable(message) }) as const;
  const rests = () => progress.onEvent({ kind: "rests", binding: 0, untilMs: clock.now() + 60_000 });
  const sinceMs = clock.now();
  progress.onEvent(failure("first"));
  rests();
  clock.advance(60_000);
  progress.onEvent({ kind: "request", binding: 0, purpose: "snapshot" });
  progress.onEvent(failure("second"));
  rests();
  expect(tags).toMatchObject({ status: "failed", failing: { sinceMs, error: { message: "second" } } });
  expect(tags?.lookedMs).toBeUndefined();
  clock.advance(60_000);
  progress.onEvent({ kind: "request", binding: 0, purpose: "snapshot" });
  expect(tags?.failing).toBeDefined();
  rests();
  expect(tags).toMatchObject({ status: "resting", lookedMs: clock.now(), error: { message: "second" } });
  expect(tags?.failing).toBeUndefined();
});

test("a stream whose backfill advances again no longer counts as failing", () => {
  const { progress } = progressOf(["calls"]);
  progress.onEvent({ kind: "failed", binding: 0, error: new SourceUnavailable("down") });
  progress.onEvent({ kind: "backfills", binding: 0, doneRows: 50, leftRows: 100 });
  expect(progress.streams[0]).toMatchObject({ status: "working", error: { message: "down" } });
  expect(progress.streams[0]?.failing).toBeUndefined();
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
