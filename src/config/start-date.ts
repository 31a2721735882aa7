import { ConfigError } from "../errors.ts";

/** A start date of this very moment may come from a machine whose clock is ahead of ours. */
const CLOCKS_DIFFER_SECONDS = 5 * 60;

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
