import type { JsonObject } from "../shared/json.ts";

/**
 * An event of a webhook, without the token of its envelope, and with personal data redacted.
 * Source: https://developer.aircall.io/api-references/#webhook-usage
 */
export interface AircallEvent {
  /** A hash of what the event says, so that an event which is delivered twice has one ID. Aircall has no ID for it. */
  readonly event_id: string;
  /** Such as `call.ended`. */
  readonly event: string;
  /** Such as `call`. */
  readonly resource: string;
  /** When the payload was built; Unix seconds. */
  readonly timestamp: number;
  /** The object at that moment. */
  readonly data: JsonObject;
}

/** An event without what `event_id` is computed of, its redacted data. */
export type UnnamedEvent = Omit<AircallEvent, "event_id">;
