import { itemOf, type Priority } from "../../aircall/index.ts";
import { type Document, patchBetween, type Step } from "../../engine/index.ts";
import type { Json, JsonObject } from "../../shared/json.ts";
import type { StreamDefinition } from "../definition.ts";
import { digest } from "../digest.ts";
import { probeList } from "../probe.ts";
import { wellFormedDocuments } from "../rows.ts";
import { SingleReads } from "../single-reads.ts";
import { hasPassed, isRereadDue, MINUTE_MS, nowSeconds, restSince, type Source } from "../source.ts";
import { readWindow, type WindowPage } from "../window.ts";
import {
  beginning,
  type CallCursors,
  RECENT_SECONDS,
  readCursors,
  rereadAges,
  wholeHistory,
} from "./cursors.ts";
import { CALLS, type CallRow, callList, callNeeds, nextReadSeconds } from "./list.ts";
import { isDense, pauseIntervals, pollAfter } from "./poll.ts";
import { cursorOf, fittedCursors, isDue, type RereadCursors, rereadThrough } from "./reread-schedule.ts";
import { callSchema } from "./schema.ts";

/** Starts are in Aircall's time: its clock may be ahead of ours. */
const CLOCKS_DIFFER_SECONDS = 30 * 60;

/** A start may be corrected by a second after it has been read: cursors begin a second back. */
const SEAM_SECONDS = 1;

const DAY_SECONDS = 86_400;

/**
 * Phone calls, by when they started. A call has no time of modification: it ends, gains a recording,
 * tags and comments, all silently. So each poll reads the last half hour, and older calls
 * are read again when they come to the ages of a schedule; the history is read in between.
 * Source: https://developer.aircall.io/api-references/#list-all-calls
 */
export const calls: StreamDefinition = {
  name: "calls",
  keyField: "id",
  syncMode: "incremental",
  intervalMs: MINUTE_MS,
  documentSchema: callSchema,
  probe: (reader) => probeList(reader, CALLS),
  async *run(source, state) {
    const cursors = readCursors(state, source) ?? beginning(source);
    const patch = patchBetween(state, cursors as unknown as JsonObject);
    if (Object.keys(patch).length > 0) yield { kind: "checkpoint", patch };
    yield* new CallReading(source, structuredClone(cursors)).steps();
  },
};

type Call = Document & CallRow;

/** One run of the stream: its cursors, and when the tail is polled next. */
class CallReading {
  readonly #source: Source;
  readonly #cursors: CallCursors;
  readonly #agesSeconds: readonly number[];
  #polls = 0;
  #polledThroughSeconds = -Infinity;
  #polledMs = -Infinity;
  #pauseMs = 0;

  constructor(source: Source, cursors: CallCursors) {
    this.#source = source;
    this.#cursors = cursors;
    this.#agesSeconds = rereadAges(source);
    for (const [id, [, version]] of Object.entries(cursors.recent))
      source.memory.restore(Number(id), version);
  }

