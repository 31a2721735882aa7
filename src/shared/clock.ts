import type { Clock } from "./ports.ts";

/** The longest delay of `setTimeout`. A timer with a longer one fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: Date.now,
  async sleep(durationMs, signal) {
    for (let leftMs = durationMs; leftMs > 0; leftMs -= LONGEST_TIMER_MS) {
      await timer(Math.min(leftMs, LONGEST_TIMER_MS), signal);
    }
  },
  alarm(afterMs, ring) {
    const timeout = setTimeout(ring, afterMs).unref();
    return () => clearTimeout(timeout);
  },
};

/** Does the work every so often, until the returned function is called. Does not keep the process alive. */
export function repeatEvery(clock: Pick<Clock, "alarm">, everyMs: number, work: () => void): () => void {
  const ring = () => {
    cancel = clock.alarm(everyMs, ring);
    work();
  };
  let cancel = clock.alarm(everyMs, ring);
  return () => cancel();
}

/**
 * A clock that never goes back, for measuring elapsed time. When the underlying clock is set back,
 * this one continues from its latest instant, and its instants differ from then on.
 */
export function steadyClock(clock: Clock): Clock {
  let aheadMs = 0;
  let latestMs = -Infinity;
  return {
    now() {
      aheadMs = Math.max(aheadMs, latestMs - clock.now());
      latestMs = clock.now() + aheadMs;
      return latestMs;
    },
    sleep: (durationMs, signal) => clock.sleep(durationMs, signal),
    alarm: (afterMs, ring) => clock.alarm(afterMs, ring),
  };
}

function timer(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const cancel = () => {
      clearTimeout(timeout);
      reject(signal.reason);
    };
    const timeout = setTimeout(() => {
      signal.removeEventListener("abort", cancel);
      resolve();
    }, durationMs);
    signal.addEventListener("abort", cancel, { once: true });
  });
}
