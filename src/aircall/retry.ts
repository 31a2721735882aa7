/** How one attempt to ask the API ended. */
export type Outcome =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly detail: string;
      /** How long the server asks to wait. */
      readonly waitMs?: number | undefined;
      /** The requests in a minute that the server says it allows the company. */
      readonly limit?: number | undefined;
    }
  | { readonly kind: "no-answer"; readonly detail: string }
  | { readonly kind: "unreadable"; readonly detail: string };

export type RetryDecision =
  | { readonly retry: true; readonly afterMs: number; readonly because: string }
  | { readonly retry: false; readonly because: string };

export interface RetryPolicy {
  readonly maxAttempts: number;
  /** The ceiling of the first random wait; it doubles with each attempt. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** No attempt is made later than this after the first; a server that asks for longer is not waited for. */
  readonly longestMs: number;
}

/** How often one request has been tried, and for how long. */
interface Tries {
  /** Counts from 1. */
  readonly attempt: number;
  /** Since the first was sent. */
  readonly elapsedMs: number;
}

export const RETRY_POLICY: RetryPolicy = {
  maxAttempts: 6,
  firstWaitMs: 500,
  longestWaitMs: 30_000,
  longestMs: 3_600_000,
};

/** A breach of the rate limit blocks the company for a minute, as the vendor's best-practice page says. */
export const BLOCK_MS = 60_000;

/** A wait that the server states is kept to the letter; others are random, so that clients part. */
export function decideRetry(
  outcome: Outcome,
  { attempt, elapsedMs }: Tries,
  policy: RetryPolicy,
  random: () => number,
): RetryDecision {
  if (!isPassing(outcome)) return { retry: false, because: "asking again would be answered alike" };
  if (attempt >= policy.maxAttempts) return { retry: false, because: `${attempt} attempts failed` };
  const wait = waitAfter(outcome, attempt, policy, random);
  if (elapsedMs + wait.afterMs <= policy.longestMs) return { retry: true, ...wait };
  return { retry: false, because: `to wait for ${Math.round(wait.afterMs / 1000)} s would take too long` };
}

function waitAfter(
  outcome: Outcome,
  attempt: number,
  policy: RetryPolicy,
  random: () => number,
): { afterMs: number; because: string } {
  if (outcome.kind === "answered" && outcome.waitMs !== undefined) {
    return { afterMs: outcome.waitMs, because: "the server named the wait" };
  }
  if (outcome.kind === "answered" && outcome.status === 429) {
    return { afterMs: BLOCK_MS, because: "rate limited without a stated wait" };
  }
  const ceilingMs = Math.min(policy.longestWaitMs, policy.firstWaitMs * 2 ** (attempt - 1));
  return { afterMs: Math.ceil(random() * ceilingMs), because: "a passing fault" };
}

/** Whether another attempt may end otherwise. */
export function isPassing(outcome: Outcome): boolean {
  if (outcome.kind !== "answered") return true;
  return outcome.status === 408 || outcome.status === 429 || outcome.status >= 500;
}

/**
 * The wait that a refused answer states, if it states one that makes sense: `Retry-After` in
 * seconds, else `X-AircallApi-Reset`, an instant whose unit is not documented (above 1e11 it can
 * only be milliseconds).
 */
export function statedWaitMs(headers: Headers, nowMs: number): number | undefined {
  const retryAfterSeconds = positiveNumber(headers.get("retry-after"));
  if (retryAfterSeconds !== undefined) return retryAfterSeconds * 1000;
  const reset = positiveNumber(headers.get("x-aircallapi-reset"));
  if (reset === undefined) return undefined;
  const waitMs = (reset > 1e11 ? reset : reset * 1000) - nowMs;
  return waitMs > 0 && waitMs <= 2 * BLOCK_MS ? waitMs : undefined;
}

/** The company's limit, which Aircall states when it has been hit. */
export function statedLimit(headers: Headers): number | undefined {
  const limit = positiveNumber(headers.get("x-aircallapi-limit"));
  return limit === undefined ? undefined : Math.floor(limit);
}

function positiveNumber(text: string | null): number | undefined {
  const value = Number(text);
  return text !== null && Number.isFinite(value) && value > 0 ? value : undefined;
}
