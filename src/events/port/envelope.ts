import { createHash } from "node:crypto";
import { inexactFieldsIn, isNestedTooDeep, withFiniteNumbers } from "../../aircall/index.ts";
import { parseInstant } from "../../shared/instant.ts";
import { isJsonObject, type Json, type JsonObject, ownValue } from "../../shared/json.ts";
import type { AircallEvent } from "../../streams/index.ts";

/** An event as Aircall sent it, without its token. https://developer.aircall.io/api-references/#webhook-usage */
export interface Envelope {
  readonly event: string;
  /** Empty if Aircall does not state it: `event` alone says what has happened. */
  readonly resource: string;
  /** When Aircall built the event, in Unix seconds. */
  readonly timestamp: number;
  readonly data: JsonObject;
  /** The names of the fields with a number that a 64-bit float cannot keep. */
  readonly inexactFields: readonly string[];
}

/** What a body says. */
export interface Delivery {
  readonly token: string | undefined;
  /**
   * The event, which is looked at only when the token is right. `undefined` for an odd one: without a name, without an
   * object as `data`, without an instant as `timestamp`, or nested more than 100 levels deep.
   */
  readonly envelope: () => Envelope | undefined;
}

/** What makes two events about one object, by Aircall's names for it: the first that is there. */
const SCOPE_FIELDS = ["id", "call_id", "group_message_id", "integration_id", "export_id"] as const;

/** A greater number counts milliseconds: as seconds it would be an instant beyond the year 5138. */
const MOST_SECONDS = 1e11;

/** The last millisecond of the year 9999, after which a date has no usual form. */
const LATEST_MS = 253_402_300_799_999;

/** Reads the body of a delivery. Returns `undefined` for anything but a JSON object. */
export function readDelivery(text: string): Delivery | undefined {
  const body = parsed(text);
  if (!isJsonObject(body)) return undefined;
  const token = ownValue(body, "token");
  return {
    token: typeof token === "string" ? token : undefined,
    envelope: () => envelopeIn(body, text),
  };
}

/**
 * The event in an envelope. `redact` changes the data in place. The ID is computed of the redacted data: a hash of
 * personal data would let the data be guessed.
 */
export function eventOf(
  { event, resource, timestamp, data }: Envelope,
  redact: (data: JsonObject) => void,
): AircallEvent {
  redact(data);
  const identity = [event, scopeId(data), timestamp, sha256(canonical("", data))];
  return { event_id: sha256(identity.join("|")), event, resource, timestamp, data };
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function envelopeIn(body: JsonObject, text: string): Envelope | undefined {
  if (isNestedTooDeep(body)) return undefined;
  withFiniteNumbers(body, text);
  const { event, resource, data } = body;
  const timestamp = secondsOf(body.timestamp);
  if (typeof event !== "string" || event === "" || timestamp === undefined || !isJsonObject(data))
    return undefined;
  const inexactFields = inexactFieldsIn(text);
  return { event, resource: typeof resource === "string" ? resource : "", timestamp, data, inexactFields };
}

/**
 * Whole Unix seconds of an instant, which Aircall writes as such. In other places it writes milliseconds or ISO 8601, and
 * an event must not be lost for that.
 */
function secondsOf(value: Json | undefined): number | undefined {
  const number = typeof value === "string" && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  const ms = typeof number === "number" ? number * (number > MOST_SECONDS ? 1 : 1000) : instantIn(number);
  return ms !== undefined && ms >= 0 && ms <= LATEST_MS ? Math.floor(ms / 1000) : undefined;
}

function instantIn(value: Json | undefined): number | undefined {
  return typeof value === "string" ? parseInstant(value) : undefined;
}

/** Aircall sends the ID of one object as a number or as a text: as a text, both are the same. */
function scopeId(data: JsonObject): string {
  for (const name of SCOPE_FIELDS) {
    const value = ownValue(data, name);
    if (typeof value === "string" || typeof value === "number") return String(value);
  }
  return "";
}

/** The value as JSON with sorted names, and with IDs as texts. `name` is that of the field that holds the value. */
function canonical(name: string, value: Json): string {
  if (Array.isArray(value)) return `[${value.map((element) => canonical(name, element)).join()}]`;
  if (isJsonObject(value)) {
    const names = Object.keys(value).sort();
    return `{${names.map((inner) => `${JSON.stringify(inner)}:${canonical(inner, value[inner] ?? null)}`).join()}}`;
  }
  const isId = typeof value === "number" && /(^|_)id$/.test(name);
  return JSON.stringify(isId ? String(value) : value);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
