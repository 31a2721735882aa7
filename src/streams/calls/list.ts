import type { AircallReader, Endpoint } from "../../aircall/index.ts";
import { isJsonObject, type JsonObject } from "../../shared/json.ts";
import type { RowNeeds } from "../rows.ts";
import type { TimedList } from "../timed-list.ts";
import { instantOf, isId, isInstantBy } from "../values.ts";
import { PAGES_AHEAD } from "../window.ts";

export const CALLS: Endpoint = { path: "/v1/calls", bodyKey: "calls", holds: "list" };

/** `started_at` and `duration` are recomputed within about 20 minutes of a call's end. Seen on a live account. */
const SETTLING_SECONDS = 20 * 60;

/** Later than this after its start no call is expected to appear in the list, or to change its place there. */
const LONGEST_CALL_SECONDS = 6 * 60 * 60;

/** A call that has gone on for longer is left to the re-read schedule: Aircall may never report its end. */
const LONGEST_FOLLOWED_SECONDS = 24 * 60 * 60;

/** A call that is older than this is not read by itself: a last time comes a sixth of its age later, or once it has settled. */
export const LONGEST_READ_ALONE_SECONDS = 2 * LONGEST_FOLLOWED_SECONDS;

export type CallRow = { id: number; started_at: number };

export function callNeeds(nowSeconds: number): RowNeeds<CallRow> {
  return { id: isId, started_at: isInstantBy(nowSeconds) };
}

/** Calls by when they started. The API's window is `(from, to]` on `started_at`. Seen on a live account. */
export function callList(api: AircallReader, nowSeconds: number): TimedList {
  return {
    name: "calls",
    quietThroughSeconds: nowSeconds - LONGEST_CALL_SECONDS,
    pages: (afterSeconds, throughSeconds) =>
      api.pages(CALLS, { from: Math.max(0, afterSeconds), to: throughSeconds, order: "asc" }, PAGES_AHEAD),
    report: api.report,
    secondsOf: (row) => (isJsonObject(row) ? instantOf(row.started_at, nowSeconds) : undefined),
  };
}

/**
 * When a call that is older than half an hour is to be read by itself: the longer it goes on, the later,
 * and a last time when it has settled. Unix seconds; `undefined` when only people change it now.
 */
export function nextReadSeconds(call: JsonObject & CallRow, nowSeconds: number): number | undefined {
  const ageSeconds = nowSeconds - call.started_at;
  if (ageSeconds > LONGEST_FOLLOWED_SECONDS) return undefined;
  if (call.status !== "done") return nowSeconds + Math.ceil(ageSeconds / 6);
  const settledSeconds = (instantOf(call.ended_at, nowSeconds) ?? 0) + SETTLING_SECONDS;
  return settledSeconds > nowSeconds ? settledSeconds : undefined;
}
