const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Two or three digits and a unit; null is what never comes. */
export function duration(seconds: number | null): string {
  if (seconds === null) return "never";
  if (seconds < 100) return `${seconds.toFixed(0)} s`;
  if (seconds < 100 * MINUTE) return `${short(seconds / MINUTE)} min`;
  if (seconds < 48 * HOUR) return `${short(seconds / HOUR)} h`;
  return `${short(seconds / DAY)} d`;
}

function short(value: number): string {
  return value.toFixed(value < 10 ? 1 : 0);
}

export function count(value: number): string {
  return value.toLocaleString("en-US");
}

export function percent(part: number, whole: number): string {
  if (part === 0 || whole === 0) return "0";
  return `${((100 * part) / whole).toFixed(1)} %`;
}
