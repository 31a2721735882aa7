import { isDeepStrictEqual } from "node:util";
import { lasting } from "../support/lasting.ts";

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

/**
 * Whether what a database returns is the value that the account has. Databases return objects and lists as JSON text,
 * instants in a zone and with a precision of their own, and some booleans as 0 and 1.
 */
export function isSameValue(loaded: unknown, truth: unknown): boolean {
  return isDeepStrictEqual(comparable(loaded, truth), comparable(truth, truth));
}

function comparable(value: unknown, truth: unknown): unknown {
  if (typeof value === "string" && typeof truth !== "string") return lasting(readJson(value));
  if (typeof value === "string" && typeof truth === "string" && INSTANT.test(truth))
    return Date.parse(value.replace(" ", "T"));
  if (typeof truth === "boolean" && (value === 0 || value === 1)) return value === 1;
  return lasting(value);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
