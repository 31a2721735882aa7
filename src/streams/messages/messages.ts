import type { Document } from "../../engine/index.ts";
import { isJsonObject, type JsonObject } from "../../shared/json.ts";
import type { AircallEvent } from "../aircall-event.ts";
import { type CapturedEvents, EVENTS_INTERVAL_MS, eventSteps } from "../captured-events.ts";
import type { StreamDefinition } from "../definition.ts";
import { presentDocument } from "../document.ts";
import { forget, nowSeconds, type Source } from "../source.ts";
import { KnownFields } from "./known-fields.ts";
import { givenId, isOfMessage, messageOf } from "./message.ts";
import { messageSchema } from "./schema.ts";

/**
 * Text messages of one person or of a group. No list of Aircall has them. An event has some fields of a message, and
 * its document has those of them that no newer event has set.
 *
 * State: `{"known": …}`, see `KnownFields`.
 *
 * Source: https://developer.aircall.io/api-references/#messages
 */
export const messages: StreamDefinition = {
  name: "messages",
  keyField: "id",
  newestBy: "updated_at",
  isOptional: true,
  intervalMs: EVENTS_INTERVAL_MS,
  documentSchema: messageSchema,
  merges: true,
  probe: async () => undefined,
  canResumeFrom: ({ known }) => isJsonObject(known),
  capturesEvent: isOfMessage,
  async *run(source, state) {
    if (!isJsonObject(state.known)) yield* forget(state);
    const known = new KnownFields(state.known);
    yield* eventSteps(source, (arrived) => captured(arrived, known, source));
  },
};

function captured(arrived: readonly AircallEvent[], known: KnownFields, source: Source): CapturedEvents {
  const docs = arrived.flatMap((event) => messageDocument(event, known, source));
  // Our clock may be ahead of Aircall's.
  const latestSeconds = Math.max(...arrived.map(({ timestamp }) => timestamp));
  const early = known.forget(Math.min(latestSeconds, nowSeconds(source)));
  if (early > 0)
    source.malformed.reportOnce(
      "More messages change within twelve hours than the state has room for: an event of the earliest ones that comes late may overwrite what a newer one has set",
    );
  const changes = known.takeChanges();
  return { docs, patch: Object.keys(changes).length > 0 ? { known: changes } : {} };
}

/** No document where nothing is left of the event. */
function messageDocument(event: AircallEvent, known: KnownFields, { malformed }: Source): Document[] {
  const message = messageOf(event);
  if (!message) {
    malformed.report(
      event.data,
      `its "id" ${givenId(event.data) === undefined ? "is missing" : "cannot be used"}`,
    );
    return [];
  }
  const instants = [...message.fields].map(([field, { instant }]) => [field, instant] as const);
  const newest = known.note(message.id, instants);
  const fields = [...message.fields].filter(([field]) => newest.has(field));
  if (fields.length === 0) return [];
  const row: JsonObject = Object.fromEntries(fields.map(([field, { value }]) => [field, value]));
  return [presentDocument({ id: message.id, ...row })];
}
