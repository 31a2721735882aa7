import type { Clock } from "../shared/ports.ts";

/**
 * A signal that is aborted with another one, or when the time is up. It has to be ended: then nothing of it
 * is left with the other signal, which lives for as long as the process.
 */
export class Deadline {
  readonly #own = new AbortController();
  readonly #cancelAlarm: () => void;
  readonly #forget: () => void;
  isOver = false;

  constructor(signal: AbortSignal, afterMs: number, clock: Clock) {
    const abort = () => this.#own.abort(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    this.#forget = () => signal.removeEventListener("abort", abort);
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
    this.#forget();
  }
}
