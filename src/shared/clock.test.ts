import { expect, test, vi } from "vitest";
import { systemClock } from "./clock.ts";

const never = new AbortController().signal;

test("a sleep that is longer than the longest timer lasts to its end", async () => {
  vi.useFakeTimers();
  const durationMs = 60 * 24 * 3_600_000;
  let isOver = false;
  const asleep = systemClock.sleep(durationMs, never).then(() => {
    isOver = true;
  });
  await vi.advanceTimersByTimeAsync(durationMs - 1);
  expect(isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await asleep;
  vi.useRealTimers();
});

test("a sleep ends with the reason of its signal, and leaves no timer behind", async () => {
  vi.useFakeTimers();
  const stop = new AbortController();
  const asleep = systemClock.sleep(1_000, stop.signal);
  stop.abort(new Error("enough"));
  await expect(asleep).rejects.toThrow("enough");
  expect(vi.getTimerCount()).toBe(0);
  await expect(systemClock.sleep(1_000, stop.signal)).rejects.toThrow("enough");
  vi.useRealTimers();
});
