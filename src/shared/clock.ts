import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "./ports.ts";

/** A timer that is set for longer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: Date.now,
  async sleep(durationMs, signal) {
    for (let leftMs = durationMs; leftMs > 0; leftMs -= LONGEST_TIMER_MS) {
      await wait(Math.min(leftMs, LONGEST_TIMER_MS), undefined, { signal });
    }
  },
};
