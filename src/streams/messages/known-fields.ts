import { createHash } from "node:crypto";
import { isJsonObject, type Json, type JsonObject } from "../../shared/json.ts";

/**
 * When an event changed a message: the event's timestamp in Unix seconds, whether it is of the status, and the message's
 * `updated_at` in Unix milliseconds, 0 if it has none.
 */
export type ChangeInstant = readonly [timestamp: number, isStatus: 0 | 1, updatedMs: number];

/** Before any other. */
export const UNDATED: ChangeInstant = [0, 0, 0];

/** Aircall sends an event again for at most twelve hours. */
const KEPT_SECONDS = 12 * 3600;

/** Some 8,000 messages. Flow and a store keep it in state, of which a checkpoint rewrites what has changed. */
const MOST_BYTES = 1024 * 1024;

/** 96 bits for a message, 24 for a field of it. */
const ID_CHARS = 16;
const FIELD_CHARS = 4;

type Fields = Map<string, ChangeInstant>;

/** The marks of the fields that have one instant are one text. */
type PackedFields = readonly (readonly [...ChangeInstant, marks: string])[];

/**
 * The instants from which the fields of the latest messages have their values, so that an event that comes late
 * overwrites nothing that a newer one has set.
 *
 * State: `{"<mark of the ID>": [[timestamp, isStatus, updatedMs, "<marks of fields>"], …]}`
 */
export class KnownFields {
  /** In the order of their latest events. */
  readonly #messages = new Map<string, Fields>();
  readonly #changed = new Set<string>();
  #bytes = 0;

  constructor(packed: Json | undefined) {
    const messages = Object.entries(isJsonObject(packed) ? packed : {}).flatMap(([id, fields]) =>
      isPacked(fields) ? [[id, unpacked(fields)] as const] : [],
    );
    messages.sort(([, one], [, other]) => secondsOf(one) - secondsOf(other));
    for (const [id, fields] of messages) this.#put(id, fields);
  }

  /** Notes the fields of an event. Returns those of them that no newer event has set. */
  note(messageId: string, instants: Iterable<readonly [field: string, instant: ChangeInstant]>): Set<string> {
    const id = markOf(messageId, ID_CHARS);
    const known = this.#take(id);
    const newest = new Set<string>();
    for (const [field, instant] of instants) {
      const mark = markOf(field, FIELD_CHARS);
      const before = known.get(mark);
      if (before && isBefore(instant, before)) continue;
      known.set(mark, instant);
      newest.add(field);
    }
    this.#put(id, known);
    this.#changed.add(id);
    return newest;
  }

  /**
   * Forgets the messages whose latest event is older than twelve hours, and the first ones as long as all take too
   * many bytes. Returns how many of these were forgotten before their time.
   */
  forget(nowSeconds: number): number {
    let early = 0;
    for (const [id, fields] of this.#messages) {
      const isOver = secondsOf(fields) < nowSeconds - KEPT_SECONDS;
      if (!isOver && this.#bytes <= MOST_BYTES) break;
      if (!isOver) early += 1;
      this.#take(id);
      this.#changed.add(id);
    }
    return early;
  }

  /** The merge patch of what has changed since the last call. */
  takeChanges(): JsonObject {
    const patch = [...this.#changed].map((id): [string, Json] => {
      const fields = this.#messages.get(id);
      return [id, fields ? (packed(fields) as unknown as Json) : null];
    });
    this.#changed.clear();
    return Object.fromEntries(patch);
  }

  #take(id: string): Fields {
    const fields = this.#messages.get(id) ?? new Map();
    if (this.#messages.delete(id)) this.#bytes -= bytesOf(id, fields);
    return fields;
  }

  #put(id: string, fields: Fields): void {
    this.#messages.set(id, fields);
    this.#bytes += bytesOf(id, fields);
  }
}

function markOf(text: string, chars: number): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, chars);
}

/**
 * By `updated_at` where both have it, since an event that is sent again may have the timestamp of that attempt, and
 * otherwise by the timestamps. Within a second, an event of the status comes after the one of the message itself.
 */
function isBefore(one: ChangeInstant, other: ChangeInstant): boolean {
  const areDated = one[2] > 0 && other[2] > 0;
  const places = ([timestamp, isStatus, updatedMs]: ChangeInstant) =>
    areDated ? [Math.floor(updatedMs / 1000), isStatus, updatedMs, timestamp] : [timestamp, isStatus];
  const others = places(other);
  const difference = places(one).map((place, index) => place - (others[index] ?? 0));
  return (difference.find((places) => places !== 0) ?? 0) < 0;
}

function secondsOf(fields: Fields): number {
  return [...fields.values()].reduce((latest, [timestamp]) => Math.max(latest, timestamp), 0);
}

function packed(fields: Fields): PackedFields {
  const marks = new Map<string, string>();
  for (const [mark, instant] of fields) {
    const name = JSON.stringify(instant);
    marks.set(name, `${marks.get(name) ?? ""}${mark}`);
  }
  return [...marks].map(([instant, joined]) => [...(JSON.parse(instant) as ChangeInstant), joined] as const);
}

function unpacked(fields: PackedFields): Fields {
  return new Map(
    fields.flatMap(([timestamp, isStatus, updatedMs, joined]) =>
      (joined.match(/.{4}/g) ?? []).map((mark) => [mark, [timestamp, isStatus, updatedMs] as const] as const),
    ),
  );
}

function isPacked(fields: Json): fields is Json & PackedFields {
  const isLayer = (layer: Json) =>
    Array.isArray(layer) &&
    layer.length === 4 &&
    layer.slice(0, 3).every((part) => typeof part === "number") &&
    typeof layer[3] === "string";
  return Array.isArray(fields) && fields.every(isLayer);
}

/** As JSON text in the state, with the quotes, the brackets and the commas. */
function bytesOf(id: string, fields: Fields): number {
  return id.length + 4 + JSON.stringify(packed(fields)).length;
}
