import { Connector, discover } from "../../src/connector.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { CREDENTIALS, type DayOptions, HOUR_MS, type RunResult, simulateDay } from "./world.ts";

/** Long enough to read the contacts, and to re-read the calls of each age at the pace of that age. */
const WARM_UP_MS = 4 * HOUR_MS;

/** Captures the day with all streams of the connector. */
export function runConnector(options: Omit<DayOptions, "warmUpMs">): Promise<RunResult> {
  return simulateDay({ ...options, warmUpMs: WARM_UP_MS }, async (world) => {
    const { clock, ports, origin, eventsPort, signal, watch } = world;
    const found = discover();
    const receiving = eventsPort !== undefined && {
      eventsPort: { host: "127.0.0.1", port: eventsPort },
    };
    const connector = new Connector({ ports, origin, rateWindowMs: 60_000, ...receiving });
    const blocks = connector.capture({
      config: {
        api_id: CREDENTIALS.apiId,
        api_token: CREDENTIALS.apiToken,
        ...(receiving && { advanced: { events_url: `http://127.0.0.1:${eventsPort}` } }),
      },
      bindings: found.map(({ resourceConfig, recommendedName }) => ({
        resourceConfig,
        stateKey: recommendedName,
      })),
      state: stateAfterBackfill(clock.now()),
      until: "follow",
      signal,
      onEvent(event) {
        if (event.kind !== "request") return;
        world.countRequest(found[event.binding]?.recommendedName ?? "", event.purpose);
      },
    });
    for await (const { documents, committed } of blocks) {
      for (const document of documents) watch.see(document);
      committed();
    }
  });
}

/** The state of a capture that read the history a day ago. */
function stateAfterBackfill(nowMs: number): JsonObject {
  const calls = {
    unread: {},
    backfilledAt: Math.floor(nowMs / 1000) - 86_400,
    rungs: {},
    recent: {},
    open: {},
  };
  return { bindingStateV1: { calls } };
}
