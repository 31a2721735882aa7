import type { Document } from "../../engine/index.ts";
import {
  AccessRefused,
  ConnectionRejected,
  ConnectorError,
  defectSentence,
  type Recovery,
} from "../../errors.ts";
import type { JsonObject } from "../../shared/json.ts";
import type { LineWriter } from "../../shared/line-writer.ts";
import type { Redactor } from "../../shared/redactor.ts";

/**
 * The messages of the Airbyte protocol that a source writes. Instants in them are milliseconds since
 * the Unix epoch. Source: https://docs.airbyte.com/understanding-airbyte/airbyte-protocol
 */
export type AirbyteMessage =
  | { readonly type: "SPEC"; readonly spec: ConnectorSpecification }
  | { readonly type: "CONNECTION_STATUS"; readonly connectionStatus: ConnectionStatus }
  | { readonly type: "CATALOG"; readonly catalog: { readonly streams: readonly AirbyteStream[] } }
  | { readonly type: "RECORD"; readonly record: AirbyteRecord }
  | { readonly type: "STATE"; readonly state: StreamState }
  | { readonly type: "TRACE"; readonly trace: Trace }
  | { readonly type: "LOG"; readonly log: { readonly level: string; readonly message: string } };

export type AirbyteWriter = LineWriter<AirbyteMessage>;

export const SYNC_MODES = ["full_refresh", "incremental"] as const;

interface ConnectorSpecification {
  readonly protocol_version: string;
  readonly documentationUrl: string;
  readonly connectionSpecification: JsonObject;
  readonly supportsIncremental: boolean;
  readonly supported_destination_sync_modes: readonly string[];
}

type ConnectionStatus =
  | { readonly status: "SUCCEEDED" }
  | { readonly status: "FAILED"; readonly message: string };

export interface AirbyteStream {
  readonly name: string;
  readonly json_schema: JsonObject;
  readonly supported_sync_modes: typeof SYNC_MODES;
  readonly source_defined_cursor: true;
  readonly default_cursor_field: readonly string[];
  readonly source_defined_primary_key: readonly (readonly string[])[];
  readonly is_resumable: boolean;
}

interface AirbyteRecord {
  readonly stream: string;
  readonly data: JsonObject;
  readonly emitted_at: number;
}

interface StreamDescriptor {
  readonly name: string;
}

interface StreamState {
  readonly type: "STREAM";
  readonly stream: { readonly stream_descriptor: StreamDescriptor; readonly stream_state: JsonObject };
  /** How many records came since the stream's last state. */
  readonly sourceStats: { readonly recordCount: number };
}

type Trace =
  | { readonly type: "STREAM_STATUS"; readonly emitted_at: number; readonly stream_status: StreamStatus }
  | { readonly type: "ESTIMATE"; readonly emitted_at: number; readonly estimate: Estimate }
  | { readonly type: "ERROR"; readonly emitted_at: number; readonly error: TracedError };

/** How many rows a stream is expected to emit in this read. */
interface Estimate {
  readonly name: string;
  readonly type: "STREAM";
  readonly row_estimate: number;
}

interface StreamStatus {
  readonly stream_descriptor: StreamDescriptor;
  readonly status: Status;
}

export type Status = "STARTED" | "RUNNING" | "COMPLETE" | "INCOMPLETE";

interface TracedError {
  readonly message: string;
  readonly internal_message: string;
  readonly failure_type: FailureType;
  readonly stream_descriptor?: StreamDescriptor;
}

/** What Airbyte does next: it asks a person, or tries again soon, or counts it as the connector's failure. */
type FailureType = "config_error" | "transient_error" | "system_error";

const FAILURE_TYPES: Readonly<Record<Recovery, FailureType>> = {
  "fix-config": "config_error",
  "wait-and-retry": "transient_error",
  "stop-and-report": "system_error",
};

export function streamStatus(stream: string, status: Status, nowMs: number): AirbyteMessage {
  const stream_status = { stream_descriptor: { name: stream }, status };
  return { type: "TRACE", trace: { type: "STREAM_STATUS", emitted_at: nowMs, stream_status } };
}

export function rowEstimate(stream: string, rows: number, nowMs: number): AirbyteMessage {
  const estimate = { name: stream, type: "STREAM", row_estimate: rows } as const;
  return { type: "TRACE", trace: { type: "ESTIMATE", emitted_at: nowMs, estimate } };
}

export interface ErrorTraceOptions {
  readonly error: unknown;
  readonly nowMs: number;
  readonly redactor: Redactor;
  /** Left out for an error of the whole command. */
  readonly stream?: string;
}

export function errorTrace({ error, nowMs, redactor, stream }: ErrorTraceOptions): AirbyteMessage {
  const sentence = error instanceof ConnectorError ? error.message : defectSentence(error);
  const traced: TracedError = {
    message: redactor.hide(sentence),
    internal_message: redactor.hide(String(error)),
    failure_type: failureType(error),
    ...(stream !== undefined && { stream_descriptor: { name: stream } }),
  };
  return { type: "TRACE", trace: { type: "ERROR", emitted_at: nowMs, error: traced } };
}

/** A person has to act on these too: another attempt would be refused for the same reason. */
function failureType(error: unknown): FailureType {
  if (!(error instanceof ConnectorError)) return "system_error";
  const isForPerson = error instanceof AccessRefused || error instanceof ConnectionRejected;
  return isForPerson ? "config_error" : FAILURE_TYPES[error.recovery];
}

/**
 * The fields by which Airbyte's destinations find the latest version of a row and delete rows. Airbyte's
 * own sources with change data capture use the same names.
 */
export const UPDATED_AT = "_ab_cdc_updated_at";
export const DELETED_AT = "_ab_cdc_deleted_at";

/** The fields of a document that the row has in its own meaning, so that Aircall's are left out. */
export function replacedFields(document: Document): string[] {
  return [UPDATED_AT, DELETED_AT].filter((field) => Object.hasOwn(document, field));
}

/** The document as a row: the two fields above stand for `_meta`. */
export function row({ _meta, ...fields }: Document, nowMs: number): JsonObject {
  const now = new Date(nowMs).toISOString();
  return { ...fields, [UPDATED_AT]: now, [DELETED_AT]: _meta.op === "d" ? now : null };
}
