import { Connector, discover } from "../../src/connector.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import type { RunResult } from "./result.ts";
import {
  CREDENTIALS,
  DAY_MS,
  DAY_START_MS,
  type DayOptions,
  type DayWorld,
  HOUR_MS,
  isOnDay,
  startDay,
} from "./world.ts";

/** Long enough for the contacts to have been read and for every re-read of calls to come to its pace. */
const WARM_UP_MS = 4 * HOUR_MS;

/** Runs the connector with all its streams through the day, and on for as long as changes are waited for. */
export async function runOurs(options: Omit<DayOptions, "startMs">, waitDays: number): Promise<RunResult> {
  const world = await startDay({ ...options, startMs: DAY_START_MS - WARM_UP_MS });
  const requests = new Map<string, number>();
  const stopping = new AbortController();
  const session = capture(world, stopping.signal, requests);
  await world.clock.runUntil(DAY_START_MS + (1 + waitDays) * DAY_MS);
  stopping.abort();
  await session;
  await world.emulator.close();
  return {
    callsOnDay: world.callsOnDay,
    requests: Object.fromEntries([...requests].sort()),
    refused: world.emulator.requests.refused,
    staleness: world.watch.staleness(),
    complaints: world.complaints,
  };
}

async function capture(
  { clock, ports, emulator, watch }: DayWorld,
  signal: AbortSignal,
  requests: Map<string, number>,
): Promise<void> {
  const connector = new Connector({ ports, origin: emulator.url, rateWindowMs: 60_000 });
  const found = discover();
  const blocks = connector.capture({
    config: { api_id: CREDENTIALS.apiId, api_token: CREDENTIALS.apiToken },
    bindings: found.map(({ resourceConfig, recommendedName }) => ({
      resourceConfig,
      stateKey: recommendedName,
    })),
    state: warmState(clock.now()),
    until: "follow",
    signal,
    onEvent(event) {
      if (event.kind !== "request" || !isOnDay(clock.now())) return;
      const name = `${found[event.binding]?.recommendedName}, ${event.purpose}`;
      requests.set(name, (requests.get(name) ?? 0) + 1);
    },
  });
  for await (const { documents, committed } of blocks) {
    for (const document of documents) watch.saw(document);
    committed();
  }
}

/** The state of a capture that read the history long ago: the re-read cursors of calls are where they belong by now. */
function warmState(nowMs: number): JsonObject {
  const calls = { backfilledAt: Math.floor(nowMs / 1000) - 86_400, rungs: {}, recent: {}, open: {} };
  return { bindingStateV1: { calls } };
}
