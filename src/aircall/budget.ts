import { steadyClock } from "../shared/clock.ts";
import type { Json, JsonObject } from "../shared/json.ts";
import type { Clock } from "../shared/ports.ts";
import { Allowance } from "./allowance.ts";
import { parseRecentRequests, recentRequestsAsJson } from "./recent-requests.ts";
import type { StatedQuota } from "./retry.ts";

/** What a request is for, the most urgent first. Requests that are spread keep room in the window for urgent ones. */
const PRIORITIES = {
  event: { isSpread: false },
  tail: { isSpread: false },
  snapshot: { isSpread: false },
  reread: { isSpread: true },
  backfill: { isSpread: true },
};
export type Priority = keyof typeof PRIORITIES;

const MOST_URGENT_FIRST = Object.keys(PRIORITIES);

/** Requests that are spread take no more than this share of a window at once: a small account is read in one go. */
const BURST_SHARE = 0.85;

/** A caller that has waited for so many windows goes before all that have not. */
const PATIENCE_WINDOWS = 2;

/** No wait that the server states is observed for longer. */
const LONGEST_BLOCK_MS = 3_600_000;

/** The right to send one request. */
export interface Permit {
  readonly sentMs: number;
  /** Counts from 1. */
  readonly number: number;
}

interface Caller {
  readonly priority: Priority;
  readonly cameMs: number;
  readonly go: (permit: Permit) => void;
  readonly onWait: (waitMs: number) => void;
  reportedUntilMs?: number;
}

/**
 * The requests that this process may send to the account, whatever stream sends them. A request is
 * paid before it is sent: no span of `windowMs` ever sees more than the allowance, which holds for
 * a server that counts by fixed minutes and for one that counts by sliding ones.
 *
 * The most urgent caller goes first, and one that has waited for two windows before all others, so
 * that no caller starves. Requests of the lower priorities are spread over the window: there is
 * nearly always room at once for an urgent one.
 */
export class RequestBudget {
  readonly #allowance: Allowance;
  readonly #windowMs: number;
  readonly #clock: Clock;
  readonly #sentMs: number[] = [];
  #waiting: Caller[] = [];
  #blockedUntilMs = -Infinity;
  #permits = 0;
  /** The latest permit whose answer stated what is left of the quota, and what was left of it. */
  #heardNumber = 0;
  #left: { requests: number; readonly untilMs: number } | undefined;
  #alarm: AbortController | undefined;

  constructor(options: { requests: number; windowMs: number; clock: Clock }) {
    this.#allowance = new Allowance(options.requests);
    this.#windowMs = options.windowMs;
    this.#clock = steadyClock(options.clock);
  }

  /** How many requests a window may hold from now on, by the config. What refusals have shown stays. */
  configure(requests: number): void {
    this.#allowance.configure(requests);
  }

