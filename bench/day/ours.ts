import type { JsonObject } from "../../src/shared/json.ts";
import { streamNames } from "../../src/streams/index.ts";
import { DEFAULT_BUDGET, Follower } from "../../test/support/capture.ts";
import { connectorTo } from "../../test/support/world.ts";
import type { RunResult } from "./result.ts";
import { DAY_MS, DAY_START_MS, type DayOptions, type DayWorld, HOUR_MS, isOnDay, startDay } from "./world.ts";

/** Long enough for the contacts to have been read and for every rung of calls to be climbed at its pace. */
const WARM_UP_MS = 4 * HOUR_MS;

/** Runs the connector with all its streams through the day, and on for as long as changes are waited for. */
export async function runOurs(options: Omit<DayOptions, "startMs">, waitDays: number): Promise<RunResult> {
  const world = await startDay({ ...options, startMs: DAY_START_MS - WARM_UP_MS });
  const requests = new Map<string, number>();
  const follower = follow(world, requests);
  await world.clock.runUntil(DAY_START_MS + (1 + waitDays) * DAY_MS);
  await follower[Symbol.asyncDispose]();
  await world.emulator.close();
  return {
    callsOnDay: world.callsOnDay,
    requests: Object.fromEntries([...requests].sort()),
    refused: world.emulator.requests.refused,
    staleness: world.watch.staleness(),
    complaints: world.complaints,
  };
}

function follow({ clock, ports, emulator, watch }: DayWorld, requests: Map<string, number>): Follower {
  return new Follower({ connector: connectorTo(emulator, clock, ports), clock }, streamNames, {
    config: DEFAULT_BUDGET,
    state: warmState(clock.now()),
    onEvent(event) {
      if (event.kind !== "request" || !isOnDay(clock.now())) return;
      const name = `${streamNames[event.binding]}, ${event.purpose}`;
      requests.set(name, (requests.get(name) ?? 0) + 1);
    },
    take: (_, document) => watch.saw(document),
  });
}

/** The state of a capture that read the history long ago: the rungs of calls stand where they belong by now. */
function warmState(nowMs: number): JsonObject {
  const calls = { backfilledAt: Math.floor(nowMs / 1000) - 86_400, rungs: {}, recent: {}, open: {} };
  return { bindingStateV1: { calls } };
}
