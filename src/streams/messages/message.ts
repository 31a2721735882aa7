import { parseInstant } from "../../shared/instant.ts";
import type { Json, JsonObject } from "../../shared/json.ts";
import type { AircallEvent } from "../aircall-event.ts";
import { type ChangeInstant, UNDATED } from "./known-fields.ts";

/** What an event says of a message. */
export interface Message {
  readonly id: string;
  /** The fields with a value, without the ID, each with the instant from which it has this value. */
  readonly fields: ReadonlyMap<string, { readonly value: Json; readonly instant: ChangeInstant }>;
}

const EVENT = /^(group_)?message\./;
const STATUS_EVENT = /\.status_updated$/;

/** The direction of a message that does not state it. A status event has neither. */
const DIRECTIONS: readonly (readonly [event: RegExp, direction: string])[] = [
  [/\.received$/, "inbound"],
  [/\.sent$/, "outbound"],
];

const INSTANTS = ["created_at", "sent_at", "updated_at"];

/** A status event may have only the ID of these, so that one from another event is kept. */
const ABRIDGED_IN_STATUS_EVENTS = new Set(["number", "contact"]);

/** A greater number counts milliseconds: as seconds it would be an instant beyond the year 5138. */
const MOST_SECONDS = 1e11;

const LATEST_MS = 8.64e15;

/** Whether an event is about a message, of one person or of a group. */
export function isOfMessage({ event }: Pick<AircallEvent, "event">): boolean {
  return EVENT.test(event);
}

/** The ID of the message of an event as Aircall gives it. In some group messages it has another name. */
export function givenId({ id, group_message_id }: JsonObject): Json | undefined {
  return id ?? group_message_id;
}

/** The message of an event; `undefined` if it has no ID that can be used. */
export function messageOf({ event, timestamp, data }: AircallEvent): Message | undefined {
  const id = idOf(givenId(data));
  if (id === undefined) return undefined;
  const { id: _, ...given } = data;
  const values: JsonObject = structuredClone({ ...directionOf(event), ...withoutNulls(given) });
  for (const field of INSTANTS) {
    if (Object.hasOwn(values, field)) values[field] = isoInstantOf(values[field] ?? null);
  }
  const isStatus = STATUS_EVENT.test(event);
  const changed: ChangeInstant = [timestamp, isStatus ? 1 : 0, millisecondsOf(values.updated_at)];
  const instantOf = (field: string) => (isStatus && ABRIDGED_IN_STATUS_EVENTS.has(field) ? UNDATED : changed);
  const fields = Object.entries(values).map(
    ([field, value]) => [field, { value, instant: instantOf(field) }] as const,
  );
  return { id, fields: new Map(fields) };
}

function idOf(given: Json | undefined): string | undefined {
  if (typeof given === "string" && given !== "") return given;
  return Number.isSafeInteger(given) ? String(given) : undefined;
}

function directionOf(event: string): JsonObject {
  const [, direction] = DIRECTIONS.find(([name]) => name.test(event)) ?? [];
  return direction === undefined ? {} : { direction };
}

/** A null is no value: merged into a row, it would blank what another event has set. */
function withoutNulls(given: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
}

/** Aircall writes the instants of messages as ISO 8601, in milliseconds or in seconds. Anything else stays as it is. */
function isoInstantOf(given: Json): Json {
  if (typeof given !== "number") return given;
  const ms = given > MOST_SECONDS ? given : given * 1000;
  return Math.abs(ms) <= LATEST_MS ? new Date(ms).toISOString() : given;
}

/** In Unix milliseconds; 0 for what is no instant. */
function millisecondsOf(instant: Json | undefined): number {
  return (typeof instant === "string" && parseInstant(instant)) || 0;
}
