import type { Static } from "typebox";
import { Check } from "typebox/schema";
import type { Endpoint } from "../aircall/index.ts";
import type { Step } from "../engine/index.ts";
import type { Json, JsonObject } from "../shared/json.ts";
import { callSchema } from "./call-schema.ts";
import type { StreamDefinition } from "./definition.ts";
import { digest } from "./digest.ts";
import { usableDocuments } from "./document.ts";
import { forget, isRereadDue, MINUTE_MS, nowSeconds, type Source } from "./source.ts";
import { readWindow, SPAN, type Span, type TimedList } from "./window.ts";

const ENDPOINT: Endpoint = { path: "/v1/calls", bodyKey: "calls", holds: "list" };

/** `started_at` and `duration` are recomputed within about 20 minutes of a call's end. Seen on a live account. */
const SETTLING_SECONDS = 20 * 60;

/** Nobody knows whether a call is listed before it has ended; this is how long one may stay unlisted and not be missed. */
const LISTED_LATE_SECONDS = 30 * 60;

/** A call that has gone on for longer no longer holds the cursor back. */
const LONGEST_CALL_SECONDS = 6 * 60 * 60;

/** What the logic relies on; everything else of a call passes through unread. */
const CALL_ROW = {
  type: "object",
  required: ["id", "started_at", "status"],
  properties: {
    id: { type: "integer" },
    started_at: { type: "integer" },
    status: { type: "string" },
    ended_at: { anyOf: [{ type: "integer" }, { type: "null" }] },
  },
} as const;
type CallRow = Static<typeof CALL_ROW>;

const isCallRow = (row: Json): row is JsonObject & CallRow => Check(CALL_ROW, row);

/**
 * All instants are Unix seconds.
 *
 *     start_date          backfill.until
 *     |====backfill===>....|=============settled=========>|..recent..| now
 *                                            settledThrough
 */
interface CallsState {
  /** What is left of the history. Absent once it has been read. */
  backfill?: Span;
  /** When the history was read to its end. */
  backfilledAt?: number;
  /** No call that started up to here is still expected to appear, to end or to settle. */
  settledThrough: number;
  /** Calls after `settledThrough` by ID: when each started, and the digest of what was captured of it. */
  recent: Record<string, [startedAt: number, digest: string]>;
}

const CALLS_STATE = {
  type: "object",
  required: ["settledThrough", "recent"],
  properties: {
    backfill: SPAN,
    backfilledAt: { type: "integer" },
    settledThrough: { type: "integer" },
    recent: {
      type: "object",
      additionalProperties: {
        type: "array",
        prefixItems: [{ type: "integer" }, { type: "string" }],
        minItems: 2,
        maxItems: 2,
      },
    },
  },
} as const;

const isCallsState = (state: unknown): state is CallsState => Check(CALLS_STATE, state);

/**
 * Phone calls, by when they started. A call has no time of modification, so the calls of the last
 * minutes are read again with every pass, and so is everything after the oldest call that goes on.
 * Source: https://developer.aircall.io/api-references/#list-all-calls
 */
export const calls: StreamDefinition = {
  name: "calls",
  endpoint: ENDPOINT,
  keyField: "id",
  syncMode: "incremental",
  intervalMs: MINUTE_MS,
  documentSchema: callSchema,
  async *run(source, state) {
    const known = isCallsState(state) ? state : undefined;
    const cursors = known ?? beginning(source);
    if (!known) {
      yield* forget(state);
      yield { kind: "checkpoint", patch: { ...cursors } as JsonObject };
    }
    while (true) {
      const beganMs = source.clock.now();
      if (isRereadDue(cursors.backfilledAt, source)) yield startBackfill(cursors, source);
      yield* follow(cursors, source);
      yield* backfill(cursors, source);
      yield { kind: "rest", untilMs: beganMs + source.intervalMs };
    }
  },
};