  /** What this process has sent within the last window, and what the processes before it sent, from `recall`. */
  recent(): JsonObject {
    this.#forgetBefore(this.#clock.now() - this.#windowMs);
    const recent = { sentMs: this.#sentMs, blockedUntilMs: this.#blockedUntilMs };
    return recentRequestsAsJson(recent, this.#windowMs);
  }

  /** Counts what an earlier process has sent within the last window. Returns how long the server still refuses everything. */
  recall(earlier: Json | undefined): number {
    const { sentMs = [], blockedUntilMs = -Infinity } = parseRecentRequests(earlier) ?? {};
    const nowMs = this.#clock.now();
    const inWindow = (oneMs: number) => oneMs > nowMs - this.#windowMs && oneMs <= nowMs;
    this.#sentMs.unshift(...sentMs.filter(inWindow));
    // An instant that is further ahead was written by a clock that was wrong.
    if (blockedUntilMs <= nowMs + LONGEST_BLOCK_MS) this.#blockedUntilMs = blockedUntilMs;
    return Math.max(0, this.#blockedUntilMs - nowMs);
  }

  /**
   * What the answer to a request states of the company's quota; `{}` for one that states nothing, or for none. Requests
   * of others are not known here, so what is left bounds ours until the count starts anew, which is after a window
   * unless the answer states when.
   */
  heard(permit: Permit, { limit, remaining, resetsInMs = this.#windowMs }: StatedQuota): void {
    if (limit !== undefined) this.#allowance.stated(limit);
    if (permit.number < this.#heardNumber) return;
    this.#heardNumber = permit.number;
    const requests = (remaining ?? 0) - (this.#permits - permit.number);
    this.#left = remaining === undefined ? undefined : { requests, untilMs: this.#clock.now() + resetsInMs };
    this.#serve();
  }

  /** Waits for the right to send one request. Calls `onWait` with how long that takes, if it takes any time. */
  take(priority: Priority, signal: AbortSignal, onWait: (waitMs: number) => void): Promise<Permit> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const giveUp = () => {
        this.#waiting = this.#waiting.filter((other) => other !== caller);
        // The alarm would keep the process alive until the wait is over.
        if (this.#waiting.length === 0) this.#alarm?.abort();
        reject(signal.reason);
      };
      const go = (permit: Permit) => {
        signal.removeEventListener("abort", giveUp);
        resolve(permit);
      };
      const caller: Caller = { priority, cameMs: this.#clock.now(), go, onWait };
      signal.addEventListener("abort", giveUp, { once: true });
      this.#waiting.push(caller);
      this.#serve();
    });
  }

  /**
   * The server has refused a request, and refuses everything for `waitMs`. What was accepted in
   * this window is all that there is for us, and never more than the limit that the server states.
   * Returns whether this begins a block: requests that were under way together are refused together.
   */
  refused(permit: Permit, waitMs: number, statedRequests?: number): boolean {
    const nowMs = this.#clock.now();
    const place = this.#sentMs.indexOf(permit.sentMs);
    if (place >= 0) this.#sentMs.splice(place, 1);
    const isFirst = permit.sentMs > this.#blockedUntilMs && nowMs >= this.#blockedUntilMs;
    if (isFirst) {
      this.#forgetBefore(nowMs - this.#windowMs);
      this.#allowance.refused(this.#sentMs.length, statedRequests, nowMs);
    }
    this.#blockedUntilMs = Math.max(this.#blockedUntilMs, nowMs + waitMs);
    return isFirst;
  }

  /** Lets the callers go that may go now, and wakes up when the next one may. */
  #serve(): void {
    this.#alarm?.abort();
    for (let caller = this.#next(); caller; caller = this.#next()) {
      const nowMs = this.#clock.now();
      const freeMs = this.#freeAtMs(caller, nowMs);
      if (freeMs > nowMs) {
        this.#reportWaits(freeMs, nowMs);
        this.#wakeAt(freeMs, nowMs);
        return;
      }
      this.#waiting.splice(this.#waiting.indexOf(caller), 1);
      this.#sentMs.push(nowMs);
      this.#permits += 1;
      if (this.#left) this.#left.requests -= 1;
      caller.go({ sentMs: nowMs, number: this.#permits });
    }
  }

  #reportWaits(untilMs: number, nowMs: number): void {
    for (const caller of this.#waiting) {
      if (caller.reportedUntilMs !== untilMs) caller.onWait(untilMs - nowMs);
      caller.reportedUntilMs = untilMs;
    }
  }

  #wakeAt(untilMs: number, nowMs: number): void {
    const alarm = new AbortController();
    this.#alarm = alarm;
    this.#clock.sleep(untilMs - nowMs, alarm.signal).then(
      () => this.#serve(),
      () => {},
    );
  }

  #next(): Caller | undefined {
    const [first, ...others] = this.#waiting;
    if (first === undefined) return undefined;
    if (this.#clock.now() > first.cameMs + PATIENCE_WINDOWS * this.#windowMs) return first;
    return others.reduce((best, other) => (rank(other) < rank(best) ? other : best), first);
  }

  /**
   * When the caller may send, at the earliest; in the past when it may send now.
   *
   *     oldest sent        latest sent                      roomAt
   *     |<--------------------|------- windowMs ------------->|
   *                           |----------|----------|---------|    free = 2
   *                                      ^ evenlySpacedAt
   *
   * No caller sends before a block ends. In a window that is full, a caller waits until the oldest
   * request leaves it. In one that is not, a caller that is spread waits for the first of the even
   * steps that are left until then.
   */
  #freeAtMs(caller: Caller, nowMs: number): number {
    return Math.max(this.#freeByTheirsMs(nowMs), this.#freeByOursMs(caller, nowMs));
  }

  /** When the server has counted anew, one request finds out how much is left now: not all of it, where windows slide. */
  #freeByTheirsMs(nowMs: number): number {
    if (!this.#left || this.#left.requests > 0) return -Infinity;
    if (nowMs < this.#left.untilMs) return this.#left.untilMs;
    this.#left = { requests: 1, untilMs: nowMs + this.#windowMs };
    return -Infinity;
  }

  #freeByOursMs({ priority }: Caller, nowMs: number): number {
    this.#forgetBefore(nowMs - this.#windowMs);
    const sent = this.#sentMs.length;
    const allowed = Math.floor(this.#allowance.requests(nowMs));
    const free = allowed - sent;
    const oldestMs = this.#sentMs[0];
    const latestMs = this.#sentMs.at(-1);
    if (oldestMs === undefined || latestMs === undefined) return this.#blockedUntilMs;
    const roomAtMs = oldestMs + this.#windowMs;
    if (free <= 0) return Math.max(this.#blockedUntilMs, roomAtMs);
    if (!PRIORITIES[priority].isSpread || sent < BURST_SHARE * allowed) return this.#blockedUntilMs;
    const evenlySpacedAtMs = latestMs + (roomAtMs - latestMs) / (free + 1);
    return Math.max(this.#blockedUntilMs, evenlySpacedAtMs);
  }

  #forgetBefore(startMs: number): void {
    while ((this.#sentMs[0] ?? Infinity) <= startMs) this.#sentMs.shift();
  }
}

function rank({ priority }: Caller): number {
  return MOST_URGENT_FIRST.indexOf(priority);
}
