import { createHmac } from "node:crypto";
import type { PersonalKind } from "./fields.ts";

/** Aircall returns this instead of a number that the caller withholds. */
const WITHHELD_NUMBER = "anonymous";

/** Spaces, hyphens, dots, brackets and invisible marks. They format a number without changing it. */
const PUNCTUATION = /[\s\p{P}\p{Cf}]/gu;

/**
 * HMAC-SHA-256 of a value, in hexadecimal. The format of a phone number and the case of an email
 * address do not affect the hash. An empty string and a withheld number identify no person, and are
 * returned unchanged.
 */
export function keyedHash(kind: PersonalKind, value: string, key: string): string {
  if (value === "" || (kind === "phone_numbers" && value === WITHHELD_NUMBER)) return value;
  return createHmac("sha256", key).update(canonical(kind, value)).digest("hex");
}

function canonical(kind: PersonalKind, value: string): string {
  if (kind === "phone_numbers") return value.normalize("NFKC").replace(PUNCTUATION, "");
  return kind === "emails" ? value.trim().toLowerCase() : value;
}
