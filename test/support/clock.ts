import type { Clock } from "../../src/shared/ports.ts";

interface Sleeper {
  readonly wakesMs: number;
  readonly wake: () => void;
}

/**
 * A clock that stands still until a test moves it. A sleeper wakes when the clock is moved past its
 * time; with `leaps`, the clock itself moves on to the end of every sleep, so that nobody waits.
 */
export class TestClock implements Clock {
  readonly #leaps: boolean;
  #nowMs: number;
  #sleepers: Sleeper[] = [];
  /** How long each sleeper asked to sleep. */
  readonly sleptMs: number[] = [];

  constructor(startMs = Date.UTC(2026, 5, 15, 12), options: { leaps?: boolean } = {}) {
    this.#nowMs = startMs;
    this.#leaps = options.leaps ?? false;
  }

  now = (): number => this.#nowMs;

  sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    this.sleptMs.push(durationMs);
    if (this.#leaps) this.advance(durationMs);
    const wakesMs = this.#leaps ? this.#nowMs : this.#nowMs + durationMs;
    return new Promise((resolve, reject) => {
      const sleeper = { wakesMs, wake: resolve };
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      if (wakesMs <= this.#nowMs) resolve();
      else this.#sleepers.push(sleeper);
    });
  }

  /** Rings never: no test on this clock lets a request take too long. */
  alarm(): () => void {
    return () => {};
  }

  /** Moves the clock on, or back: those who sleep do not notice that. */
  advance(durationMs: number): void {
    this.#nowMs += durationMs;
    const due = this.#sleepers.filter(({ wakesMs }) => wakesMs <= this.#nowMs);
    this.#sleepers = this.#sleepers.filter(({ wakesMs }) => wakesMs > this.#nowMs);
    for (const { wake } of due) wake();
  }
}

/** The clock of another machine than the given one's, which goes as much before it as a test says. */
export class ClockApart extends TestClock {
  readonly #base: TestClock;
  aheadMs = 0;

  constructor(base: TestClock) {
    super();
    this.#base = base;
  }

  override now = (): number => this.#base.now() + this.aheadMs;

  override sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    return this.#base.sleep(durationMs, signal);
  }

  override advance(durationMs: number): void {
    this.#base.advance(durationMs);
  }
}
