export const SECONDS_PER_MINUTE = 60;
export const SECONDS_PER_HOUR = 3_600;
export const SECONDS_PER_DAY = 86_400;

/** An instant that does not come: later than every clock. */
export const NEVER = Number.POSITIVE_INFINITY;

/** A UTC calendar day is named by the number of days since the epoch. */
export function dayOf(atSeconds: number): number {
  return Math.floor(atSeconds / SECONDS_PER_DAY);
}

export function isoDate(atSeconds: number): string {
  return new Date(atSeconds * 1000).toISOString();
}
