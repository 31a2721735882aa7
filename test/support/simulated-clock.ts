import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "../../src/shared/ports.ts";

interface Sleeper {
  readonly wakesMs: number;
  wake(): void;
}

/**
 * A clock that nobody waits for: whenever all that can be done has been done, it moves on to the end
 * of the earliest sleep. The same work done on it takes the same course each time.
 */
export class SimulatedClock implements Clock {
  #nowMs: number;
  /** In the order in which they wake; of those that wake together, in the order in which they fell asleep. */
  readonly #sleepers: Sleeper[] = [];
  #underWay = 0;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  now = (): number => this.#nowMs;

  sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const abort = () => {
        this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1);
        reject(signal?.reason);
      };
      const sleeper = {
        wakesMs: this.#nowMs + Math.max(0, durationMs),
        wake: () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        },
      };
      signal?.addEventListener("abort", abort, { once: true });
      const later = this.#sleepers.findIndex(({ wakesMs }) => wakesMs > sleeper.wakesMs);
      this.#sleepers.splice(later < 0 ? this.#sleepers.length : later, 0, sleeper);
    });
  }

  alarm(afterMs: number, ring: () => void): () => void {
    const cancelled = new AbortController();
    this.sleep(afterMs, cancelled.signal).then(ring, () => {});
    return () => cancelled.abort();
  }

  /** Work that takes no time: the clock stands still until it is done. */
  async hold<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#underWay += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
    }
  }

  /** Lets time pass up to an instant. Whoever is asleep then sleeps on. */
  async runUntil(untilMs: number): Promise<void> {
    for (;;) {
      do await turn();
      while (this.#underWay > 0);
      const next = this.#sleepers[0];
      if (next === undefined || next.wakesMs > untilMs) break;
      this.#sleepers.shift();
      this.#nowMs = next.wakesMs;
      next.wake();
    }
    this.#nowMs = untilMs;
  }
}
