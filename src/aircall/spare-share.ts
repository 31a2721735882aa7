/** No request is to spare for so long after a refusal: others need the quota. */
const PAUSE_AFTER_REFUSAL_MS = 10 * 60_000;

/** The requests that nobody else wants: a share of each window, spread evenly over it. */
export class SpareShare {
  readonly #windowMs: number;
  #share = 0;
  #sentMs = -Infinity;
  #refusedMs = -Infinity;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** Of the allowance of a window, in percent. */
  configure(percent: number): void {
    this.#share = percent / 100;
  }

  sent(nowMs: number): void {
    this.#sentMs = nowMs;
  }

  refused(nowMs: number): void {
    this.#refusedMs = nowMs;
  }

  /** From one request to the next, where a window may hold `allowed`; infinite for a share of 0. */
  intervalMs(allowed: number): number {
    const requests = this.#share * allowed;
    return requests === 0 ? Infinity : this.#windowMs / Math.max(Math.floor(requests), Math.min(requests, 1));
  }

  /** When the next request may be sent as far as the share goes; in the past when it may be sent now. */
  freeAtMs(allowed: number): number {
    if (this.#share === 0) return Infinity;
    return Math.max(this.#sentMs + this.intervalMs(allowed), this.#refusedMs + PAUSE_AFTER_REFUSAL_MS);
  }
}
