import { createHmac } from "node:crypto";
import type { PersonalKind } from "./fields.ts";

/** What Aircall writes in the place of a number that the caller hides. */
const HIDDEN_NUMBER = "anonymous";

/** Spaces, hyphens, dots, brackets and invisible marks: how a number is written, and not which it is. */
const PUNCTUATION = /[\s\p{P}\p{Cf}]/gu;

/**
 * HMAC-SHA-256 of a value, in hexadecimal. One number written in two ways has one hash, and so has
 * an email address in capitals. There is nobody behind an empty text or a hidden number: these stay.
 */
export function keyedHash(kind: PersonalKind, value: string, key: string): string {
  if (value === "" || (kind === "phone_numbers" && value === HIDDEN_NUMBER)) return value;
  return createHmac("sha256", key).update(canonical(kind, value)).digest("hex");
}

function canonical(kind: PersonalKind, value: string): string {
  if (kind === "phone_numbers") return value.normalize("NFKC").replace(PUNCTUATION, "");
  return kind === "emails" ? value.trim().toLowerCase() : value;
}
