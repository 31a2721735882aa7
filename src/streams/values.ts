import type { Json } from "../shared/json.ts";

/** Aircall was founded later: an earlier instant is a zero or an error. */
const EARLIEST_SECONDS = Date.UTC(2000, 0, 1) / 1000;

/** No two clocks differ by more. A later instant would move a cursor so far that it could not come back. */
export const AHEAD_SECONDS = 86_400;

/** IDs count from 1. Two IDs beyond the largest safe integer could be the same number. */
export function isId(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}

export function isName(value: Json | undefined): value is string {
  return typeof value === "string" && value !== "";
}

/** A value that is a plausible instant of an account, in Unix seconds; `undefined` for any other value. */
export function instantOf(value: Json | undefined, nowSeconds: number): number | undefined {
  return isInstantBy(nowSeconds)(value) ? value : undefined;
}

export function isInstantBy(nowSeconds: number): (value: Json | undefined) => value is number {
  return (value): value is number =>
    typeof value === "number" &&
    Number.isSafeInteger(value) &&
    value >= EARLIEST_SECONDS &&
    value <= nowSeconds + AHEAD_SECONDS;
}
