import type { Priority } from "../../aircall/index.ts";
import type { Step } from "../../engine/index.ts";
import { NotInPlan } from "../../errors.ts";
import type { JsonObject } from "../../shared/json.ts";
import { cursorOf, type RereadCursors, rereadThrough } from "../calls/reread-schedule.ts";
import { HOUR_MS, nowSeconds, restUntilDue, type Source } from "../source.ts";
import type { Span } from "../window.ts";
import { agesOf, DAY_SECONDS, HOUR_SECONDS, nameOf, spanDue } from "./ages.ts";
import type { ListedCall } from "./call-lists.ts";
import { type Ask, InsightAsks } from "./insight-asks.ts";
import { InsightHistory } from "./insight-history.ts";
import type { InsightKind } from "./insight-kind.ts";
import { InsightSession } from "./insight-session.ts";
import { type InsightState, startSecondsOf } from "./state.ts";

/** A plan is not extended every hour. */
const REST_WITHOUT_PLAN_MS = 24 * HOUR_MS;

/** A history has a checkpoint at least every so many calls. */
const CALLS_PER_CHECKPOINT = 100;

/** One run of a stream of insights: which call is asked when. */
export class InsightRun {
  readonly #kind: InsightKind;
  readonly #source: Source;
  readonly #session: InsightSession;
  readonly #asks: InsightAsks;
  readonly #agesSeconds: readonly number[];
  readonly #lastAgeSeconds: number;
  readonly #startSeconds: number;
  readonly #history: InsightHistory;
  #cursors: RereadCursors;
  #hasReportedPlan = false;

  constructor(kind: InsightKind, source: Source, state: InsightState) {
    this.#kind = kind;
    this.#source = source;
    this.#session = source.shared.of(InsightSession);
    this.#asks = new InsightAsks(kind, source, state);
    this.#agesSeconds = agesOf(source);
    this.#lastAgeSeconds = Math.max(...this.#agesSeconds);
    this.#startSeconds = startSecondsOf(state, source);
    this.#history = new InsightHistory(state.unread, this.#startSeconds);
    this.#cursors = state.rungs;
  }

  async *steps(): AsyncGenerator<Step> {
    while (true) {
      const beganMs = this.#source.clock.now();
      const isInPlan = yield* this.#readIfInPlan();
      const pauseMs = isInPlan ? this.#source.intervalMs : REST_WITHOUT_PLAN_MS;
      yield* restUntilDue(beganMs, pauseMs, this.#source);
    }
  }

  async *#readIfInPlan(): AsyncGenerator<Step, boolean> {
    this.#asks.serveTranscripts(true);
    try {
      yield* this.#readUrgent(Infinity);
      yield* this.#readAgain();
      yield* this.#readHistory();
      return true;
    } catch (error) {
      this.#asks.serveTranscripts(false);
      if (!(error instanceof NotInPlan)) throw error;
      this.#reportPlan(error);
      return false;
    }
  }

  #reportPlan({ message }: NotInPlan): void {
    if (this.#hasReportedPlan) return;
    this.#hasReportedPlan = true;
    this.#source.log.warn(`${message} The stream asks again once a day. Other streams are not concerned.`);
  }

