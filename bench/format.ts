import { count } from "./day/units.ts";
import type { Output } from "./measure/captures.ts";
import type { SideBySide } from "./measure/side-by-side.ts";

/** How the reports name things. */

export const OUTPUT_NAMES: Record<Output, string> = { flow: "standard output", duckdb: "DuckDB" };
export const UNKNOWN = "unknown";

/** Three digits that count. */
export function rounded(value: number | undefined): string {
  return value === undefined ? UNKNOWN : count(Number(value.toPrecision(3)));
}

/** The memory that each capture beyond the first adds. */
export function addedText(one: SideBySide | undefined, many: SideBySide | undefined): string {
  if (!one || !many || one.memoryMiB === null || many.memoryMiB === null) return UNKNOWN;
  return `${rounded((many.memoryMiB - one.memoryMiB) / (many.captures - one.captures))} MiB`;
}
