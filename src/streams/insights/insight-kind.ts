import type { Endpoint, Query } from "../../aircall/index.ts";
import type { JsonObject } from "../../shared/json.ts";
import { CALLS } from "../calls/list.ts";

/** What Aircall derives from a call, one object for each call that has it, such as its transcription. */
export interface InsightKind {
  /** Of the stream. */
  readonly name: string;
  /** The last part of `/v1/calls/:id/<path>`, where the insight of a call is read. */
  readonly path: string;
  readonly query?: Query;
  /** The field that Aircall may wrap the insight in. */
  readonly envelope?: string;
  /** The fields that hold what the insight says, such as `content.utterances`. An answer in which all of them are absent, null or empty has no insight yet. */
  readonly content: readonly string[];
  /** The names of the events after which the insight is read. */
  readonly events: readonly string[];
  /** Whether one of these events says that the insight is there, so that a call without such an event has none. */
  readonly isAnnounced: boolean;
  /** Whether the insight can change once it is there. */
  readonly canChange: boolean;
  /** Whether Aircall makes the insight from the transcript, so that a call without one has none. Not so where people write it. */
  readonly isFromTranscript: boolean;
  /** Whether this is the transcript itself. */
  readonly isTranscript?: boolean;
  readonly title: string;
  /** The fields of the documents beside `call_id`, by name, as JSON Schemas. */
  readonly properties: Readonly<Record<string, JsonObject>>;
}

/** Where the insight of a call is read, such as `/v1/calls/7/transcription`. The body of the answer may be the insight itself. */
export function insightOf(callId: number, { path, envelope, name }: InsightKind): Endpoint {
  return { path: `${CALLS.path}/${callId}/${path}`, bodyKey: envelope ?? name, holds: "any" };
}
