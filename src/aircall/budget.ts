import { steadyClock } from "../shared/clock.ts";
import type { Json, JsonObject } from "../shared/json.ts";
import type { Clock } from "../shared/ports.ts";
import { type Priority, rankOf } from "./priorities.ts";
import { Quota, type QuotaLimits, type QuotaUse } from "./quota.ts";
import { parseRecentRequests } from "./recent-requests.ts";
import type { StatedQuota } from "./retry.ts";
import type { Permit } from "./sent-requests.ts";

/** A caller that has waited for so many windows goes before all that have not. */
const PATIENCE_WINDOWS = 2;

interface Caller {
  readonly priority: Priority;
  readonly cameMs: number;
  readonly go: (permit: Permit) => void;
  readonly onWait: (waitMs: number) => void;
  reportedUntilMs?: number;
}

/**
 * The requests that this process may send to the account, whatever stream sends them. A request is
 * paid before it is sent, as `Quota` lets it.
 *
 * The most urgent caller goes first, and one that has waited for two windows before all others, so
 * that no caller starves. A caller whose priority has used up its share of a window holds nobody up.
 * Requests of the lower priorities are spread over the window: there is nearly always room at once
 * for an urgent one. A `spare` request takes room for which no more urgent caller waits.
 */
export class RequestBudget {
  readonly #quota: Quota;
  readonly #windowMs: number;
  readonly #wallClock: Clock;
  readonly #clock: Clock;
  #waiting: Caller[] = [];
  #alarm: AbortController | undefined;

  constructor({ windowMs, clock, ...limits }: QuotaLimits & { windowMs: number; clock: Clock }) {
    this.#quota = new Quota(limits, windowMs);
    this.#windowMs = windowMs;
    this.#wallClock = clock;
    this.#clock = steadyClock(clock);
  }

  /** What a window may hold from now on, by the config. What refusals have shown stays. */
  configure(limits: QuotaLimits): void {
    this.#quota.configure(limits);
  }

  get use(): QuotaUse {
    return this.#quota.use(this.#clock.now());
  }

  /** What this process has sent within the last window, and what the processes before it sent, from `recall`. */
  recent(): JsonObject {
    return this.#quota.recent(this.#clock.now());
  }

  /** Counts what an earlier process has sent within the last window. Returns how long the server still refuses everything. */
  recall(earlier: Json | undefined): number {
    const recent = parseRecentRequests(earlier);
    return recent ? this.#quota.recall(recent, this.#clock.now()) : 0;
  }

  /**
   * What the answer to a request states of the company's quota; `{}` for one that states nothing, or for none. Requests
   * of others are not known here, so what is left bounds ours until the count starts anew, which is after a window
   * unless the answer states when.
   */
  heard(permit: Permit, quota: StatedQuota): void {
    this.#quota.heard(permit, quota, this.#clock.now());
    this.#serve();
  }

  /**
   * When the next `spare` request may be sent, as far as is known now; Unix milliseconds. In the past when it may be
   * sent now, and `Infinity` when the config spares none.
   */
  spareAtMs(): number {
    const nowMs = this.#clock.now();
    return this.#wallClock.now() + Math.ceil(this.#spareFreeAtMs(nowMs) - nowMs);
  }

  /**
   * Waits for the right to send one request. Calls `onWait` with how long that takes, if it takes any time. A `spare`
   * request that could not be sent at once counts as a re-read.
   */
  take(wanted: Priority, signal: AbortSignal, onWait: (waitMs: number) => void): Promise<Permit> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const cameMs = this.#clock.now();
      const priority = wanted === "spare" && this.#spareFreeAtMs(cameMs) > cameMs ? "reread" : wanted;
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
      const caller: Caller = { priority, cameMs, go, onWait };
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
    return this.#quota.refused(permit, waitMs, statedRequests, this.#clock.now());
  }

  /** Lets the callers go that may go now, and wakes up when the next one may. */
  #serve(): void {
    this.#alarm?.abort();
    while (this.#waiting.length > 0) {
      const nowMs = this.#clock.now();
      const caller = this.#next(nowMs);
      const freeMs = caller ? this.#quota.freeAtMs(caller.priority, nowMs) : Infinity;
      if (caller === undefined || freeMs > nowMs) {
        this.#wakeAt(this.#reportWaits(freeMs, nowMs), nowMs);
        return;
      }
      this.#waiting.splice(this.#waiting.indexOf(caller), 1);
      caller.go(this.#quota.send(caller.priority, nowMs));
    }
  }

  /**
   * Reports how long each caller waits: until its share is free again, or until the next of the others may go, which
   * is at `freeMs`. Returns when the first wait ends.
   */
  #reportWaits(freeMs: number, nowMs: number): number {
    const ends = this.#waiting.map((caller) => {
      const shareFreeMs = this.#quota.shareFreeAtMs(caller.priority, nowMs);
      const untilMs = shareFreeMs > nowMs ? shareFreeMs : freeMs;
      if (caller.reportedUntilMs !== untilMs) caller.onWait(untilMs - nowMs);
      caller.reportedUntilMs = untilMs;
      return untilMs;
    });
    return Math.min(...ends);
  }

  #wakeAt(untilMs: number, nowMs: number): void {
    const alarm = new AbortController();
    this.#alarm = alarm;
    this.#clock.sleep(untilMs - nowMs, alarm.signal).then(
      () => this.#serve(),
      () => {},
    );
  }

  /** The caller whose turn it is, of those whose share is not used up. */
  #next(nowMs: number): Caller | undefined {
    const [first, ...others] = this.#waiting.filter(
      ({ priority }) => this.#quota.shareFreeAtMs(priority, nowMs) <= nowMs,
    );
    if (first === undefined) return undefined;
    if (nowMs > first.cameMs + PATIENCE_WINDOWS * this.#windowMs) return first;
    return others.reduce(
      (best, other) => (rankOf(other.priority) < rankOf(best.priority) ? other : best),
      first,
    );
  }

  /** While a more urgent caller waits, the answer is worth another look after the time that one spare request is for. */
  #spareFreeAtMs(nowMs: number): number {
    const freeMs = this.#quota.spareFreeAtMs(nowMs);
    const isWantedByOthers = this.#waiting.some(({ priority }) => rankOf(priority) < rankOf("spare"));
    return isWantedByOthers ? Math.max(freeMs, nowMs + this.#quota.spareIntervalMs(nowMs)) : freeMs;
  }
}
