/** How long after a refusal a little more is tried again; twice as long after each try that failed. */
const FIRST_PROBE_AFTER_MS = 10 * 60_000;
const LONGEST_PROBE_AFTER_MS = 24 * 60 * 60_000;
const PROBE_SHARE = 0.1;

/** How many requests a window may hold, as far as is known: what is configured, until a refusal teaches less. */
export class Allowance {
  readonly #configured: number;
  /** What Aircall has said that the company's limit is. */
  #stated = Infinity;
  /** What was accepted in the window of the last refusal, and what probes have added since. */
  #learned = Infinity;
  #probedFrom = Infinity;
  #probeAfterMs = FIRST_PROBE_AFTER_MS;
  #probeAtMs = Infinity;

  constructor(configuredRequests: number) {
    this.#configured = configuredRequests;
  }

  requests(nowMs: number): number {
    if (nowMs >= this.#probeAtMs) this.#probe(nowMs);
    return Math.min(this.#configured, this.#stated, this.#learned);
  }

  /**
   * A request was refused although no more than these had been accepted in its window: others use
   * the rest. One bad minute takes three quarters at most.
   */
  refused(acceptedRequests: number, statedRequests: number | undefined, nowMs: number): void {
    if (this.#learned > this.#probedFrom)
      this.#probeAfterMs = Math.min(2 * this.#probeAfterMs, LONGEST_PROBE_AFTER_MS);
    if (statedRequests !== undefined) this.#stated = statedRequests;
    const least = Math.ceil(Math.min(this.#configured, this.#stated, this.#learned) / 4);
    this.#learned = Math.max(least, acceptedRequests);
    this.#probedFrom = this.#learned;
    this.#probeAtMs = nowMs + this.#probeAfterMs;
  }

  #probe(nowMs: number): void {
    this.#learned += Math.ceil(this.#learned * PROBE_SHARE);
    const isBack = this.#learned >= Math.min(this.#configured, this.#stated);
    this.#probeAtMs = isBack ? Infinity : nowMs + this.#probeAfterMs;
  }
}
