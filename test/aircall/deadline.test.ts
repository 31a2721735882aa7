import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { Deadline } from "../../src/aircall/deadline.ts";
import { TestClock } from "../support/clock.ts";

const begin = () => {
  const clock = new TestClock(0);
  const stop = new AbortController();
  return { clock, stop, deadline: new Deadline(stop.signal, 1_000, clock) };
};

test("a deadline aborts when the time is up, and not earlier", async () => {
  const { clock, deadline } = begin();
  await clock.runUntil(999);
  expect([deadline.isOver, deadline.signal.aborted]).toEqual([false, false]);
  await clock.runUntil(1_000);
  expect([deadline.isOver, deadline.signal.aborted]).toEqual([true, true]);
});

test("a deadline aborts with the other signal and its reason, and is not over", () => {
  const { clock, stop, deadline } = begin();
  stop.abort("stopped");
  expect([deadline.isOver, deadline.signal.reason]).toEqual([false, "stopped"]);
  expect(new Deadline(stop.signal, 1_000, clock).signal.reason).toBe("stopped");
});

test("a deadline that has ended never aborts, and leaves no listener on the other signal", async () => {
  const { clock, stop, deadline } = begin();
  expect(getEventListeners(stop.signal, "abort")).toHaveLength(1);
  deadline.end();
  expect(getEventListeners(stop.signal, "abort")).toHaveLength(0);
  await clock.runUntil(5_000);
  expect(deadline.isOver).toBe(false);
});
