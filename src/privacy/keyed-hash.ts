import { createHmac } from "node:crypto";
import type { PersonalKind } from "./fields.ts";

/** Aircall returns this instead of a number that the caller withholds. */
const WITHHELD_NUMBER = "anonymous";

/** A digit of any script. */
const DIGIT = /^\p{Nd}$/u;

const LEADING_PLUS = /^\P{Nd}*\+/u;

/**
 * HMAC-SHA-256 of a value, in hexadecimal. Only the digits of a phone number and its leading plus count, and the case
 * of an email address does not. An empty string and a withheld number identify no person, and are
 * returned unchanged.
 */
export function keyedHash(kind: PersonalKind, value: string, key: string): string {
  if (value === "" || (kind === "phone_numbers" && value === WITHHELD_NUMBER)) return value;
  return createHmac("sha256", key).update(canonical(kind, value)).digest("hex");
}

function canonical(kind: PersonalKind, value: string): string {
  if (kind === "phone_numbers") return canonicalNumber(value);
  return kind === "emails" ? value.trim().toLowerCase() : value;
}

/** The digits, in ASCII, after a plus if one comes before them. A text without digits, such as a SIP name, stays whole. */
function canonicalNumber(value: string): string {
  const text = value.normalize("NFKC");
  const digits = [...text].filter((character) => DIGIT.test(character)).map(asciiDigit);
  if (digits.length === 0) return text.trim().toLowerCase();
  return LEADING_PLUS.test(text) ? `+${digits.join("")}` : digits.join("");
}

/** The digits of a script stand in a row, from 0 to 9, in Unicode. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && DIGIT.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value);
}
