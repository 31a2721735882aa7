import { isJsonObject, type Json, type JsonObject } from "../../shared/json.ts";
import type { UnnamedEvent } from "../aircall-event.ts";
import { idIn, type TouchedObject } from "../touched.ts";
import type { InsightKind } from "./insight-kind.ts";

/** The call that an event about an insight names. What it holds of the insight may be less than what Aircall answers. */
export function touchedByInsight(
  { event, data }: UnnamedEvent,
  { events, envelope }: Pick<InsightKind, "events" | "envelope">,
): TouchedObject | undefined {
  if (!events.includes(event)) return undefined;
  const wrapped = envelope === undefined ? undefined : data[envelope];
  const id = callIdIn(data) ?? (isJsonObject(wrapped) ? callIdIn(wrapped) : undefined);
  return id === undefined ? undefined : { id, hint: 0, isReadAlone: true };
}

function callIdIn({ call_id, call }: JsonObject): number | undefined {
  return idIn(call_id) ?? (isJsonObject(call) ? idIn(call.id as Json | undefined) : undefined);
}
