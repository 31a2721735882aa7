import type { Static } from "typebox";
import { Check } from "typebox/schema";
import type { AircallReader, Endpoint } from "../aircall/index.ts";
import type { Json, JsonObject } from "../shared/json.ts";
import { PAGES_AHEAD, type TimedList } from "./window.ts";

export const CALLS: Endpoint = { path: "/v1/calls", bodyKey: "calls", holds: "list" };

/** `started_at` and `duration` are recomputed within about 20 minutes of a call's end. Seen on a live account. */
const SETTLING_SECONDS = 20 * 60;

/** Later than this after its start no call is expected to appear in the list, or to change its place there. */
const LONGEST_CALL_SECONDS = 6 * 60 * 60;

/** A call that has gone on for longer is left to the ladder: it may be one that will never be told to end. */
const LONGEST_FOLLOWED_SECONDS = 24 * 60 * 60;

/** What the logic relies on; everything else of a call passes through unread. */
const CALL_ROW = {
  type: "object",
  required: ["id", "started_at", "status"],
  properties: {
    id: { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    started_at: { type: "integer" },
    status: { type: "string" },
    ended_at: { anyOf: [{ type: "integer" }, { type: "null" }] },
  },
} as const;
export type CallRow = Static<typeof CALL_ROW>;

export const isCallRow = (row: Json): row is JsonObject & CallRow => Check(CALL_ROW, row);

/** Calls by when they started. The API's window is `(from, to]` on `started_at`. Seen on a live account. */
export function callList(api: AircallReader, nowSeconds: number): TimedList {
  return {
    name: "calls",
    quietThroughSeconds: nowSeconds - LONGEST_CALL_SECONDS,
    pages: (afterSeconds, throughSeconds) =>
      api.pages(CALLS, { from: afterSeconds, to: throughSeconds, order: "asc" }, PAGES_AHEAD),
    secondsOf: (row) => (isCallRow(row) ? row.started_at : undefined),
  };
}

/**
 * When a call that has left the last half hour is worth another look of its own: the longer it goes
 * on, the later, and a last time when it has settled. `undefined` when only people change it now.
 */
export function nextLookSeconds(call: CallRow, nowSeconds: number): number | undefined {
  const ageSeconds = nowSeconds - call.started_at;
  if (ageSeconds > LONGEST_FOLLOWED_SECONDS) return undefined;
  if (call.status !== "done") return nowSeconds + Math.ceil(ageSeconds / 6);
  const settledSeconds = (call.ended_at ?? 0) + SETTLING_SECONDS;
  return settledSeconds > nowSeconds ? settledSeconds : undefined;
}
