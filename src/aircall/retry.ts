import { parseHttpDate } from "./http-date.ts";

/** How one attempt at a request ended, other than with a usable answer. */
export type Outcome =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly detail: string;
      /** The wait that the server states. */
      readonly waitMs?: number | undefined;
      /** What the server states of the company's quota. */
      readonly quota?: StatedQuota;
    }
  | { readonly kind: "no-answer"; readonly detail: string }
  | { readonly kind: "unreadable"; readonly detail: string }
  /** The body is larger than an answer may be. The same request would get as large a one. */
  | { readonly kind: "too-large"; readonly detail: string }
  /** Another attempt would end the same way, until a person does what `advice` says. */
  | { readonly kind: "rejected"; readonly detail: string; readonly advice: string };

export type RetryDecision =
  | { readonly retry: true; readonly afterMs: number; readonly because: string }
  | { readonly retry: false; readonly because: string };

export interface RetryPolicy {
  readonly maxAttempts: number;
  /** The ceiling of the first random wait. It doubles with each attempt. */
  readonly firstWaitMs: number;
  /** The highest ceiling of a random wait. */
  readonly longestWaitMs: number;
  /** The longest time from the first attempt to the last. A wait that would exceed it ends the attempts. */
  readonly longestMs: number;
}

/** How often a request has been attempted, and for how long. */
export interface Tries {
  /** Counts from 1. */
  readonly attempt: number;
  /** Since the first attempt was sent. */
  readonly elapsedMs: number;
}

export const RETRY_POLICY: RetryPolicy = {
  maxAttempts: 6,
  firstWaitMs: 500,
  longestWaitMs: 30_000,
  longestMs: 3_600_000,
};

/** Exceeding the rate limit blocks the company for a minute, according to Aircall's best-practice page. */
export const BLOCK_MS = 60_000;

/** Observes a wait that the server states in full. Other waits are random, so that clients do not retry at the same time. */
export function decideRetry(
  outcome: Outcome,
  { attempt, elapsedMs }: Tries,
  policy: RetryPolicy,
  random: () => number,
): RetryDecision {
  if (!isTransient(outcome)) return { retry: false, because: "a retry would get the same answer" };
  if (attempt >= policy.maxAttempts)
    return { retry: false, because: attempt === 1 ? "the attempt failed" : `${attempt} attempts failed` };
  const wait = waitAfter(outcome, attempt, policy, random);
  if (elapsedMs + wait.afterMs <= policy.longestMs) return { retry: true, ...wait };
  return {
    retry: false,
    because: `a wait of ${Math.round(wait.afterMs / 1000)} s would exceed the limit of ${policy.longestMs / 60_000} min`,
  };
}

function waitAfter(
  outcome: Outcome,
  attempt: number,
  policy: RetryPolicy,
  random: () => number,
): { afterMs: number; because: string } {
  if (outcome.kind === "answered" && outcome.waitMs !== undefined) {
    return { afterMs: outcome.waitMs, because: "the server stated the wait" };
  }
  if (outcome.kind === "answered" && outcome.status === 429) {
    return { afterMs: BLOCK_MS, because: "rate limited without a stated wait" };
  }
  const ceilingMs = Math.min(policy.longestWaitMs, policy.firstWaitMs * 2 ** (attempt - 1));
  return { afterMs: Math.ceil(random() * ceilingMs), because: "a transient fault" };
}

/** Whether another attempt may have a different outcome. */
export function isTransient(outcome: Outcome): boolean {
  if (outcome.kind !== "answered") return outcome.kind !== "rejected" && outcome.kind !== "too-large";
  return outcome.status === 408 || outcome.status === 429 || outcome.status >= 500;
}

/**
 * The wait that an answer states: `Retry-After` in seconds or as a date, otherwise `X-AircallApi-Reset`. The
 * reset is an instant whose unit Aircall does not document: above 1e11 it can only be in milliseconds. A date or
 * reset in the past, and a reset more than two minutes ahead, are ignored.
 */
export function statedWaitMs(headers: Headers, nowMs: number): number | undefined {
  const retryAfterMs = retryAfter(headers, nowMs);
  if (retryAfterMs !== undefined) return retryAfterMs;
  return resetInMs(headers, nowMs);
}

function resetInMs(headers: Headers, nowMs: number): number | undefined {
  const reset = positiveNumber(headers.get("x-aircallapi-reset"));
  if (reset === undefined) return undefined;
  const waitMs = (reset > 1e11 ? reset : reset * 1000) - nowMs;
  return waitMs > 0 && waitMs <= 2 * BLOCK_MS ? waitMs : undefined;
}

/** A date is held against the server's own clock, if the answer has that: the local one may be wrong. */
function retryAfter(headers: Headers, nowMs: number): number | undefined {
  const text = headers.get("retry-after") ?? "";
  const seconds = positiveNumber(text);
  if (seconds !== undefined) return seconds * 1000;
  const retryAtMs = parseHttpDate(text, nowMs);
  if (retryAtMs === undefined) return undefined;
  const waitMs = retryAtMs - (parseHttpDate(headers.get("date") ?? "", nowMs) ?? nowMs);
  return waitMs > 0 ? waitMs : undefined;
}

/** What an answer states of the company's quota, for all its integrations together. */
export interface StatedQuota {
  /** Requests a minute. */
  readonly limit?: number | undefined;
  /** How many of them are left before the count starts anew. */
  readonly remaining?: number | undefined;
  readonly resetsInMs?: number | undefined;
}

/** Aircall has not been seen to state it in answers other than a 429, but other clients read it there too. */
export function statedQuota(headers: Headers, nowMs: number): StatedQuota {
  const limit = positiveNumber(headers.get("x-aircallapi-limit"));
  const remaining = headers.get("x-aircallapi-remaining") ?? "";
  return {
    limit: limit === undefined ? undefined : Math.floor(limit),
    remaining: /^\d+$/.test(remaining) ? Number(remaining) : undefined,
    resetsInMs: resetInMs(headers, nowMs),
  };
}

function positiveNumber(text: string | null): number | undefined {
  const value = Number(text);
  return text !== null && Number.isFinite(value) && value > 0 ? value : undefined;
}
