import { INSIGHT_NAMES } from "../../emulator/index.ts";
import { bindingFor, type CaptureRequest, Connector, discover } from "../../src/connector.ts";
import { type Block, bindingPatch, mergePatch } from "../../src/engine/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import {
  CREDENTIALS,
  DAY_START_MS,
  type DayOptions,
  type DayWorld,
  HOUR_MS,
  type RunResult,
  simulateDay,
} from "./world.ts";

/** Long enough to read the contacts, and to re-read the calls of each age at the pace of that age. */
const WARM_UP_MS = 4 * HOUR_MS;

/** The passes of two nights go before the measured day, each at 2 o'clock. */
const NIGHTS_WARM_UP_MS = 46 * HOUR_MS;

export interface ConnectorDay extends Omit<DayOptions, "warmUpMs"> {
  readonly advanced?: JsonObject;
}

/** Captures the day with all streams of the connector. */
export function runConnector({ advanced = {}, ...options }: ConnectorDay): Promise<RunResult> {
  return simulateDay({ ...options, warmUpMs: WARM_UP_MS }, async (world) => {
    const { clock, eventsPort: port } = world;
    const receiving = port === undefined ? {} : { events_url: `http://127.0.0.1:${port}` };
    const state = stateAfterBackfill(clock.now());
    for await (const block of captureAll(world, { ...advanced, ...receiving }, "follow", state))
      take(block, world);
  });
}

/** Captures the day with a pass each night. */
export function runNightly({ advanced = {}, ...options }: ConnectorDay): Promise<RunResult> {
  return simulateDay({ ...options, warmUpMs: NIGHTS_WARM_UP_MS }, async (world) => {
    const { clock, signal } = world;
    let state = stateAfterBackfill(clock.now());
    while (!signal.aborted) {
      const nextMs = clock.now() + 24 * HOUR_MS;
      for await (const block of captureAll(world, advanced, "pass", state)) {
        state = mergePatch(state, bindingPatch(block.stateKey, block.patch));
        take(block, world);
      }
      await clock.sleep(nextMs - clock.now(), signal).catch(() => {});
    }
  });
}

function captureAll(
  world: DayWorld,
  advanced: JsonObject,
  until: CaptureRequest["until"],
  state: JsonObject,
): AsyncGenerator<Block> {
  const { ports, origin, eventsPort: port, signal } = world;
  const bindings = bindingsOf(world);
  const eventsPort = port === undefined ? {} : { eventsPort: { host: "127.0.0.1", port } };
  return new Connector({ ports, origin, rateWindowMs: 60_000, ...eventsPort }).capture({
    config: { api_id: CREDENTIALS.apiId, api_token: CREDENTIALS.apiToken, advanced },
    bindings,
    state,
    until,
    signal,
    onEvent(event) {
      if (event.kind !== "request") return;
      world.countRequest(bindings[event.binding]?.stateKey ?? "", event.purpose);
    },
  });
}

/** All streams that discovery enables, and those of insights where they are wanted. */
function bindingsOf({ insights }: DayWorld): CaptureRequest["bindings"] {
  const names = discover().flatMap(({ disable, recommendedName }) => (disable ? [] : [recommendedName]));
  return [...names, ...(insights ? INSIGHT_NAMES : [])].map((name) => bindingFor(name));
}

function take({ stateKey, documents, committed }: Block, { watch, insights }: DayWorld): void {
  for (const document of documents)
    if (!insights?.see(stateKey, document)) watch.see(Number(document.id), document);
  committed();
}

/** The state of a capture that read the history of calls a day ago, and asks no call of earlier days for insights. */
function stateAfterBackfill(nowMs: number): JsonObject {
  const backfilledAt = Math.floor(nowMs / 1000) - 86_400;
  const calls = { unread: {}, backfilledAt, rungs: {}, recent: {}, open: {} };
  const insights = { since: DAY_START_MS / 1000, unread: {}, backfilledAt, rungs: {}, known: {}, again: {} };
  return {
    bindingStateV1: { calls, ...Object.fromEntries(INSIGHT_NAMES.map((name) => [name, insights])) },
  };
}
