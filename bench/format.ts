import type { Output } from "./measure/captures.ts";

/** Numbers and names as the reports print them. */

export const OUTPUT_NAMES: Record<Output, string> = { flow: "standard output", duckdb: "DuckDB" };
export const UNKNOWN = "unknown";

export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** Three significant digits. */
export function rounded(value: number | undefined): string {
  return value === undefined ? UNKNOWN : count(Number(value.toPrecision(3)));
}

export function mebibytes(value: number | null | undefined): string {
  return value === null || value === undefined ? UNKNOWN : `${rounded(value)} MiB`;
}

export function percent(part: number, whole = 1): string {
  return part === 0 || whole === 0 ? "0" : `${((100 * part) / whole).toFixed(1)} %`;
}

const [MINUTE, HOUR, DAY] = [60, 3_600, 86_400];

/** Two or three digits and a unit; null is "never". */
export function duration(seconds: number | null): string {
  if (seconds === null) return "never";
  const inUnits = (unit: number) => (seconds / unit).toFixed(seconds < 10 * unit ? 1 : 0);
  if (seconds < 100) return `${seconds.toFixed(0)} s`;
  if (seconds < 100 * MINUTE) return `${inUnits(MINUTE)} min`;
  return seconds < 2 * DAY ? `${inUnits(HOUR)} h` : `${inUnits(DAY)} d`;
}
