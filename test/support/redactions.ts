import {
  type PersonalKind,
  personalKinds,
  type Redaction,
  redactPersonalData,
} from "../../src/privacy/index.ts";
import { keyedHash } from "../../src/privacy/keyed-hash.ts";
import type { JsonObject } from "../../src/shared/json.ts";

const KEY = "a-key-for-the-tests";

export const HASH: Redaction = { how: "hash", key: KEY };
export const DROP: Redaction = { how: "drop" };

/** One redaction for all kinds of personal data. */
export const allBy = (redaction: Redaction) =>
  new Map(personalKinds.map((kind): [PersonalKind, Redaction] => [kind, redaction]));

/** A copy of an answer of Aircall, redacted; without personal data if not specified otherwise. */
export function redacted(answer: JsonObject, redactions = allBy(DROP)): JsonObject {
  const copy = structuredClone(answer);
  redactPersonalData(copy, redactions);
  return copy;
}

/** What `HASH` makes of a value. */
export const hashed = (kind: PersonalKind, value: string) => keyedHash(kind, value, KEY);

export const ADA = { id: 1, name: "Ada Byron", email: "ada@acme.test" };
