import { expect, test } from "vitest";
import { StoreError } from "../../src/errors.ts";
import { keepSnapshots } from "../../src/local/index.ts";
import { TestClock } from "../support/clock.ts";

/** Keeps copies that take a second each, and that fail with the sentence at their place in `failures`. Returns when each began, in seconds. */
function keeping(everyMs: number, failures: readonly (string | undefined)[]) {
  const clock = new TestClock(0);
  const stop = new AbortController();
  const begun: number[] = [];
  const troubles: string[] = [];
  const snapshots = {
    async take(atMs: number, signal: AbortSignal) {
      begun.push(atMs / 1_000);
      await clock.sleep(1_000, signal);
      const failure = failures[begun.length - 1];
      if (failure !== undefined) throw new StoreError(failure);
    },
  };
  const onTrouble = (sentence: string) => troubles.push(sentence);
  const ended = keepSnapshots({ snapshots, everyMs, clock, signal: stop.signal, onTrouble });
  return { clock, stop, begun, troubles, ended };
}

test("a copy is made at once and then at the interval, until the capture ends", async () => {
  const { clock, stop, begun, troubles, ended } = keeping(600_000, []);
  await clock.runUntil(1_800_500);
  stop.abort();
  await ended;
  expect(begun).toEqual([0, 600, 1_200, 1_800]);
  expect(troubles).toEqual([]);
});

test("a copy that fails is reported once for each reason, and made again within a minute", async () => {
  const { clock, begun, troubles, stop, ended } = keeping(600_000, [
    "It is full.",
    "It is full.",
    "It is gone.",
    undefined,
    "It is full.",
  ]);
  await clock.runUntil(800_000);
  stop.abort();
  await ended;
  expect(begun).toEqual([0, 60, 120, 180, 780]);
  const again = "The copy is tried again.";
  expect(troubles).toEqual([`It is full. ${again}`, `It is gone. ${again}`, `It is full. ${again}`]);
});

test("a copy that takes longer than its interval is followed by the next at once", async () => {
  const { clock, begun, stop, ended } = keeping(500, []);
  await clock.runUntil(3_500);
  stop.abort();
  await ended;
  expect(begun).toEqual([0, 1, 2, 3]);
});
