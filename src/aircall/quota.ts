import type { JsonObject } from "../shared/json.ts";
import { Allowance } from "./allowance.ts";
import { isSpread, type Priority, shareOf } from "./priorities.ts";
import { QuotaLeft } from "./quota-left.ts";
import { type RecentRequests, recentRequestsAsJson } from "./recent-requests.ts";
import type { StatedQuota } from "./retry.ts";
import { type Permit, SentRequests } from "./sent-requests.ts";
import { SpareShare } from "./spare-share.ts";

/** Requests that are spread take no more than this share of a window at once: a small account is read in one go. */
const BURST_SHARE = 0.85;

/** No wait that the server states is observed for longer. */
const LONGEST_BLOCK_MS = 3_600_000;

/** What a window may hold. */
export interface QuotaLimits {
  readonly requests: number;
  /** The share of the allowance that `spare` requests may take, 0 to 100; 0 when left out. */
  readonly sparePercent?: number;
}

/** How much of the quota is in use. */
export interface QuotaUse {
  /** Within the last window. */
  readonly sentRequests: number;
  /** In a window, by the config and by what Aircall has refused. */
  readonly allowedRequests: number;
  /** For how long Aircall still refuses everything. */
  readonly blockedForMs: number;
}

/**
 * When a request may be sent, by what was sent and refused before. No span of `windowMs` ever sees more requests than
 * the allowance, which holds for a server that counts by fixed minutes and for one that counts by sliding ones.
 */
export class Quota {
  readonly #windowMs: number;
  readonly #allowance: Allowance;
  readonly #sent: SentRequests;
  readonly #left: QuotaLeft;
  readonly #spare: SpareShare;
  #blockedUntilMs = -Infinity;
  #permits = 0;

  constructor(limits: QuotaLimits, windowMs: number) {
    this.#windowMs = windowMs;
    this.#allowance = new Allowance(limits.requests);
    this.#sent = new SentRequests(windowMs);
    this.#left = new QuotaLeft(windowMs);
    this.#spare = new SpareShare(windowMs);
    this.configure(limits);
  }

  configure({ requests, sparePercent = 0 }: QuotaLimits): void {
    this.#allowance.configure(requests);
    this.#spare.configure(sparePercent);
  }

  use(nowMs: number): QuotaUse {
    this.#sent.forgetBefore(nowMs);
    return {
      sentRequests: this.#sent.count,
      allowedRequests: this.#allowed(nowMs),
      blockedForMs: Math.max(0, this.#blockedUntilMs - nowMs),
    };
  }

  recent(nowMs: number): JsonObject {
    this.#sent.forgetBefore(nowMs);
    const recent = { sentMs: this.#sent.instantsMs, blockedUntilMs: this.#blockedUntilMs };
    return recentRequestsAsJson(recent, this.#windowMs);
  }

  /** Counts what an earlier process has sent. Returns how long the server still refuses everything. */
  recall({ sentMs, blockedUntilMs }: RecentRequests, nowMs: number): number {
    const inWindow = sentMs.filter((oneMs) => oneMs > nowMs - this.#windowMs && oneMs <= nowMs);
    this.#sent.addEarlier(inWindow.map((oneMs) => ({ sentMs: oneMs })));
    // An instant that is further ahead was written by a clock that was wrong.
    if (blockedUntilMs <= nowMs + LONGEST_BLOCK_MS) this.#blockedUntilMs = blockedUntilMs;
    return Math.max(0, this.#blockedUntilMs - nowMs);
  }

  heard({ number }: Permit, quota: StatedQuota, nowMs: number): void {
    if (quota.limit !== undefined) this.#allowance.stated(quota.limit);
    this.#left.heard(number, quota, this.#permits - number, nowMs);
  }

  refused(permit: Permit, waitMs: number, statedRequests: number | undefined, nowMs: number): boolean {
    this.#sent.remove(permit);
    this.#spare.refused(nowMs);
    const isFirst = permit.sentMs > this.#blockedUntilMs && nowMs >= this.#blockedUntilMs;
    if (isFirst) {
      this.#sent.forgetBefore(nowMs);
      this.#allowance.refused(this.#sent.count, statedRequests, nowMs);
    }
    this.#blockedUntilMs = Math.max(this.#blockedUntilMs, nowMs + waitMs);
    return isFirst;
  }

  /** Counts a request that is sent now. */
  send(priority: Priority, nowMs: number): Permit {
    this.#permits += 1;
    const permit = { sentMs: nowMs, number: this.#permits, priority };
    this.#sent.add(permit);
    this.#left.spend();
    if (priority === "spare") this.#spare.sent(nowMs);
    return permit;
  }

  /**
   * When a request may be sent, at the earliest; in the past when it may be sent now.
   *
   *     oldest sent        latest sent                      roomAt
   *     |<--------------------|------- windowMs ------------->|
   *                           |----------|----------|---------|    free = 2
   *                                      ^ evenlySpacedAt
   *
   * None is sent before a block ends. In a window that is full, a request waits until there is room. In
   * one that is not, a request that is spread waits for the first of the even steps that are left until
   * the oldest request leaves the window.
   */
  freeAtMs(priority: Priority, nowMs: number): number {
    this.#sent.forgetBefore(nowMs);
    const allowed = this.#allowed(nowMs);
    const roomAtMs = this.#sent.roomAtMs(allowed);
    const isPaced = isSpread(priority) && this.#sent.count >= BURST_SHARE * allowed;
    const ownMs = roomAtMs > nowMs || !isPaced ? roomAtMs : this.#sent.evenlySpacedAtMs(allowed);
    return Math.max(this.#blockedUntilMs, this.#left.freeAtMs(nowMs), ownMs);
  }

  /** When the share of a priority is not used up. */
  shareFreeAtMs(priority: Priority, nowMs: number): number {
    this.#sent.forgetBefore(nowMs);
    return this.#sent.roomAtMs(shareOf(priority, this.#allowed(nowMs)), priority);
  }

  /** When a `spare` request may be sent. It leaves the room of a burst to others, here and in the company's quota. */
  spareFreeAtMs(nowMs: number): number {
    this.#sent.forgetBefore(nowMs);
    const allowed = this.#allowed(nowMs);
    const burst = Math.ceil(BURST_SHARE * allowed);
    return Math.max(
      this.#spare.freeAtMs(allowed),
      this.#blockedUntilMs,
      this.#sent.roomAtMs(burst),
      this.#left.exceedsAtMs(allowed - burst, nowMs),
    );
  }

  /** From one `spare` request to the next; infinite for a share of 0. */
  spareIntervalMs(nowMs: number): number {
    return this.#spare.intervalMs(this.#allowed(nowMs));
  }

  #allowed(nowMs: number): number {
    return Math.floor(this.#allowance.requests(nowMs));
  }
}
