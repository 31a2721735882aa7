import type { MiddlewareHandler } from "hono";
import type { EmulatorClock } from "./clock.ts";
import type { LimiterOptions } from "./options.ts";

/** The limiter's decision on one request, with the values of the rate headers. */
export interface Verdict {
  allowed: boolean;
  limit: number;
  remaining: number;
  /** When the counter is reset or the block ends, in whole Unix seconds. */
  resetsAtSeconds: number;
}

/** Counts the requests of the whole company. A request beyond the limit blocks all requests for a while. */
export class Limiter {
  /** Requests allowed per window; infinite without a limit. Tests may change it while the emulator runs. */
  limit: number;
  readonly #options: LimiterOptions;
  #acceptedAtMs: number[] = [];
  #blockedUntilMs = 0;

  constructor(options: LimiterOptions) {
    this.#options = options;
    this.limit = options.limit ?? Number.POSITIVE_INFINITY;
  }

  get isUnlimited(): boolean {
    return this.limit === Number.POSITIVE_INFINITY;
  }

  admit(nowMs: number): Verdict {
    if (nowMs < this.#blockedUntilMs) return this.#verdict(false, this.#blockedUntilMs);
    this.#forgetBefore(nowMs);
    if (this.#acceptedAtMs.length >= this.limit) {
      this.#blockedUntilMs = nowMs + this.#options.blockMs;
      return this.#verdict(false, this.#blockedUntilMs);
    }
    this.#acceptedAtMs.push(nowMs);
    return this.#verdict(true, this.#resetMs(nowMs));
  }

  #forgetBefore(nowMs: number): void {
    const startMs = this.#windowStartMs(nowMs);
    while ((this.#acceptedAtMs[0] ?? nowMs) < startMs) this.#acceptedAtMs.shift();
  }

  #windowStartMs(nowMs: number): number {
    const { windowMs, windowShape } = this.#options;
    if (windowShape === "fixed") return Math.floor(nowMs / windowMs) * windowMs;
    return nowMs - windowMs + 1;
  }

  /** When requests that count now stop to count: all of them, or the oldest. */
  #resetMs(nowMs: number): number {
    const { windowMs, windowShape } = this.#options;
    const beganMs = windowShape === "fixed" ? this.#windowStartMs(nowMs) : (this.#acceptedAtMs[0] ?? nowMs);
    return beganMs + windowMs;
  }

  #verdict(allowed: boolean, resetsAtMs: number): Verdict {
    const remaining = allowed ? this.limit - this.#acceptedAtMs.length : 0;
    return { allowed, limit: this.limit, remaining, resetsAtSeconds: Math.ceil(resetsAtMs / 1000) };
  }
}

/** Refuses requests with 429. The body of a real 429 is not known, so clients must not rely on it. */
export function enforceLimit(
  limiter: Limiter,
  options: Pick<LimiterOptions, "rateHeaders"> & { clock: EmulatorClock },
): MiddlewareHandler {
  return async (context, next) => {
    if (limiter.isUnlimited) return next();
    const verdict = limiter.admit(options.clock.now());
    if (!verdict.allowed || options.rateHeaders === "always") {
      context.header("X-AircallApi-Limit", String(verdict.limit));
      context.header("X-AircallApi-Remaining", String(verdict.remaining));
      context.header("X-AircallApi-Reset", String(verdict.resetsAtSeconds));
    }
    if (verdict.allowed) return next();
    return context.json({ error: "Too Many Requests", troubleshoot: "Rate limit reached" }, 429);
  };
}
