import type { StreamDefinition } from "../definition.ts";
import { documentSchema } from "../schema.ts";
import { MINUTE_MS } from "../source.ts";
import type { InsightKind } from "./insight-kind.ts";
import { probeInsight } from "./probe.ts";

/** The stream of a kind of insight, one document for each call that has it. */
export function insightStream(kind: InsightKind): StreamDefinition {
  return {
    name: kind.name,
    keyField: "call_id",
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
    canResumeFrom: () => true,
    async *run({ clock, intervalMs }) {
      while (true) yield { kind: "rest", untilMs: clock.now() + intervalMs };
    },
  };
}
