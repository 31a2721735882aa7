import type { AircallReader } from "../../aircall/index.ts";
import { isJsonObject, type Json } from "../../shared/json.ts";
import { CALLS } from "../calls/list.ts";
import { isId } from "../values.ts";
import { type InsightKind, insightOf } from "./insight-kind.ts";

/** The call that each reader asks about, so that the kinds of one check read the list of calls once. */
const asked = new WeakMap<AircallReader, Promise<number | undefined>>();

/**
 * Reads the insight of a recent call that may have it; whether it has is the same to a probe. Resolves to 0 if there is no
 * such call, and to `undefined` otherwise. Throws what the reader throws: `AccessRefused` if the plan does not have the kind.
 */
export async function probeInsight(reader: AircallReader, kind: InsightKind): Promise<number | undefined> {
  const callId = await recordedCall(reader);
  if (callId === undefined) return 0;
  await reader.find(insightOf(callId, kind), kind.query);
  return undefined;
}

function recordedCall(reader: AircallReader): Promise<number | undefined> {
  const known = asked.get(reader) ?? findRecordedCall(reader);
  asked.set(reader, known);
  return known;
}

/** The first call of the newest page that is over and was recorded. */
async function findRecordedCall(reader: AircallReader): Promise<number | undefined> {
  for await (const { rows } of reader.pages(CALLS, { order: "desc" })) return rows.map(recordedId).find(isId);
  return undefined;
}

function recordedId(row: Json): Json {
  if (!isJsonObject(row) || row.status !== "done") return null;
  return row.recording || row.voicemail ? (row.id ?? null) : null;
}
