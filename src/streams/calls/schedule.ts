import type { Priority } from "../../aircall/index.ts";
import { patchBetween } from "../../engine/index.ts";
import type { Json, JsonObject } from "../../shared/json.ts";
import { ReadMeanwhile } from "../read-meanwhile.ts";
import { isRereadDue, nowSeconds, restUntilDue, type Source } from "../source.ts";
import { readWindow, type Span } from "../window.ts";
import { type Call, type CallBatch, type CallPurpose, callsOf, type ScheduleStep } from "./call-batch.ts";
import { callList, LONGEST_READ_ALONE_SECONDS } from "./list.ts";
import { OpenCalls } from "./open-calls.ts";
import { rereadInPass } from "./pass-reread.ts";
import { Rereads } from "./rereads.ts";
import { RECENT_SECONDS, type ScheduleState, wholeHistory } from "./schedule-state.ts";
import { SpareReread } from "./spare-reread.ts";
import { Tail } from "./tail.ts";
import { TouchedCalls } from "./touched-calls.ts";
import { idsIn, planReads } from "./touched-plan.ts";
import { isUnread, latestSpan, type UnreadSpans } from "./unread.ts";

const HOUR_SECONDS = 3600;

/** How many calls that events have named are read before anything else goes on for a page: a minute of requests at most. */
const TOUCHED_AT_ONCE = 20;

export interface ScheduleOptions {
  readonly source: Source;
  readonly state: ScheduleState;
  /** The calls of the last half hour that are known, by ID: when each started; Unix seconds. */
  readonly recentStarts?: Iterable<readonly [id: number, startedAt: number]>;
  /**
   * The start of the first call of which the stream knows the version that it captured last, rounded down; Unix
   * seconds. A stream that has this gets calls again between the ages too.
   */
  readonly knownSinceSeconds?: () => number;
}

const PRIORITIES = {
  tail: "tail",
  open: "tail",
  reread: "reread",
  history: "backfill",
  touched: "event",
} as const satisfies Record<Exclude<CallPurpose, "spare">, Priority>;

/**
 * When calls are read. One schedule is one run of the stream, which keeps the state.
 *
 * A call has no modification time: it ends, gains a recording, tags and comments, all silently. So each
 * poll reads the last half hour, older calls are read again when they come to certain ages, and the
 * history is read in between. Nothing else of the schedule goes on while the stream works on a batch.
 * The other steps are to be yielded to the engine as they are.
 */
export class CallSchedule {
  readonly #source: Source;
  readonly #tail: Tail;
  readonly #open: OpenCalls;
  readonly #rereads: Rereads;
  readonly #touched: TouchedCalls;
  readonly #knowsVersions: boolean;
  readonly #spare: SpareReread | undefined;
  readonly #readMeanwhile = new ReadMeanwhile();
  #unread: UnreadSpans;
  #historyReadAt: number | undefined;

  constructor({ source, state, recentStarts = [], ...options }: ScheduleOptions) {
    this.#source = source;
    this.#tail = new Tail(source, recentStarts, PRIORITIES.tail);
    this.#open = new OpenCalls(source, state.open, PRIORITIES.open);
    this.#rereads = new Rereads(source, state.rungs, PRIORITIES.reread);
    this.#touched = new TouchedCalls(source, PRIORITIES.touched);
    this.#knowsVersions = options.knownSinceSeconds !== undefined;
    if (options.knownSinceSeconds && source.until === "follow")
      this.#spare = new SpareReread(source, options.knownSinceSeconds);
    this.#unread = state.unread;
    this.#historyReadAt = state.backfilledAt;
  }

