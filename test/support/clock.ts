import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "../../src/shared/ports.ts";

const START_MS = Date.UTC(2026, 5, 15, 12);

interface Sleeper {
  readonly wakesMs: number;
  /** An alarm rings only where time passes, and not where the clock jumps over it. */
  readonly isAlarm: boolean;
  readonly wake: () => void;
}

/**
 * A clock that stands still until a test moves it: it jumps with `advance`, and time passes with
 * `runUntil`. With `leaps` it also jumps to the end of every sleep by itself, so that nothing waits.
 */
export class TestClock implements Clock {
  readonly #leaps: boolean;
  /** In the order in which they wake; of those that wake together, in the order in which they fell asleep. */
  readonly #sleepers: Sleeper[] = [];
  #trueMs: number;
  #underWay = 0;
  /** How long each sleeper asked to sleep. */
  readonly sleptMs: number[] = [];
  /** How far the clock is ahead of the true time. */
  aheadMs = 0;
  /** The true time, by which an account lives. */
  readonly truth = { now: (): number => this.#trueMs };

  constructor(startMs = START_MS, options: { leaps?: boolean } = {}) {
    this.#trueMs = startMs;
    this.#leaps = options.leaps ?? false;
  }

  now = (): number => this.#trueMs + this.aheadMs;

  sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    this.sleptMs.push(durationMs);
    return this.#sleep(durationMs, signal, false);
  }

  alarm(afterMs: number, ring: () => void): () => void {
    const cancelled = new AbortController();
    this.#sleep(afterMs, cancelled.signal, true).then(ring, () => {});
    return () => cancelled.abort();
  }

  /** Moves the clock on, or back: those who sleep do not notice that. */
  advance(durationMs: number): void {
    this.#trueMs += durationMs;
    const due = this.#sleepers.filter(({ wakesMs, isAlarm }) => wakesMs <= this.#trueMs && !isAlarm);
    for (const sleeper of due) this.#wake(sleeper);
  }

  /**
   * Lets time pass up to an instant. Whenever all that can be done has been done, the clock moves on to
   * the end of the earliest sleep, so that the same work takes the same course each time.
   */
  async runUntil(untilMs: number): Promise<void> {
    for (;;) {
      do await turn();
      while (this.#underWay > 0);
      const next = this.#sleepers[0];
      if (next === undefined || next.wakesMs > untilMs) break;
      this.#trueMs = Math.max(this.#trueMs, next.wakesMs);
      this.#wake(next);
    }
    this.#trueMs = untilMs;
  }

  /** Lets time pass, in steps, until the work is over. */
  async runWhile<Result>(work: Promise<Result>, stepMs = 1_000): Promise<Result> {
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    work.then(end, end);
    while (!isOver) await this.runUntil(this.#trueMs + stepMs);
    return work;
  }

  /** Work that takes no time: time does not pass until it is done. */
  async hold<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#underWay += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
    }
  }

  async #sleep(durationMs: number, signal: AbortSignal | undefined, isAlarm: boolean): Promise<void> {
    if (durationMs <= 0) return;
    const wakesMs = this.#trueMs + durationMs;
    if (this.#leaps && !isAlarm) return this.advance(durationMs);
    await new Promise<void>((resolve, reject) => {
      const abort = () => {
        this.#remove(sleeper);
        reject(signal?.reason);
      };
      const wake = () => {
        signal?.removeEventListener("abort", abort);
        resolve();
      };
      const sleeper = { wakesMs, isAlarm, wake };
      signal?.addEventListener("abort", abort, { once: true });
      const later = this.#sleepers.findIndex((other) => other.wakesMs > wakesMs);
      this.#sleepers.splice(later < 0 ? this.#sleepers.length : later, 0, sleeper);
    });
  }

  #wake(sleeper: Sleeper): void {
    this.#remove(sleeper);
    sleeper.wake();
  }

  #remove(sleeper: Sleeper): void {
    this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1);
  }
}

/** A clock that jumps to the end of every sleep. */
export const leapingClock = (): TestClock => new TestClock(undefined, { leaps: true });

/** A `fetch` whose answers take so long by the clock, half on the way there and half on the way back. */
export function takingTime(
  clock: TestClock,
  answer: typeof globalThis.fetch,
  latencyMs: number,
): typeof globalThis.fetch {
  return async (input, init) => {
    const signal = init?.signal ?? undefined;
    if (latencyMs > 0) await clock.sleep(latencyMs / 2, signal);
    const response = await clock.hold(() => answer(input, init));
    if (latencyMs > 0) await clock.sleep(latencyMs / 2, signal);
    return response;
  };
}
