import { expect, test } from "vitest";
import { CaptureStatus } from "../../src/protocols/flow/status.ts";
import { TestClock } from "../support/clock.ts";
import { rememberingLog } from "../support/world.ts";

function statusOf(streams: readonly string[]) {
  const log = rememberingLog();
  const status = new CaptureStatus({ streams, log, clock: new TestClock(), mostRowsPerMinute: 5_000 });
  log.lines.length = 0;
  return {
    status,
    rest: (binding: number) => status.onEvent({ kind: "rests", binding, untilMs: 0 }),
    /** What has been reported since the last call. */
    reported: () => log.lines.splice(0),
  };
}

test("a sentence about events is reported at once, and stays in the status until the next one", () => {
  const { status, rest, reported } = statusOf(["calls", "messages"]);
  status.onEvents("Waiting for the first event.");
  expect(reported()).toEqual(["info Waiting for the first event."]);
  rest(0);
  rest(1);
  expect(reported()).toEqual(["info Caught up; following changes. Waiting for the first event."]);
  status.onEvents("Events are received.");
  expect(reported()).toEqual(["info Caught up; following changes. Events are received."]);
});

test("rests that events end report nothing anew", () => {
  const { status, rest, reported } = statusOf(["calls"]);
  rest(0);
  status.onEvents("Events are received.");
  reported();
  for (let event = 0; event < 5; event++) rest(0);
  expect(reported()).toEqual([]);
});

test("without events the status says nothing of them", () => {
  const { rest, reported } = statusOf(["calls"]);
  rest(0);
  expect(reported()).toEqual(["info Caught up; following changes."]);
});