  async *steps(): AsyncGenerator<ScheduleStep> {
    while (true) {
      this.#readMeanwhile.clear();
      yield* this.#readUrgent();
      const polledSeconds = this.#tail.polledThroughSeconds;
      yield* this.#reread();
      if (isRereadDue(this.#historyReadAt, this.#source)) yield this.#beginHistory();
      const history = this.#unread;
      yield* this.#readHistory();
      if (this.#source.until === "pass" && this.#knowsVersions)
        yield* this.#rereadInPass(polledSeconds, history);
      yield* this.#rereadSpare();
      yield* restUntilDue(this.#tail.polledMs, this.#tail.pauseMs, this.#source, this.#spareAtMs);
    }
  }

  /**
   * Only the history comes to calls that started before this instant; Unix seconds. It is somewhat before the
   * cursor of the oldest step, since the start of a call may be corrected.
   */
  get rereadsBeginSeconds(): number {
    return Math.min(
      this.#rereads.oldestCursorSeconds - HOUR_SECONDS,
      nowSeconds(this.#source) - LONGEST_READ_ALONE_SECONDS,
    );
  }

  /** Whether the history is still to come to calls that started in these seconds, the bounds included. */
  isUnread(fromSeconds: number, throughSeconds: number): boolean {
    return isUnread(this.#unread, fromSeconds, throughSeconds);
  }

  /** What is due while anything else takes long. */
  async *#readUrgent(): AsyncGenerator<ScheduleStep> {
    yield* this.#pollIfDue();
    yield* this.#readTouched();
  }

  async *#pollIfDue(): AsyncGenerator<ScheduleStep> {
    if (this.#tail.isDue) yield* this.#poll();
  }

  /** Reads the calls of the last half hour, and the older calls that may still change by themselves. Returns the IDs of the former. */
  async *#poll(): AsyncGenerator<ScheduleStep, ReadonlySet<number>> {
    const polled = new Set<number>();
    for await (const { calls, sinceSeconds } of this.#tail.poll()) {
      // Pages are asked for ahead: what an event names may change again before the last of them is dealt with.
      if (polled.size > 0) yield* this.#readTouched();
      for (const { id } of calls) polled.add(id);
      const current = this.#notReadSince(sinceSeconds, calls);
      yield { kind: "calls", purpose: "tail", calls: current, nowSeconds: sinceSeconds, patch: {} };
    }
    for await (const batch of this.#open.readDue()) {
      this.#noteRead(batch.calls);
      yield batch;
    }
    return polled;
  }

  /** Reads the calls that events have named. */
  async *#readTouched(): AsyncGenerator<ScheduleStep> {
    const { touched } = this.#source;
    if (!touched?.isDue) return;
    const waiting = touched.waiting(TOUCHED_AT_ONCE);
    const plan = planReads(waiting, this.#tail.starts, nowSeconds(this.#source));
    const batch = touched.take(idsIn(plan));
    if (!batch) return;
    const polled = plan.polled.length > 0 ? yield* this.#poll() : new Set();
    const singles = [...plan.singles, ...plan.polled.filter((id) => !polled.has(id))];
    const unansweredIds = new Set<number>();
    for await (const { calls, unanswered } of this.#touched.read({ ...plan, singles })) {
      if (unanswered !== undefined) unansweredIds.add(unanswered);
      this.#noteRead(calls);
      yield* this.#touchedBatches(calls);
      yield* this.#pollIfDue();
    }
    yield { kind: "checkpoint", patch: {}, committed: () => batch.read(unansweredIds) };
  }

  #noteRead(calls: readonly Call[]): void {
    for (const { id } of calls) this.#readMeanwhile.note(id, nowSeconds(this.#source));
  }

  /** The calls of a page of a list that is read since an instant, as far as no later read has captured them. */
  #callsOfPage(rows: readonly Json[], sinceSeconds: number): Call[] {
    return this.#notReadSince(sinceSeconds, callsOf(rows, this.#source));
  }

  #notReadSince(sinceSeconds: number, calls: readonly Call[]): Call[] {
    return calls.filter(({ id }) => !this.#readMeanwhile.has(id, sinceSeconds));
  }

  *#touchedBatches(calls: readonly Call[]): Generator<CallBatch> {
    const now = nowSeconds(this.#source);
    const isRecent = ({ started_at }: Call) => started_at > now - RECENT_SECONDS;
    const recent = calls.filter(isRecent);
    this.#tail.note(recent);
    if (recent.length > 0)
      yield { kind: "calls", purpose: "tail", calls: recent, nowSeconds: now, patch: {} };
    const older = calls.filter((call) => !isRecent(call));
    if (older.length > 0) yield this.#olderCalls("touched", older);
  }

  async *#reread(): AsyncGenerator<ScheduleStep> {
    for await (const { rows, sinceSeconds, patch } of this.#rereads.due(
      () => this.#tail.polledThroughSeconds,
    )) {
      yield this.#olderCalls("reread", this.#callsOfPage(rows, sinceSeconds), patch);
      yield* this.#readUrgent();
    }
  }

  async *#rereadInPass(firstPollSeconds: number, history: UnreadSpans): AsyncGenerator<ScheduleStep> {
    for await (const rows of rereadInPass(this.#source, PRIORITIES.reread, firstPollSeconds, history)) {
      yield this.#olderCalls("reread", callsOf(rows, this.#source));
      yield* this.#readUrgent();
    }
  }

  /** Reads calls between the ages, if there is a request to spare. */
  async *#rereadSpare(): AsyncGenerator<ScheduleStep> {
    if (!this.#spare || this.#spareAtMs > this.#source.clock.now()) return;
    for await (const rows of this.#spare.turn()) {
      yield this.#olderCalls("spare", callsOf(rows, this.#source));
      yield* this.#readUrgent();
    }
  }

  /** When calls are to be read between the ages; not as long as events name those that change. */
  get #spareAtMs(): number {
    return this.#source.areEventsComing?.() ? Infinity : (this.#spare?.nextAtMs() ?? Infinity);
  }

  #beginHistory(): ScheduleStep {
    const before = this.#unread;
    this.#unread = wholeHistory(this.#source, this.#tail.polledThroughSeconds);
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
    const sinceSeconds = nowSeconds(this.#source);
    let doneRows = 0;
    for await (const { rows, throughSeconds, rowsLeft } of readWindow(
      this.#list("backfill", "history"),
      after,
      until,
    )) {
      const moved = { [until]: throughSeconds };
      this.#unread = { ...this.#unread, ...moved };
      yield this.#olderCalls("history", this.#callsOfPage(rows, sinceSeconds), { unread: moved });
      doneRows += rows.length;
      yield { kind: "progress", doneRows, leftRows: rowsLeft };
      yield* this.#readUrgent();
      yield* this.#reread();
    }
  }

  /** A batch of calls that no poll reads. Those that may still change by themselves are read again one by one. */
  #olderCalls(purpose: CallPurpose, calls: readonly Call[], cursors: JsonObject = {}): CallBatch {
    const now = nowSeconds(this.#source);
    const open = this.#open.follow(calls, now, this.#tail.isDense);
    const patch = Object.keys(open).length > 0 ? { ...cursors, open } : cursors;
    return { kind: "calls", purpose, calls, nowSeconds: now, patch };
  }

  #list(requestPurpose: string, purpose: keyof typeof PRIORITIES) {
    return callList(this.#source.api.for(requestPurpose, PRIORITIES[purpose]), nowSeconds(this.#source));
  }
}
