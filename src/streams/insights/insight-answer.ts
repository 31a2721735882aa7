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
  { envelope, content }: Pick<InsightKind, "envelope" | "content">,
  callId: number,
  malformed: MalformedRows,
): InsightAnswer | undefined {
  const held = envelope === undefined ? undefined : body[envelope];
  const insight = isJsonObject(held) ? held : body;
  if (isOther(insight.call_id, callId)) {
    malformed.report(insight, 'its "call_id" is that of another call');
    return undefined;
  }
  const isEmpty = content.every((path) => isEmptyValue(valueAt(insight, path)));
  return { insight: { ...insight, call_id: callId }, isEmpty };
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