  async *steps(): AsyncGenerator<Step> {
    while (true) {
      yield* this.#poll();
      yield* this.#reread();
      if (isRereadDue(this.#cursors.backfilledAt, this.#source)) yield this.#startBackfill();
      yield* this.#backfill();
      yield restSince(this.#polledMs, this.#pauseMs, this.#source);
    }
  }

  async *#pollIfDue(): AsyncGenerator<Step> {
    if (hasPassed(this.#pauseMs, this.#polledMs, this.#source)) yield* this.#poll();
  }

  /** Reads the last half hour, and the older calls that may still move. */
  async *#poll(): AsyncGenerator<Step> {
    this.#polledMs = this.#source.clock.now();
    const now = nowSeconds(this.#source);
    let pages = 0;
    for await (const page of readWindow(
      this.#list("poll", "tail"),
      Math.max(pollAfter(this.#cursors.recent, this.#polls, now), this.#source.startSeconds - 1),
      now + CLOCKS_DIFFER_SECONDS,
    )) {
      pages += 1;
      yield* this.#captureRecent(page, now);
    }
    this.#polls += 1;
    this.#polledThroughSeconds = now;
    this.#pauseMs = this.#source.intervalMs * pauseIntervals(pages);
    yield* this.#readOpen();
  }

  *#captureRecent(page: WindowPage, now: number): Generator<Step> {
    const known = this.#cursors.recent;
    const recent: Record<string, [number, string] | null> = {};
    for (const [id, [startedAt]] of Object.entries(known)) {
      if (startedAt <= now - RECENT_SECONDS) recent[id] = null;
    }
    const changed: Call[] = [];
    for (const call of this.#usable(page.rows)) {
      const version = digest(call);
      const isChanged = this.#source.memory.changed(call.id, version);
      if (isChanged || !known[call.id]) recent[call.id] = [call.started_at, version];
      if (!isChanged) continue;
      this.#source.memory.note(call.id, version);
      changed.push(call);
    }
    yield { kind: "documents", docs: changed };
    if (Object.keys(recent).length === 0) return;
    for (const [id, entry] of Object.entries(recent)) {
      if (entry) known[id] = entry;
      else delete known[id];
    }
    yield { kind: "checkpoint", patch: { recent } };
  }

  /**
   * Reads each older call that may still change by itself, when its time has come. A call that Aircall
   * does not know is not deleted: like one that Aircall does not answer for, it is left to the re-read schedule.
   */
  async *#readOpen(): AsyncGenerator<Step> {
    const now = nowSeconds(this.#source);
    const reads = new SingleReads(this.#source.api.for("open call", "tail"), this.#source.log);
    for (const [id, dueSeconds] of Object.entries(this.#cursors.open)) {
      if (dueSeconds > now) continue;
      const call = await this.#findCall(id, reads);
      const nextSeconds = call && nextReadSeconds(call, now);
      if (nextSeconds) this.#cursors.open[id] = nextSeconds;
      else delete this.#cursors.open[id];
      if (call) yield { kind: "documents", docs: this.#takeChanged([call]) };
      yield { kind: "checkpoint", patch: { open: { [id]: nextSeconds ?? null } } };
    }
  }

  async #findCall(id: string, reads: SingleReads): Promise<Call | undefined> {
    const answer = await reads.find(itemOf(CALLS, Number(id), "call"));
    if (typeof answer === "string") return undefined;
    return this.#usable([answer.call ?? null]).find((call) => call.id === Number(id));
  }

  /**
   * Reads the calls again that have come to the age of a step, the oldest step first: calls that are read
   * for it need not be read for a younger one.
   * Stops where the last poll began. The poll captures anything newer: otherwise `recent` could hold an
   * older digest than the one captured last.
   */
  async *#reread(): AsyncGenerator<Step> {
    this.#cursors.rungs = this.#cursorsBy(this.#polledThroughSeconds);
    for (const age of this.#agesSeconds.toReversed()) {
      const now = this.#polledThroughSeconds;
      if (!isDue(age, this.#cursors.rungs, now)) continue;
      const after = Math.max(
        cursorOf(age, this.#cursors.rungs) - SEAM_SECONDS,
        this.#source.startSeconds - 1,
      );
      for await (const page of readWindow(
        this.#list(`re-read at ${age / 3600} h`, "reread"),
        after,
        now - age,
      )) {
        const open = yield* this.#capture(page.rows, -Infinity);
        const rungs = rereadThrough(this.#cursors.rungs, age, page.throughSeconds);
        this.#cursors.rungs = rungs;
        yield { kind: "checkpoint", patch: { rungs, open } };
        yield* this.#pollIfDue();
      }
    }
  }

  /** The cursors by the present clock: a clock that was fast may have left them in the future. */
  #cursorsBy(nowSeconds: number): RereadCursors {
    return fittedCursors(this.#agesSeconds, this.#cursors.rungs, nowSeconds, this.#source.startSeconds);
  }

  #startBackfill(): Step {
    this.#cursors.backfill = wholeHistory(this.#source, this.#polledThroughSeconds);
    delete this.#cursors.backfilledAt;
    return { kind: "checkpoint", patch: { backfill: this.#cursors.backfill, backfilledAt: null } };
  }

  /** Reads what is left of the history, and keeps up with the present in between. */
  async *#backfill(): AsyncGenerator<Step> {
    const { backfill } = this.#cursors;
    if (!backfill) return;
    let doneRows = 0;
    for await (const page of readWindow(this.#list("backfill", "backfill"), backfill.after, backfill.until)) {
      const reach = nowSeconds(this.#source) - Math.max(...this.#agesSeconds) - DAY_SECONDS;
      const open = yield* this.#capture(page.rows, reach);
      backfill.after = page.throughSeconds;
      yield { kind: "checkpoint", patch: { backfill: { after: backfill.after }, open } };
      doneRows += page.rows.length;
      yield { kind: "progress", doneRows, leftRows: page.rowsLeft };
      yield* this.#pollIfDue();
      yield* this.#reread();
    }
    delete this.#cursors.backfill;
    this.#cursors.backfilledAt = nowSeconds(this.#source);
    yield { kind: "checkpoint", patch: { backfill: null, backfilledAt: this.#cursors.backfilledAt } };
  }

  /**
   * Captures the older calls that have changed, and returns the patch of `open`. A call that started before
   * `reachSeconds` is read by no later step, so it need not be remembered.
   */
  *#capture(rows: readonly Json[], reachSeconds: number): Generator<Step, Record<string, number>> {
    const now = nowSeconds(this.#source);
    // Where calls are dense, reading each that has just ended once more costs more requests than it finds changes.
    const isBusy = isDense(this.#cursors.recent);
    const open: Record<string, number> = {};
    const calls = this.#usable(rows);
    yield { kind: "documents", docs: this.#takeChanged(calls, reachSeconds) };
    for (const call of calls) {
      if (call.status === "done" && isBusy) continue;
      const nextSeconds = nextReadSeconds(call, now);
      if (nextSeconds && !this.#cursors.open[call.id]) open[call.id] = nextSeconds;
    }
    Object.assign(this.#cursors.open, open);
    return open;
  }

  #takeChanged(calls: readonly Call[], reachSeconds = -Infinity): Call[] {
    const { memory } = this.#source;
    const changed: Call[] = [];
    for (const call of calls) {
      const isLastRead = call.started_at < reachSeconds && !memory.knows(call.id);
      const version = isLastRead ? undefined : digest(call);
      if (version !== undefined && !memory.changed(call.id, version)) continue;
      if (version !== undefined) memory.note(call.id, version);
      changed.push(call);
    }
    return changed;
  }

  #usable(rows: readonly Json[]): Call[] {
    return wellFormedDocuments(rows, callNeeds(nowSeconds(this.#source)), this.#source);
  }

  #list(purpose: string, priority: Priority) {
    return callList(this.#source.api.for(purpose, priority), nowSeconds(this.#source));
  }
}
