import type { Clock } from "../shared/ports.ts";

/**
 * A signal that aborts when another signal does, or when the time is up. The user MUST call `end`,
 * which removes the listener from the other signal: that one lives as long as the process.
 */
export class Deadline {
  readonly #own = new AbortController();
  readonly #cancelAlarm: () => void;
  readonly #removeListener: () => void;
  /** Whether the time was up before `end` was called. */
  isOver = false;

  constructor(signal: AbortSignal, afterMs: number, clock: Clock) {
    const abort = () => this.#own.abort(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    this.#removeListener = () => signal.removeEventListener("abort", abort);
    this.#cancelAlarm = clock.alarm(afterMs, () => {
      this.isOver = true;
      this.#own.abort();
    });
  }

  get signal(): AbortSignal {
    return this.#own.signal;
  }

  end(): void {
    this.#cancelAlarm();
    this.#removeListener();
  }
}
