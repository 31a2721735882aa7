export const SECONDS_PER_MINUTE = 60;
export const SECONDS_PER_HOUR = 3_600;
export const SECONDS_PER_DAY = 86_400;

/** The instant of an event that does not happen: later than any clock. */
export const NEVER = Number.POSITIVE_INFINITY;

/** The UTC calendar day of an instant, in days since the Unix epoch. */
export function dayOf(atSeconds: number): number {
  return Math.floor(atSeconds / SECONDS_PER_DAY);
}

export function isoDate(atSeconds: number): string {
  return new Date(atSeconds * 1000).toISOString();
}
