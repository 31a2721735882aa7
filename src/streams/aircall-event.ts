import type { JsonObject } from "../shared/json.ts";

/** An event that Aircall sent to the connector, redacted and without the token that authenticated it. */
export interface AircallEvent {
  /** The same for every delivery of one event: Aircall sends an event again until it is answered with 200. */
  readonly event_id: string;
  /** The name, such as `call.ended`. */
  readonly event: string;
  /** The kind of object that `data` holds, such as `call`; empty if Aircall does not state it. */
  readonly resource: string;
  /** When Aircall built the event, in Unix seconds. */
  readonly timestamp: number;
  /** The object as it was at that moment. */
  readonly data: JsonObject;
}
