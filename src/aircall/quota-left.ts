import type { StatedQuota } from "./retry.ts";

/** What is left of the company's quota, as answers state it. Requests of others are known from nothing else. */
export class QuotaLeft {
  readonly #windowMs: number;
  /** The latest permit whose answer stated what is left of the quota, and what was left of it. */
  #heardNumber = 0;
  #left: { requests: number; readonly untilMs: number } | undefined;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** The answer to the request of a number, `underWay` requests after which had been sent when it came. */
  heard(
    number: number,
    { remaining, resetsInMs = this.#windowMs }: StatedQuota,
    underWay: number,
    nowMs: number,
  ): void {
    if (number < this.#heardNumber) return;
    this.#heardNumber = number;
    this.#left =
      remaining === undefined ? undefined : { requests: remaining - underWay, untilMs: nowMs + resetsInMs };
  }

  spend(): void {
    if (this.#left) this.#left.requests -= 1;
  }

  /** When the server has counted anew, one request finds out how much is left now: not all of it, where windows slide. */
  freeAtMs(nowMs: number): number {
    if (!this.#left || this.#left.requests > 0) return -Infinity;
    if (nowMs < this.#left.untilMs) return this.#left.untilMs;
    this.#left = { requests: 1, untilMs: nowMs + this.#windowMs };
    return -Infinity;
  }

  /** When more than so many requests may be left; `-Infinity` when that is so now. */
  exceedsAtMs(requests: number, nowMs: number): number {
    const isKnown = this.#left !== undefined && nowMs < this.#left.untilMs;
    return this.#left && isKnown && this.#left.requests <= requests ? this.#left.untilMs : -Infinity;
  }
}
