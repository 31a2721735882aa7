import type { Priority } from "./priorities.ts";

/** The right to send one request. */
export interface Permit {
  readonly sentMs: number;
  /** Counts from 1. */
  readonly number: number;
  readonly priority: Priority;
}

/** A request of an earlier process, of which no more is known than when it was sent. */
export type EarlierRequest = Pick<Permit, "sentMs">;

/** The requests of the last window, the oldest first. */
export class SentRequests {
  readonly #windowMs: number;
  #requests: (Permit | EarlierRequest)[] = [];

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  get count(): number {
    return this.#requests.length;
  }

  get instantsMs(): number[] {
    return this.#requests.map(({ sentMs }) => sentMs);
  }

  add(permit: Permit): void {
    this.#requests.push(permit);
  }

  /** Counts requests that were sent before all others. */
  addEarlier(requests: readonly EarlierRequest[]): void {
    this.#requests.unshift(...requests);
  }

  remove(permit: Permit): void {
    this.#requests = this.#requests.filter((request) => request !== permit);
  }

  /** Forgets the requests that have left the window by now. */
  forgetBefore(nowMs: number): void {
    while ((this.#requests[0]?.sentMs ?? Infinity) <= nowMs - this.#windowMs) this.#requests.shift();
  }

  /** When fewer than `allowed` requests are left in the window, of one priority or of all; `-Infinity` when that is so now. */
  roomAtMs(allowed: number, priority?: Priority): number {
    const counted = this.#requests.filter(
      (request) => priority === undefined || ("priority" in request && request.priority === priority),
    );
    const last = counted[counted.length - allowed];
    return last === undefined ? -Infinity : last.sentMs + this.#windowMs;
  }

  /** The first of the even steps in which the rest of the allowance lasts until the oldest request leaves the window. */
  evenlySpacedAtMs(allowed: number): number {
    const [oldest] = this.#requests;
    const latest = this.#requests.at(-1);
    if (oldest === undefined || latest === undefined) return -Infinity;
    const leavesMs = oldest.sentMs + this.#windowMs;
    return latest.sentMs + (leavesMs - latest.sentMs) / (allowed - this.count + 1);
  }
}
