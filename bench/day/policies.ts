import { AircallReader, type Endpoint, RequestBudget } from "../../src/aircall/index.ts";
import { isJsonObject, type JsonObject } from "../../src/shared/json.ts";
import { Redactor } from "../../src/shared/redactor.ts";
import type { TimedList } from "../../src/streams/timed-list.ts";
import { readWindow } from "../../src/streams/window.ts";
import { CREDENTIALS, HISTORY_DAYS, type RunResult, simulateDay } from "./world.ts";

const CALLS: Endpoint = { path: "/v1/calls", bodyKey: "calls", holds: "list" };
const PASS_EVERY_MS = 5 * 60_000;
const DAY_SECONDS = 86_400;

/** A way to keep calls up to date that captures them pass by pass. */
export interface Policy {
  readonly title: string;
  /** How long after the measured day its changes can still be captured, the length of a pass included. */
  readonly waitDays: number;
  /** Returns a function that makes one pass, for a capture that has been running for long. */
  start(reader: AircallReader, nowSeconds: () => number): () => AsyncGenerator<JsonObject>;
}

/** Reads the calls that started since the last pass, and each call once more when it is a day old. */
const tail: Policy = {
  title: "tail, and one re-read at 24 h",
  waitDays: 2,
  start(reader, nowSeconds) {
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

/** Reads the calls of the last days in every pass. */
function lookBack(days: number, waitDays: number, title: string): Policy {
  return {
    title,
    waitDays,
    start: (reader, nowSeconds) => () =>
      readCalls(reader.for("pass", "tail"), nowSeconds() - days * DAY_SECONDS, Number.POSITIVE_INFINITY),
  };
}

export const POLICIES = {
  tail,
  week: lookBack(7, 0.05, "the last 7 days, again and again"),
  everything: lookBack(HISTORY_DAYS, 0.25, "everything, again and again"),
} as const;

/** Captures the day's calls by a policy, with the connector's own client at its default of 100 requests a minute. */
export function runPolicy({ start, waitDays }: Policy, calls: number): Promise<RunResult> {
  const account = { calls, contacts: 1_000, contactEdits: 0, listInProgress: true };
  return simulateDay({ ...account, warmUpMs: 0, waitDays }, async (world) => {
    const { clock, ports, origin, signal, watch } = world;
    const budget = new RequestBudget({ requests: 100, windowMs: 60_000, clock });
    const client = { credentials: CREDENTIALS, origin, budget, ports, redactor: new Redactor() };
    const reader = new AircallReader({
      client,
      signal,
      onEvent: (event) => {
        if (event.kind === "request") world.countRequest("calls", event.purpose);
      },
    });
    const pass = start(reader, () => Math.floor(clock.now() / 1000));
    try {
      for (;;) {
        const nextMs = clock.now() + PASS_EVERY_MS;
        for await (const call of pass()) watch.see(Number(call.id), call);
        await clock.sleep(nextMs - clock.now(), signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  });
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
    report: reader.report,
  };
  for await (const page of readWindow(list, afterSeconds, throughSeconds))
    for (const row of page.rows) if (isJsonObject(row)) yield row;
}
