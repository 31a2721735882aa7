import { isJsonObject, type Json, type JsonObject } from "../../shared/json.ts";
import type { MalformedRows } from "../malformed-rows.ts";
import { idIn } from "../touched.ts";
import type { InsightKind } from "./insight-kind.ts";

/** The insight in an answer about a call, with or without the envelope. */
export interface InsightAnswer {
  /** With `call_id` as a whole number, whatever Aircall writes. */
  readonly insight: JsonObject;
  /** Whether it says nothing. Such an answer may mean that Aircall is still at work. */
  readonly isEmpty: boolean;
}

/** `undefined` where the answer is about another call, which is reported. */
export function insightIn(
  body: JsonObject,
  kind: Pick<InsightKind, "envelope">,
  callId: number,
  malformed: MalformedRows,
): JsonObject | undefined {
  const insight = withoutEnvelope(body, kind);
  if (isOther(insight.call_id, callId)) {
    malformed.report(insight, 'its "call_id" is that of another call');
    return undefined;
  }
  return { ...insight, call_id: callId };
}

/** Whether an answer says nothing. To be asked before its personal data is redacted: texts may be dropped. */
export function isEmptyAnswer(body: JsonObject, kind: Pick<InsightKind, "envelope" | "content">): boolean {
  const insight = withoutEnvelope(body, kind);
  return kind.content.every((path) => isEmptyValue(valueAt(insight, path)));
}

/** The fields of an insight that name its call. */
const CALL_FIELDS = new Set(["call", "call_id", "call_uuid"]);

/** Whether an answer has no value but what names the call, and so no insight. To be asked before its personal data is redacted. */
export function isBlankAnswer(body: JsonObject, kind: Pick<InsightKind, "envelope">): boolean {
  const insight = withoutEnvelope(body, kind);
  return Object.entries(insight).every(([field, value]) => CALL_FIELDS.has(field) || value === null);
}

function withoutEnvelope(body: JsonObject, { envelope }: Pick<InsightKind, "envelope">): JsonObject {
  const held = envelope === undefined ? undefined : body[envelope];
  return isJsonObject(held) ? held : body;
}

function isOther(given: Json | undefined, callId: number): boolean {
  return given !== undefined && given !== null && idIn(given) !== callId;
}

/** The value at a path such as `content.utterances`. */
function valueAt(insight: JsonObject, path: string): Json | undefined {
  return path
    .split(".")
    .reduce<Json | undefined>((value, field) => (isJsonObject(value) ? value[field] : undefined), insight);
}

function isEmptyValue(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
