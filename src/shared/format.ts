/** Numbers, amounts and times as a person reads them. */

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export function count(value: number): string {
  return value.toLocaleString("en-US");
}

export function counted(value: number, singular: string): string {
  return `${count(value)} ${singular}${value === 1 ? "" : "s"}`;
}

/** Of 100, rounded down: it is 100 only when nothing is left. */
export function percentOf(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.floor((100 * part) / whole);
}

/** Such as `0.4 s`, `9 min 46 s`, `3 h 5 min` or `2 d 4 h`. Rounded before it is divided into units, so that no unit is full. */
export function duration(durationMs: number): string {
  const tenths = Math.round(durationMs / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(durationMs / SECOND_MS);
  if (seconds < HOUR_MS / SECOND_MS) return inTwoUnits(seconds, 60, "min", "s");
  const minutes = Math.round(durationMs / MINUTE_MS);
  if (minutes < DAY_MS / MINUTE_MS) return inTwoUnits(minutes, 60, "h", "min");
  return inTwoUnits(Math.round(durationMs / HOUR_MS), 24, "d", "h");
}

/** How long something is expected to take: one unit is as exact as an estimate gets. */
export function roughDuration(durationMs: number): string {
  if (durationMs < MINUTE_MS) return "under 1 min";
  const minutes = Math.round(durationMs / MINUTE_MS);
  if (minutes < 120) return `about ${minutes} min`;
  const hours = Math.round(durationMs / HOUR_MS);
  return hours < 48 ? `about ${hours} h` : `about ${Math.round(durationMs / DAY_MS)} d`;
}

function inTwoUnits(value: number, perLarger: number, larger: string, smaller: string): string {
  return `${Math.floor(value / perLarger)} ${larger} ${value % perLarger} ${smaller}`;
}
