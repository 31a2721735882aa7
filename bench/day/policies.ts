import { AircallReader, type Endpoint, RequestBudget, type RequestEvent } from "../../src/aircall/index.ts";
import { isJsonObject, type JsonObject } from "../../src/shared/json.ts";
import { readWindow, type TimedList } from "../../src/streams/window.ts";
import type { SimulatedClock } from "../../test/support/simulated-clock.ts";
import type { RunResult } from "./result.ts";
import {
  CREDENTIALS,
  DAY_MS,
  DAY_START_MS,
  type DayOptions,
  type DayWorld,
  HISTORY_DAYS,
  isOnDay,
  startDay,
} from "./world.ts";

const CALLS: Endpoint = { path: "/v1/calls", bodyKey: "calls", holds: "list" };
const PASS_EVERY_MS = 5 * 60_000;
const DAY_SECONDS = 86_400;

/** What a policy reads with. */
interface Means {
  readonly reader: AircallReader;
  readonly nowSeconds: () => number;
}

/** A way to keep calls up to date: each pass captures calls, for ever. */
export interface Policy {
  readonly title: string;
  /** How long after the measured day its changes can still be captured, the length of a pass included. */
  readonly waitDays: number;
  /** A function that makes one pass, for a capture that has been running for long. */
  start(means: Means): () => AsyncGenerator<JsonObject>;
}

/** The newest calls, from the last start seen; and each call once more when it is a day old. */
const tail: Policy = {
  title: "tail, and one re-read at 24 h",
  waitDays: 2,
  start({ reader, nowSeconds }) {
    let tailedSeconds = nowSeconds();
    let rereadSeconds = nowSeconds() - DAY_SECONDS;
    return async function* () {
      const now = nowSeconds();
      for await (const call of readCalls(reader.for("tail", "tail"), tailedSeconds, now)) {
        tailedSeconds = Math.max(tailedSeconds, Number(call.started_at));
        yield call;
      }
      yield* readCalls(reader.for("re-read at 24 h", "tail"), rereadSeconds, now - DAY_SECONDS);
      rereadSeconds = now - DAY_SECONDS;
    };
  },
};

/** Every pass reads the calls of the last days. */
function lookBack(days: number, waitDays: number, title: string): Policy {
  return {
    title,
    waitDays,
    start:
      ({ reader, nowSeconds }) =>
      () =>
        readCalls(reader.for("pass", "tail"), nowSeconds() - days * DAY_SECONDS, Number.POSITIVE_INFINITY),
  };
}

export const POLICIES = {
  tail,
  week: lookBack(7, 0.05, "the last 7 days, again and again"),
  everything: lookBack(HISTORY_DAYS, 0.25, "everything, again and again"),
} as const;

export async function runPolicy(
  { start, waitDays }: Policy,
  options: Pick<DayOptions, "calls">,
): Promise<RunResult> {
  const world = await startDay({
    ...options,
    contacts: 1_000,
    contactEdits: 0,
    listInProgress: true,
    startMs: DAY_START_MS,
  });
  const requests: Record<string, number> = {};
  const stopping = new AbortController();
  const reader = paced(world, stopping.signal, requests);
  const running = repeat(
    start({ reader, nowSeconds: () => Math.floor(world.clock.now() / 1000) }),
    world,
    stopping.signal,
  );
  await world.clock.runUntil(DAY_START_MS + (1 + waitDays) * DAY_MS);
  stopping.abort();
  await running;
  await world.emulator.close();
  return {
    callsOnDay: world.callsOnDay,
    requests,
    refused: world.emulator.requests.refused,
    staleness: world.watch.staleness(),
    complaints: world.complaints,
  };
}

/** The connector's own client and budget, at its default of 100 requests a minute. */
function paced(
  { ports, emulator, clock }: DayWorld,
  signal: AbortSignal,
  requests: Record<string, number>,
): AircallReader {
  const budget = new RequestBudget({ requests: 100, windowMs: 60_000, clock });
  const client = { credentials: CREDENTIALS, origin: emulator.url, budget, ports };
  const onEvent = (event: RequestEvent) => {
    if (event.kind !== "request" || !isOnDay(clock.now())) return;
    const name = `calls, ${event.purpose}`;
    requests[name] = (requests[name] ?? 0) + 1;
  };
  return new AircallReader({ client, signal, onEvent });
}

async function repeat(
  pass: () => AsyncGenerator<JsonObject>,
  { clock, watch }: { clock: SimulatedClock; watch: DayWorld["watch"] },
  signal: AbortSignal,
): Promise<void> {
  try {
    for (;;) {
      const nextMs = clock.now() + PASS_EVERY_MS;
      for await (const call of pass()) watch.saw(call);
      await clock.sleep(nextMs - clock.now(), signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** By position, 50 a page; beyond the 10,000th row, from the last second on. */
async function* readCalls(
  reader: AircallReader,
  afterSeconds: number,
  throughSeconds: number,
): AsyncGenerator<JsonObject> {
  const list: TimedList = {
    name: "calls",
    quietThroughSeconds: Number.POSITIVE_INFINITY,
    pages: (from, to) => reader.pages(CALLS, { from, order: "asc", ...(Number.isFinite(to) ? { to } : {}) }),
    secondsOf: (row) =>
      isJsonObject(row) && typeof row.started_at === "number" ? row.started_at : undefined,
  };
  for await (const page of readWindow(list, afterSeconds, throughSeconds)) {
    for (const row of page.rows) if (isJsonObject(row)) yield row;
  }
}
