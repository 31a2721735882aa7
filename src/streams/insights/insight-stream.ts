import { patchBetween } from "../../engine/index.ts";
import type { JsonObject } from "../../shared/json.ts";
import type { StreamDefinition } from "../definition.ts";
import { documentSchema } from "../schema.ts";
import { MINUTE_MS } from "../source.ts";
import { touchedByInsight } from "./insight-event.ts";
import type { InsightKind } from "./insight-kind.ts";
import { InsightRun } from "./insight-run.ts";
import { probeInsight } from "./probe.ts";
import { isInsightState, readState } from "./state.ts";

/** The stream of a kind of insights, one document for each call that has it. No list has them: each call costs a request. */
export function insightStream(kind: InsightKind): StreamDefinition {
  return {
    name: kind.name,
    keyField: "call_id",
    newestBy: "created_at",
    intervalMs: MINUTE_MS,
    isOptional: true,
    eventNames: kind.events,
    documentSchema: documentSchema(
      kind.title,
      "call_id",
      { type: "integer", description: "ID of the call." },
      kind.properties,
    ),
    probe: (reader) => probeInsight(reader, kind),
    touchedBy: (event) => touchedByInsight(event, kind),
    canResumeFrom: isInsightState,
    async *run(source, state) {
      const kept = readState(state, source);
      const patch = patchBetween(state, kept as unknown as JsonObject);
      if (Object.keys(patch).length > 0) yield { kind: "checkpoint", patch };
      yield* new InsightRun(kind, source, kept).steps();
    },
  };
}