function beginning(source: Source): CallsState {
  const settledThrough = Math.max(source.startSeconds - 1, nowSeconds(source) - LONGEST_CALL_SECONDS);
  return { backfill: wholeHistory(source, settledThrough), settledThrough, recent: {} };
}

/** The start date's own second is part of it, and a window does not hold the second that it starts after. */
function wholeHistory({ startSeconds }: Source, until: number): Span {
  return { after: startSeconds - 1, until };
}

function startBackfill(cursors: CallsState, source: Source): Step {
  cursors.backfill = wholeHistory(source, cursors.settledThrough);
  delete cursors.backfilledAt;
  return { kind: "checkpoint", patch: { backfill: cursors.backfill, backfilledAt: null } };
}

/** Reads what started after `settledThrough`, emits what has changed of it, and moves on as far as it has settled. */
async function* follow(cursors: CallsState, source: Source): AsyncGenerator<Step> {
  const now = nowSeconds(source);
  let heldAt = now - LISTED_LATE_SECONDS;
  for await (const page of readWindow(callList(source), cursors.settledThrough, now - 1)) {
    const recent: JsonObject = {};
    for (const call of usableDocuments(page.rows, isCallRow, source)) {
      if (mayStillSettle(call, now)) heldAt = Math.min(heldAt, call.started_at - 2);
      const id = String(call.id);
      const version = digest(call);
      if (cursors.recent[id]?.[1] === version) continue;
      recent[id] = cursors.recent[id] = [call.started_at, version];
      yield { kind: "document", doc: call };
    }
    const settledThrough = Math.max(cursors.settledThrough, Math.min(page.throughSeconds, heldAt));
    for (const id of settledCalls(cursors, settledThrough)) {
      delete cursors.recent[id];
      recent[id] = null;
    }
    if (settledThrough === cursors.settledThrough && Object.keys(recent).length === 0) continue;
    cursors.settledThrough = settledThrough;
    yield { kind: "checkpoint", patch: { settledThrough, recent } };
  }
}

/** Reads what is left of the history, and looks at the present in between as often as it is due. */
async function* backfill(cursors: CallsState, source: Source): AsyncGenerator<Step> {
  if (!cursors.backfill) return;
  const { after, until } = cursors.backfill;
  let followedMs = source.clock.now();
  let doneRows = 0;
  for await (const page of readWindow(callList(source), after, until)) {
    for (const call of usableDocuments(page.rows, isCallRow, source)) yield { kind: "document", doc: call };
    cursors.backfill.after = page.throughSeconds;
    yield { kind: "checkpoint", patch: { backfill: { after: page.throughSeconds } } };
    doneRows += page.rows.length;
    yield { kind: "progress", doneRows, leftRows: page.rowsLeft };
    if (source.clock.now() < followedMs + source.intervalMs) continue;
    followedMs = source.clock.now();
    yield* follow(cursors, source);
  }
  delete cursors.backfill;
  cursors.backfilledAt = nowSeconds(source);
  yield { kind: "checkpoint", patch: { backfill: null, backfilledAt: cursors.backfilledAt } };
}

/** The API's window of calls is `(from, to]` on `started_at`. Seen on a live account. */
function callList({ api }: Source): TimedList {
  return {
    name: "calls",
    pages: (afterSeconds, throughSeconds) =>
      api.pages(ENDPOINT, { from: afterSeconds, to: throughSeconds, order: "asc" }),
    secondsOf: (row) => (isCallRow(row) ? row.started_at : undefined),
  };
}

function mayStillSettle(call: CallRow, now: number): boolean {
  const settlesAt = call.status === "done" ? (call.ended_at ?? 0) + SETTLING_SECONDS : Infinity;
  return settlesAt > now && call.started_at > now - LONGEST_CALL_SECONDS;
}

function settledCalls(cursors: CallsState, settledThrough: number): string[] {
  return Object.keys(cursors.recent).filter((id) => (cursors.recent[id]?.[0] ?? 0) <= settledThrough);
}
