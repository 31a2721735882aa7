/** The wait from a refusal to the first probe for a higher allowance. It doubles after each probe that was refused. */
const FIRST_PROBE_AFTER_MS = 10 * 60_000;
const LONGEST_PROBE_AFTER_MS = 24 * 60 * 60_000;
/** By which share of the allowance a probe raises it. */
const PROBE_SHARE = 0.1;

/** How many requests may be sent in a window: the configured number, or fewer after refusals. */
export class Allowance {
  #configured: number;
  /** The company's limit, as Aircall stated it. */
  #stated = Infinity;
  /** The number of requests accepted in the window of the last refusal, plus what probes have added since. */
  #learned = Infinity;
  /** `#learned` as it was before the first probe. */
  #probedFrom = Infinity;
  #probeAfterMs = FIRST_PROBE_AFTER_MS;
  #probeAtMs = Infinity;

  constructor(configuredRequests: number) {
    this.#configured = configuredRequests;
  }

  configure(requests: number): void {
    this.#configured = requests;
  }

  requests(nowMs: number): number {
    if (nowMs >= this.#probeAtMs) this.#probe(nowMs);
    return Math.min(this.#configured, this.#stated, this.#learned);
  }

  /** The company's limit, which an answer has stated. */
  stated(requests: number): void {
    this.#stated = requests;
  }

  /**
   * Lowers the allowance after a request was refused with only `acceptedRequests` accepted in its
   * window: other clients of the company use the rest of the limit. One refusal takes at most three
   * quarters of the allowance, so that one bad minute does not stop the capture.
   */
  refused(acceptedRequests: number, statedRequests: number | undefined, nowMs: number): void {
    if (this.#learned > this.#probedFrom)
      this.#probeAfterMs = Math.min(2 * this.#probeAfterMs, LONGEST_PROBE_AFTER_MS);
    if (statedRequests !== undefined) this.stated(statedRequests);
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
