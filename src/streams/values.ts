import type { Json } from "../shared/json.ts";

/** Aircall is younger. What is before, is a zero or a slip. */
const EARLIEST_SECONDS = Date.UTC(2000, 0, 1) / 1000;

/** No two clocks differ by more. A cursor that believed a later instant would never come back from it. */
const AHEAD_SECONDS = 86_400;

/** IDs are counted from 1. Beyond a safe integer, two of them would be one number. */
export function isId(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}

export function isName(value: Json | undefined): value is string {
  return typeof value === "string" && value !== "";
}

/** An instant that can be one of an account's, in Unix seconds; `undefined` for any other value. */
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
