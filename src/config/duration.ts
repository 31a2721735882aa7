import { ConfigError } from "../errors.ts";

const DURATION = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const UNIT_SECONDS = [7 * 24 * 3600, 24 * 3600, 3600, 60, 1] as const;

/** What Estuary's form leaves of a duration that was emptied, and its choice "0s". */
const NO_DURATION = /^(PT?)?$|^P(0+[WD])*(T(0+[HMS])*)?$/;

/** Whether a text stands for a duration that is not set: it is empty, or a duration of nothing. */
export function isNoDuration(duration: unknown): boolean {
  return typeof duration === "string" && NO_DURATION.test(duration.trim());
}

/**
 * An ISO 8601 duration of weeks to seconds. Months and years have no fixed length and are refused
 * with a `ConfigError` that names the property.
 */
export function parseDurationMs(property: string, duration: string): number {
  const counts = DURATION.exec(duration)?.slice(1) ?? [];
  const seconds = UNIT_SECONDS.reduce((sum, unit, index) => sum + unit * Number(counts[index] ?? 0), 0);
  if (seconds > 0 && Number.isSafeInteger(seconds)) return seconds * 1000;
  throw new ConfigError(`The ${property} "${duration}" is not a duration such as PT5M, PT12H or P1D.`);
}
