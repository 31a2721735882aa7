import type { Json } from "../../shared/json.ts";

/** What a number, a boolean or a null counts for. */
const SCALAR_BYTES = 8;

/** About how many bytes a value takes as JSON text, as long as its texts are mostly ASCII. Much faster than to write it. */
export function approximateBytes(value: Json): number {
  if (typeof value === "string") return value.length;
  if (value === null || typeof value !== "object") return SCALAR_BYTES;
  let bytes = 0;
  if (Array.isArray(value)) for (const item of value) bytes += approximateBytes(item);
  else for (const name of Object.keys(value)) bytes += name.length + approximateBytes(value[name] ?? null);
  return bytes;
}
