import { type StreamName, streamNames } from "../../src/streams/index.ts";
import { runOurs } from "../day/ours.ts";
import type { Sizes } from "../sizes.ts";
import { sum } from "../statistics.ts";
import { withSimulation } from "./simulation.ts";

/** Requests of some task, beside the least that the API allows for it. The same on every machine. */
export interface RequestCount {
  readonly task: string;
  /** What the task brings. */
  readonly records: number;
  readonly requests: number;
  readonly least: number;
  readonly leastIs: string;
  /** What the connector's default budget allows in the meantime; null where the task takes as long as it needs. */
  readonly allowed: number | null;
}

const REQUESTS_PER_MINUTE = 100;

const ROWS_PER_PAGE = 50;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The first full scan of contacts and the first snapshots are over by then. */
const WARM_UP_MS = 4 * HOUR_MS;

export async function measureRequests({ backfill, day }: Sizes): Promise<RequestCount[]> {
  return [
    await backfillOf("calls", backfill.calls),
    await backfillOf("contacts", backfill.contacts),
    await idleHour(),
    await busyDay(day),
  ];
}

/** A whole history, without the looks at the present in between, which are not for it. */
function backfillOf(stream: "calls" | "contacts", size: number): Promise<RequestCount> {
  return withSimulation({ calls: 0, contacts: 0, [stream]: size }, [stream], async (capture) => {
    while (capture.rests(stream) === 0) await capture.clock.runUntil(capture.clock.now() + MINUTE_MS);
    return {
      task: `backfill of ${stream}`,
      records: capture.documents,
      requests: capture.requests - capture.pollRequests,
      least: pagesOf(capture.documents),
      leastIs: "a page for 50 rows",
      allowed: null,
    };
  });
}

/** All streams of an account where nothing happens. */
function idleHour(): Promise<RequestCount> {
  return withSimulation({ calls: 0, contacts: 400 }, streamNames, async (capture) => {
    const looksSoFar = () => streamNames.map((stream) => capture.rests(stream));
    await capture.clock.runUntil(capture.clock.now() + WARM_UP_MS);
    const before = { documents: capture.documents, requests: capture.requests, looks: looksSoFar() };
    await capture.clock.runUntil(capture.clock.now() + HOUR_MS);
    const looks = looksSoFar().map((count, index) => count - (before.looks[index] ?? 0));
    const pages = streamNames.map((stream) => pagesOfLook(stream, capture.rows(stream)));
    return {
      task: "idle hour",
      records: capture.documents - before.documents,
      requests: capture.requests - before.requests,
      least: sum(pages.map((count, index) => count * (looks[index] ?? 0))),
      leastIs: "one reading of a stream's list for each look at it",
      allowed: 60 * REQUESTS_PER_MINUTE,
    };
  });
}

/** New calls and changed contacts are in the first page; every other list has to be read whole. */
function pagesOfLook(stream: StreamName, rows: number): number {
  return stream === "calls" || stream === "contacts" ? 1 : pagesOf(rows);
}

async function busyDay(day: Sizes["day"]): Promise<RequestCount> {
  const { requests, callsOnDay } = await runOurs({ ...day, listInProgress: true }, 0);
  return {
    task: "busy day",
    records: callsOnDay,
    requests: sum(Object.values(requests)),
    least: pagesOf(callsOnDay),
    leastIs: "each call read once and never again, which would show no change",
    allowed: 24 * 60 * REQUESTS_PER_MINUTE,
  };
}

function pagesOf(rows: number): number {
  return Math.max(1, Math.ceil(rows / ROWS_PER_PAGE));
}
