import { itemOf, type Priority } from "../../aircall/index.ts";
import { type Document, patchBetween, type Step } from "../../engine/index.ts";
import type { Json, JsonObject } from "../../shared/json.ts";
import { wellFormedDocuments } from "../rows.ts";
import { SingleReads } from "../single-reads.ts";
import { hasPassed, isRereadDue, nowSeconds, restUntilDue, type Source } from "../source.ts";
import type { TouchedIds } from "../touched.ts";
import { readWindow, type Span } from "../window.ts";
import {
  CALLS,
  type CallRow,
  callList,
  callNeeds,
  LONGEST_READ_ALONE_SECONDS,
  nextReadSeconds,
} from "./list.ts";
import { isDense, pauseIntervals, pollAfter } from "./poll.ts";
import {
  adjoiningAges,
  cursorOf,
  fittedCursors,
  isDue,
  type RereadCursors,
  rereadThrough,
} from "./reread-schedule.ts";
import { RECENT_SECONDS, rereadAges, type ScheduleState, wholeHistory } from "./schedule-state.ts";
import { planReads } from "./touched-calls.ts";
import { isUnread, latestSpan, type UnreadSpans } from "./unread.ts";

/** Starts are in Aircall's time, whose clock may be ahead of ours. */
const CLOCKS_DIFFER_SECONDS = 30 * 60;

const HOUR_SECONDS = 3600;

/** A start may be corrected by a second after it has been read: cursors begin a second back. */
const SEAM_SECONDS = 1;

export type Call = Document & CallRow;

/**
 * Why calls are read: `tail`, those of the last half hour, at each poll; `open`, an older call that may
 * still change by itself; `reread`, calls that have come to an age of the re-read schedule; `history`,
 * the calls from before the binding began; `touched`, calls that events have named.
 */
export type CallPurpose = "tail" | "open" | "reread" | "history" | "touched";

/** Calls that were read together. A call at the seam of two re-reads of one age is in both batches. */
export interface CallBatch {
  readonly kind: "calls";
  readonly purpose: CallPurpose;
  readonly calls: readonly Call[];
  /** The present by which the batch was read; Unix seconds. */
  readonly nowSeconds: number;
  /**
   * The merge patch of the schedule's state after the batch, true once all of its calls have been dealt
   * with. The next checkpoint after that must hold it; it is empty where the schedule has not moved.
   */
  readonly patch: JsonObject;
}

export type ScheduleStep = CallBatch | Exclude<Step, { readonly kind: "documents" }>;

export interface ScheduleOptions {
  readonly source: Source;
  readonly state: ScheduleState;
  /** The calls of the last half hour that are known, by ID: when each started; Unix seconds. */
  readonly recentStarts?: Iterable<readonly [id: number, startedAt: number]>;
  readonly priorities?: Readonly<Record<CallPurpose, Priority>>;
}

const PRIORITIES = {
  tail: "tail",
  open: "tail",
  reread: "reread",
  history: "backfill",
  touched: "event",
} as const;

/**
 * When calls are read, for a stream that follows them: it captures the calls themselves, or asks for
 * something else of each. One schedule is one run of a stream, and the stream keeps its state.
 *
 * A call has no modification time: it ends, gains a recording, tags and comments, all silently. So each
 * poll reads the last half hour, older calls are read again when they come to certain ages, and the
 * history is read in between. Nothing else of the schedule goes on while the stream works on a batch.
 * The other steps are to be yielded to the engine as they are.
 */
export class CallSchedule {
  readonly #source: Source;
  readonly #priorities: Readonly<Record<CallPurpose, Priority>>;
  readonly #agesSeconds: readonly number[];
  readonly #recentStarts: Map<number, number>;
  readonly #open: Record<string, number>;
  #cursors: RereadCursors;
  #unread: UnreadSpans;
  #historyReadAt: number | undefined;
  #polls = 0;
  #polledThroughSeconds = -Infinity;
  #polledMs = -Infinity;
  #pauseMs = 0;

  constructor({ source, state, recentStarts = [], priorities = PRIORITIES }: ScheduleOptions) {
    this.#source = source;
    this.#priorities = priorities;
    this.#agesSeconds = rereadAges(source);
    this.#recentStarts = new Map(recentStarts);
    this.#open = { ...state.open };
    this.#cursors = state.rungs;
    this.#unread = state.unread;
    this.#historyReadAt = state.backfilledAt;
  }

