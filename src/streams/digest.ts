import { createHash } from "node:crypto";
import type { Json } from "../shared/json.ts";

/** Live state of a nested user or number, which shows the moment of reading and is no change of the object around it. */
const LIVE_WHEN_NESTED = new Set(["available", "availability_status", "substatus", "open"]);

/** Links to recordings; Aircall signs them anew at each read. */
const SIGNED_FIELDS = new Set(["recording", "voicemail", "recording_short_url", "voicemail_short_url"]);

const SIGNATURE_PARAMETER = /[?&](X-Amz-|X-Goog-|Signature=|Expires=)/;

/** 72 bits: among a million versions of one object, two alike by chance are one in nine billion. */
const DIGEST_BYTES = 9;

/**
 * A short text that differs when the object has changed, and only then: the order of fields and
 * what the API renders afresh at each read do not count.
 */
export function digest(object: Json): string {
  const hash = createHash("sha256").update(JSON.stringify(settled(object, true)));
  return hash.digest().subarray(0, DIGEST_BYTES).toString("base64url");
}

/**
 * The part of a value that counts. An object becomes a flat list of sorted names and values, which is built
 * faster than an object; a list becomes a list within a list, so that the two never look the same.
 */
function settled(value: Json, isRoot: boolean): Json {
  if (typeof value === "string") return withoutSignature(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return [value.map((element) => settled(element, false))];
  const kept: Json[] = [];
  for (const name of Object.keys(value).sort()) {
    const field = value[name] ?? null;
    if (isRoot && SIGNED_FIELDS.has(name)) kept.push(name, field !== null);
    else if (isRoot || !LIVE_WHEN_NESTED.has(name)) kept.push(name, settled(field, false));
  }
  return kept;
}

function withoutSignature(text: string): string {
  const query = text.indexOf("?");
  return query >= 0 && SIGNATURE_PARAMETER.test(text) ? text.slice(0, query) : text;
}