  /** What goes before calls that have come to an age, or before the history. */
  async *#readUrgent(belowAgeSeconds: number): AsyncGenerator<Step> {
    yield* this.#readTouched();
    const now = nowSeconds(this.#source);
    for (const age of this.#agesSeconds.toReversed()) {
      if (age >= belowAgeSeconds) continue;
      let span = this.#spanDue(age, now);
      for (; span; span = this.#spanDue(age, now)) yield* this.#readAtAge(age, span);
    }
  }

  #spanDue(ageSeconds: number, now: number): Span | undefined {
    return spanDue(ageSeconds, this.#cursors, this.#startSeconds, now);
  }

  /** The calls whose insights events have named. */
  async *#readTouched(): AsyncGenerator<Step> {
    const { touched } = this.#source;
    const batch = touched?.isDue ? touched.take() : undefined;
    if (!batch) return;
    const unanswered = new Set<number>();
    try {
      for (const { id } of batch.objects) {
        const isThere = yield* this.#asks.announced(id);
        if (!isThere && this.#kind.isAnnounced) unanswered.add(id);
      }
    } catch (error) {
      if (error instanceof NotInPlan) batch.read();
      throw error;
    }
    yield { kind: "checkpoint", patch: {}, committed: () => batch.read(unanswered) };
  }

  /** The calls that have come to an age. */
  async *#readAtAge(ageSeconds: number, span: Span): AsyncGenerator<Step> {
    const isLast = ageSeconds === this.#lastAgeSeconds;
    let asked: JsonObject = {};
    const isLeftToEvents = this.#areAnnouncedBy(ageSeconds);
    if (!isLeftToEvents || !this.#kind.isAnnounced) {
      const calls = await this.#list(span, String(ageSeconds), "insight");
      const ask: Ask = {
        purpose: `at ${nameOf(ageSeconds)}`,
        priority: "insight",
        sinceSeconds: span.until + ageSeconds,
        isLeftToEvents,
        isLast,
        isListedAgain: true,
      };
      for (const call of calls) {
        if (this.#asks.hasCaptured(call.id))
          yield* this.#asks.reread(call, this.#canChangeBy(ageSeconds), ask);
        else if (call.isOver && call.isRecorded) yield* this.#asks.first(call, ask);
        yield* this.#readUrgent(ageSeconds);
      }
      if (isLast) this.#asks.forget(calls, span);
      asked = this.#history.asked(span, nowSeconds(this.#source));
    }
    this.#cursors = rereadThrough(this.#cursors, ageSeconds, span.until);
    yield this.#asks.checkpoint({ ...asked, rungs: { ...this.#cursors } });
  }

  /** Events announce what young calls get. The older ages find what was not announced all the same. */
  #areAnnouncedBy(ageSeconds: number): boolean {
    const areEventsComing = this.#source.areEventsComing?.() ?? false;
    return ageSeconds < DAY_SECONDS && areEventsComing;
  }

  #canChangeBy(ageSeconds: number): boolean {
    return this.#kind.canChange && this.#source.rereadInsightsAfterSeconds.includes(ageSeconds);
  }

  /** The calls that Aircall did not answer for, and those whose insight may be deleted. */
  async *#readAgain(): AsyncGenerator<Step> {
    for (const id of this.#asks.dueAgain()) {
      yield* this.#asks.again(id);
      yield* this.#readUrgent(Infinity);
    }
  }

  /** The calls of the history, the latest first. */
  async *#readHistory(): AsyncGenerator<Step> {
    let doneRows = 0;
    const totalRows = await this.#countHistory();
    for (let part = this.#history.part; part; part = this.#history.part) {
      const calls = await this.#list(part, "history", "insightHistory");
      for (const [index, call] of calls.toReversed().entries()) {
        // Of calls that started in one second, all have been asked once the earliest has.
        const after = Math.min(calls.at(-2 - index)?.startedAt ?? part.after, call.startedAt);
        const { until } = part;
        const asked = () => this.#history.asked({ after, until }, nowSeconds(this.#source));
        yield* this.#readOfHistory(call, asked);
        yield* this.#readUrgent(Infinity);
        yield* this.#readAgain();
        if ((index + 1) % CALLS_PER_CHECKPOINT === 0) yield this.#asks.checkpoint(asked());
        doneRows += 1;
        yield { kind: "progress", doneRows, leftRows: Math.max(0, totalRows - doneRows) };
      }
      yield this.#asks.checkpoint(this.#history.asked(part, nowSeconds(this.#source)));
    }
  }

  async *#readOfHistory(call: ListedCall, asked: () => JsonObject): AsyncGenerator<Step> {
    if (!this.#history.isLeft(call.startedAt)) return;
    if (this.#asks.hasCaptured(call.id) || !call.isOver || !call.isRecorded) return;
    const isListedAgain = call.startedAt > cursorOf(this.#lastAgeSeconds, this.#cursors);
    yield* this.#asks.first(call, {
      purpose: "history",
      priority: "insightHistory",
      // A call that had no transcript when it was a day old gets none.
      sinceSeconds: Math.min(call.startedAt + DAY_SECONDS, nowSeconds(this.#source) - HOUR_SECONDS),
      isLeftToEvents: false,
      isLast: !isListedAgain,
      isListedAgain,
      asked,
    });
  }

  async #countHistory(): Promise<number> {
    const { span } = this.#history;
    if (!span) return 0;
    return this.#session.calls.count(span, "insightHistory", this.#source);
  }

  #list(span: Span, asOf: string, priority: Priority): Promise<readonly ListedCall[]> {
    return this.#session.calls.read(span, asOf, priority, this.#source);
  }
}
