import { ConfigError } from "../errors.ts";

const DURATION = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const UNIT_SECONDS = [7 * 24 * 3600, 24 * 3600, 3600, 60, 1] as const;

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
