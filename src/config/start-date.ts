import { ConfigError } from "../errors.ts";
import { parseInstant } from "../shared/instant.ts";
import type { Json } from "../shared/json.ts";

/**
 * The earliest start: Aircall counts `from` in seconds since 1970, and the second before the start is the latest that
 * is left out.
 */
const EARLIEST_START_SECONDS = 1;

/** A start date of this very moment may come from a machine whose clock is ahead of ours. */
const CLOCKS_DIFFER_SECONDS = 5 * 60;

/** An instant in any of the spellings that are read, in the format of the schema. Any other value stays as it is. */
export function normalizedStart(value: Json): Json {
  const startMs = typeof value === "string" ? parseInstant(value.trim()) : undefined;
  return startMs === undefined ? value : new Date(startMs).toISOString();
}

/** The start that a valid date stands for, in Unix seconds. */
export function startSecondsOf(startDate: string): number {
  return Math.max(EARLIEST_START_SECONDS, Math.floor((parseInstant(startDate) ?? Number.NaN) / 1000));
}

/**
 * Throws a `ConfigError` that names the property for a start date that lies ahead: no call would be captured
 * until then, without a word. `what` is the config that has the date.
 */
export function refuseFutureStart(what: string, startSeconds: number, nowSeconds: number): void {
  if (startSeconds <= nowSeconds + CLOCKS_DIFFER_SECONDS) return;
  throw new ConfigError(
    `The ${what} is not valid: start_date must not lie in the future. It is ${utc(startSeconds)}, and now it is ${utc(nowSeconds)}.`,
  );
}

function utc(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
