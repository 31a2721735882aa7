import type { AircallEvent } from "./aircall-event.ts";
import { EVENTS_INTERVAL_MS, eventSteps } from "./captured-events.ts";
import type { StreamDefinition } from "./definition.ts";
import { presentDocument } from "./document.ts";
import { documentSchema, object, text, unixSeconds } from "./schema.ts";

/**
 * Every event as Aircall sent it, but for its token. Source: https://developer.aircall.io/api-references/#webhook-events
 */
export const events: StreamDefinition = {
  name: "events",
  keyField: "event_id",
  newestBy: "timestamp",
  isOptional: true,
  intervalMs: EVENTS_INTERVAL_MS,
  documentSchema: documentSchema(
    "Event",
    "event_id",
    {
      type: "string",
      description: "Hash of the event: the same each time that Aircall sends the event.",
    },
    {
      event: text("Name of the event, such as call.ended."),
      resource: text("Kind of the object in data, such as call."),
      timestamp: unixSeconds("When Aircall built the event."),
      data: object("The object as it was at that moment.", {}),
    },
  ),
  probe: async () => undefined,
  canResumeFrom: () => true,
  capturesEvent: () => true,
  run: (source) => eventSteps(source, (arrived) => ({ docs: arrived.map(eventDocument), patch: {} })),
};

/** The data is copied, since other streams capture the same event. */
function eventDocument({ event_id, event, resource, timestamp, data }: AircallEvent) {
  return presentDocument({ event_id, event, resource, timestamp, data: structuredClone(data) });
}