  async *steps(): AsyncGenerator<ScheduleStep> {
    while (true) {
      yield* this.#readUrgent();
      yield* this.#reread();
      if (isRereadDue(this.#historyReadAt, this.#source)) yield this.#beginHistory();
      yield* this.#readHistory();
      yield* restUntilDue(this.#polledMs, this.#pauseMs, this.#source);
    }
  }

  /**
   * Only the history comes to calls that started before this instant; Unix seconds. It is somewhat before the
   * cursor of the oldest step, since the start of a call may be corrected.
   */
  get rereadsBeginSeconds(): number {
    const oldestCursor = Math.min(...Object.values(this.#cursors));
    return Math.min(oldestCursor - HOUR_SECONDS, nowSeconds(this.#source) - LONGEST_READ_ALONE_SECONDS);
  }

  /** Whether the history is still to come to calls that started in these seconds, the bounds included. */
  isUnread(fromSeconds: number, throughSeconds: number): boolean {
    return isUnread(this.#unread, fromSeconds, throughSeconds);
  }

  /** Reads what is urgent, as also while something else takes long. */
  async *#readUrgent(): AsyncGenerator<ScheduleStep> {
    yield* this.#pollIfDue();
    if (this.#source.touched?.isDue) yield* this.#readTouched(this.#source.touched);
  }

  async *#pollIfDue(): AsyncGenerator<ScheduleStep> {
    if (hasPassed(this.#pauseMs, this.#polledMs, this.#source)) yield* this.#poll();
  }

  /** Reads the calls that events have named: recent ones that started near each other with one request, others singly. */
  async *#readTouched(touched: TouchedIds): AsyncGenerator<ScheduleStep> {
    const batch = touched.take();
    if (!batch) return;
    const recent = [...this.#recentStarts.values()];
    const { windows, singles } = planReads(batch.hints, recent, nowSeconds(this.#source));
    for (const { span, ids } of windows) singles.push(...(yield* this.#readTouchedWindow(span, ids)));
    const reads = new SingleReads(
      this.#source.api.for("touched call", this.#priorities.touched),
      this.#source.log,
    );
    for (const id of singles) {
      const call = await this.#findCall(id, reads);
      if (call) yield* this.#touchedCalls([call]);
      yield* this.#pollIfDue();
    }
    yield { kind: "checkpoint", patch: {}, committed: batch.read };
  }

  /** Returns the calls that the window did not have. */
  async *#readTouchedWindow(
    { after, until }: Span,
    ids: ReadonlySet<number>,
  ): AsyncGenerator<ScheduleStep, number[]> {
    const missing = new Set(ids);
    for await (const { rows } of readWindow(this.#list("touched calls", "touched"), after, until)) {
      const calls = this.#wellFormed(rows);
      for (const { id } of calls) missing.delete(id);
      yield* this.#touchedCalls(calls);
    }
    return [...missing];
  }

  *#touchedCalls(calls: readonly Call[]): Generator<ScheduleStep> {
    const now = nowSeconds(this.#source);
    const started = calls.filter(({ started_at }) => started_at >= this.#source.startSeconds);
    const isRecent = ({ started_at }: Call) => started_at > now - RECENT_SECONDS;
    const recent = started.filter(isRecent);
    for (const { id, started_at } of recent) this.#recentStarts.set(id, started_at);
    yield { kind: "calls", purpose: "tail", calls: recent, nowSeconds: now, patch: {} };
    const older = started.filter((call) => !isRecent(call));
    if (older.length > 0) yield this.#olderCalls("touched", older, {});
  }

  /** Reads the calls of the last half hour, and the older calls that may still change by themselves. */
  async *#poll(): AsyncGenerator<ScheduleStep> {
    this.#polledMs = this.#source.clock.now();
    const now = nowSeconds(this.#source);
    const after = Math.max(pollAfter(this.#recentStarts, this.#polls, now), this.#source.startSeconds - 1);
    let pages = 0;
    for await (const { rows } of readWindow(this.#list("poll", "tail"), after, now + CLOCKS_DIFFER_SECONDS)) {
      pages += 1;
      const calls = this.#wellFormed(rows);
      this.#keepRecent(calls, now);
      yield { kind: "calls", purpose: "tail", calls, nowSeconds: now, patch: {} };
    }
    this.#polls += 1;
    this.#polledThroughSeconds = now;
    this.#pauseMs = this.#source.intervalMs * pauseIntervals(pages);
    yield* this.#readOpen();
  }

  #keepRecent(calls: readonly Call[], nowSeconds: number): void {
    for (const [id, startedAt] of this.#recentStarts) {
      if (startedAt <= nowSeconds - RECENT_SECONDS) this.#recentStarts.delete(id);
    }
    for (const { id, started_at } of calls) this.#recentStarts.set(id, started_at);
  }

  /**
   * Reads each older call that may still change by itself, when its time has come. A call that Aircall
   * does not know, or does not answer for, is left to the re-read schedule.
   */
  async *#readOpen(): AsyncGenerator<ScheduleStep> {
    const now = nowSeconds(this.#source);
    const api = this.#source.api.for("open call", this.#priorities.open);
    const reads = new SingleReads(api, this.#source.log);
    for (const [id, dueSeconds] of Object.entries(this.#open)) {
      if (dueSeconds > now) continue;
      const call = await this.#findCall(Number(id), reads);
      const nextSeconds = call && nextReadSeconds(call, now);
      if (nextSeconds) this.#open[id] = nextSeconds;
      else delete this.#open[id];
      const patch = { open: { [id]: nextSeconds ?? null } };
      yield { kind: "calls", purpose: "open", calls: call ? [call] : [], nowSeconds: now, patch };
    }
  }

  async #findCall(id: number, reads: SingleReads): Promise<Call | undefined> {
    const answer = await reads.find(itemOf(CALLS, id, "call"));
    if (typeof answer === "string") return undefined;
    return this.#wellFormed([answer.call ?? null]).find((call) => call.id === id);
  }

  /**
   * Reads the calls again that have come to the age of a step, the oldest step first: calls that are read
   * for it need not be read for a younger one. Steps that adjoin, as after a pause, are read as one. Stops
   * where the last poll began, which has read anything newer.
   */
  async *#reread(): AsyncGenerator<ScheduleStep> {
    this.#cursors = this.#fittedCursors();
    for (const age of this.#agesSeconds.toReversed()) {
      const now = this.#polledThroughSeconds;
      if (!isDue(age, this.#cursors, now)) continue;
      const after = Math.max(cursorOf(age, this.#cursors) - SEAM_SECONDS, this.#source.startSeconds - 1);
      const ages = adjoiningAges(age, this.#cursors, now);
      const youngest = Math.min(...ages);
      const list = this.#list(rereadPurpose(age, youngest), "reread");
      for await (const { rows, throughSeconds } of readWindow(list, after, now - youngest)) {
        for (const each of ages)
          this.#cursors = rereadThrough(this.#cursors, each, Math.min(throughSeconds, now - each));
        yield this.#olderCalls("reread", this.#wellFormed(rows), { rungs: { ...this.#cursors } });
        yield* this.#readUrgent();
      }
    }
  }

  /** The cursors by the present clock: a clock that was fast may have left them in the future. */
  #fittedCursors(): RereadCursors {
    const { startSeconds } = this.#source;
    return fittedCursors(this.#agesSeconds, this.#cursors, this.#polledThroughSeconds, startSeconds);
  }

  #beginHistory(): ScheduleStep {
    const before = this.#unread;
    this.#unread = wholeHistory(this.#source, this.#polledThroughSeconds);
    this.#historyReadAt = undefined;
    const patch = patchBetween({ unread: before }, { unread: this.#unread });
    return { kind: "checkpoint", patch: { ...patch, backfilledAt: null } };
  }

  /** Reads the history that is left, the latest span first. Polls and re-reads in between whenever that is due. */
  async *#readHistory(): AsyncGenerator<ScheduleStep> {
    for (let span = this.#nextSpan(); span; span = this.#nextSpan()) {
      yield* this.#readSpan(span);
      const { [span.until]: _, ...others } = this.#unread;
      this.#unread = others;
      const isLast = this.#nextSpan() === undefined;
      if (isLast) this.#historyReadAt = nowSeconds(this.#source);
      const patch = { unread: { [span.until]: null } };
      yield {
        kind: "checkpoint",
        patch: isLast ? { ...patch, backfilledAt: this.#historyReadAt ?? null } : patch,
      };
    }
  }

  #nextSpan(): Span | undefined {
    return latestSpan(this.#unread, this.#source.startSeconds - 1);
  }

  async *#readSpan({ after, until }: Span): AsyncGenerator<ScheduleStep> {
    let doneRows = 0;
    for await (const { rows, throughSeconds, rowsLeft } of readWindow(
      this.#list("backfill", "history"),
      after,
      until,
    )) {
      const moved = { [until]: throughSeconds };
      this.#unread = { ...this.#unread, ...moved };
      yield this.#olderCalls("history", this.#wellFormed(rows), { unread: moved });
      doneRows += rows.length;
      yield { kind: "progress", doneRows, leftRows: rowsLeft };
      yield* this.#readUrgent();
      yield* this.#reread();
    }
  }

  /** A batch of calls that no poll reads. Those that may still change by themselves are read again one by one. */
  #olderCalls(purpose: CallPurpose, calls: readonly Call[], cursors: JsonObject): CallBatch {
    const now = nowSeconds(this.#source);
    // Where calls are dense, reading each that has just ended once more costs more requests than it finds changes.
    const isBusy = isDense(this.#recentStarts);
    const open: Record<string, number> = {};
    for (const call of calls) {
      if (call.status === "done" && isBusy) continue;
      const nextSeconds = nextReadSeconds(call, now);
      if (nextSeconds && !this.#open[call.id]) open[call.id] = nextSeconds;
    }
    Object.assign(this.#open, open);
    return { kind: "calls", purpose, calls, nowSeconds: now, patch: { ...cursors, open } };
  }

  #wellFormed(rows: readonly Json[]): Call[] {
    return wellFormedDocuments(rows, callNeeds(nowSeconds(this.#source)), this.#source);
  }

  #list(requestPurpose: string, purpose: CallPurpose) {
    return callList(
      this.#source.api.for(requestPurpose, this.#priorities[purpose]),
      nowSeconds(this.#source),
    );
  }
}

function rereadPurpose(oldestSeconds: number, youngestSeconds: number): string {
  const [oldest, youngest] = [oldestSeconds, youngestSeconds].map((age) => `${age / 3600} h`);
  return oldest === youngest ? `re-read at ${oldest}` : `re-read at ${oldest} down to ${youngest}`;
}
