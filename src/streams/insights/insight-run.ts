import type { Priority } from "../../aircall/index.ts";
import type { Step } from "../../engine/index.ts";
import { NotInPlan } from "../../errors.ts";
import type { JsonObject } from "../../shared/json.ts";
import { findCall } from "../calls/call-batch.ts";
import { cursorOf, type RereadCursors, rereadThrough } from "../calls/reread-schedule.ts";
import { SingleReads } from "../single-reads.ts";
import { HOUR_MS, nowSeconds, restUntilDue, type Source } from "../source.ts";
import type { Span } from "../window.ts";
import { agesOf, DAY_SECONDS, nameOf, spanDue } from "./ages.ts";
import { AskedAgain } from "./asked-again.ts";
import { callSource, type ListedCall, listedCallOf } from "./call-lists.ts";
import { CapturedInsights } from "./captured-insights.ts";
import type { InsightAnswer } from "./insight-answer.ts";
import { InsightHistory } from "./insight-history.ts";
import type { InsightKind } from "./insight-kind.ts";
import { type Answer, InsightReads } from "./insight-reads.ts";
import { InsightSession } from "./insight-session.ts";
import { type InsightState, startSecondsOf } from "./state.ts";
import { TranscriptReads } from "./transcript-reads.ts";

/** A plan is not extended every hour. */
const REST_WITHOUT_PLAN_MS = 24 * HOUR_MS;

const HOUR_SECONDS = 3600;

/** A history has a checkpoint at least every so many calls. */
const CALLS_PER_CHECKPOINT = 100;

/** Why a call is asked, and as of when the answer must be. */
interface Ask {
  readonly purpose: string;
  readonly priority: Priority;
  /** The answer is of this instant or later; Unix seconds. */
  readonly sinceSeconds: number;
  /** Whether the call does not come to another age. */
  readonly isLast: boolean;
}

/** One run of a stream of insights: when which call is asked. */
export class InsightRun {
  readonly #kind: InsightKind;
  readonly #source: Source;
  readonly #session: InsightSession;
  readonly #reads: InsightReads;
  readonly #transcriptReads: TranscriptReads | undefined;
  readonly #captured: CapturedInsights;
  readonly #agesSeconds: readonly number[];
  readonly #startSeconds: number;
  readonly #again: AskedAgain;
  readonly #history: InsightHistory;
  #cursors: RereadCursors;
  #hasReportedPlan = false;

  constructor(kind: InsightKind, source: Source, state: InsightState) {
    this.#kind = kind;
    this.#source = source;
    this.#session = source.shared.of(InsightSession);
    this.#reads = new InsightReads(kind, source);
    this.#transcriptReads = kind.isTranscript ? new TranscriptReads(this.#reads, source) : undefined;
    this.#captured = new CapturedInsights(state.known, source);
    this.#agesSeconds = agesOf(source);
    this.#startSeconds = startSecondsOf(state, source);
    this.#again = new AskedAgain(state.again);
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
    this.#askForTranscriptsBy(this.#transcriptReads);
    try {
      yield* this.#readUrgent(Infinity);
      yield* this.#askAgain();
      yield* this.#readHistory();
      return true;
    } catch (error) {
      if (!(error instanceof NotInPlan)) throw error;
      this.#askForTranscriptsBy(undefined);
      this.#reportPlan(error);
      return false;
    }
  }

  #askForTranscriptsBy(reads: TranscriptReads | undefined): void {
    if (!this.#transcriptReads) return;
    this.#session.transcripts.askBy(
      reads && (async (callId, priority) => this.#captured.has(callId) || reads.isThere(callId, priority)),
    );
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
      for (; span; span = this.#spanDue(age, now)) yield* this.#askAtAge(age, span);
    }
  }

  #spanDue(ageSeconds: number, now: number): Span | undefined {
    return spanDue(ageSeconds, this.#cursors, this.#startSeconds, now);
  }

  /** Asks the calls whose insights events have named. */
  async *#readTouched(): AsyncGenerator<Step> {
    const { touched } = this.#source;
    const batch = touched?.isDue ? touched.take() : undefined;
    if (!batch) return;
    const unanswered = new Set<number>();
    try {
      for (const { id } of batch.objects) {
        const answer = await this.#reads.ask(id, "event", "insight");
        if (isInsight(answer) && !answer.isEmpty) yield* this.#capture(id, answer.insight, true);
        else if (this.#kind.isAnnounced) unanswered.add(id);
      }
    } catch (error) {
      if (error instanceof NotInPlan) batch.read();
      throw error;
    }
    yield { kind: "checkpoint", patch: {}, committed: () => batch.read(unanswered) };
  }

  /** Asks the calls that have come to an age. */
  async *#askAtAge(ageSeconds: number, span: Span): AsyncGenerator<Step> {
    const isLast = ageSeconds === Math.max(...this.#agesSeconds);
    if (!this.#isLeftToEvents(ageSeconds)) {
      const calls = await this.#list(span, String(ageSeconds), "insight");
      const purpose = `at ${nameOf(ageSeconds)}`;
      const ask: Ask = { purpose, priority: "insight", sinceSeconds: span.until + ageSeconds, isLast };
      for (const call of calls) {
        if (this.#captured.has(call.id)) yield* this.#readAgain(call, ageSeconds, ask);
        else if (call.isOver && call.isRecorded) yield* this.#askFor(call, ask);
        yield* this.#readUrgent(ageSeconds);
      }
      if (isLast) this.#captured.forget(calls.map(({ id }) => id).filter((id) => !this.#again.has(id)));
    }
    this.#cursors = rereadThrough(this.#cursors, ageSeconds, span.until);
    yield this.#captured.checkpoint({ rungs: { ...this.#cursors } });
  }

  /** Events announce what young calls get. The older ages find what was not announced all the same. */
  #isLeftToEvents(ageSeconds: number): boolean {
    return ageSeconds < DAY_SECONDS && this.#kind.isAnnounced && this.#areEventsComing;
  }

  get #areEventsComing(): boolean {
    return this.#source.areEventsComing?.() ?? false;
  }

  async *#readAgain(call: ListedCall, ageSeconds: number, ask: Ask): AsyncGenerator<Step> {
    // With the recording, Aircall deletes what it has made from it.
    if (!call.isRecorded) return yield* this.#askLater(call.id);
    if (!this.#isReadAgainAt(ageSeconds)) return;
    const answer = await this.#reads.ask(call.id, `re-read ${ask.purpose}`, ask.priority);
    if (isInsight(answer)) yield* this.#capture(call.id, answer.insight, true);
    else if (answer === "unanswered") yield* this.#askLater(call.id);
  }

  #isReadAgainAt(ageSeconds: number): boolean {
    return this.#kind.canChange && this.#source.rereadInsightsAfterSeconds.includes(ageSeconds);
  }

  /** Asks for an insight that was not captured yet. Returns whether Aircall may have refused because of the plan. */
  async *#askFor(call: ListedCall, ask: Ask): AsyncGenerator<Step, boolean> {
    if (!(await this.#canHave(call, ask))) return false;
    const answer = await this.#answer(call.id, ask);
    if (answer === "unanswered") yield* this.#askLater(call.id);
    if (!isInsight(answer)) return answer === "refused";
    if (answer.isEmpty && !this.#isFinal(call)) return false;
    yield* this.#capture(call.id, answer.insight, this.#isAskedAgain(call));
    return false;
  }

  /** A call without a transcript has no more than what people write about it, for which it is asked when nothing else will come. */
  async #canHave({ id }: ListedCall, { sinceSeconds, priority, isLast }: Ask): Promise<boolean> {
    const { isTranscript, isFromTranscript } = this.#kind;
    if (isTranscript || (isLast && !isFromTranscript)) return true;
    return (await this.#session.transcripts.isThere(id, sinceSeconds, priority)) !== false;
  }

  #answer(callId: number, { purpose, priority, sinceSeconds }: Ask): Promise<Answer> {
    if (this.#transcriptReads) return this.#transcriptReads.ask(callId, purpose, priority, sinceSeconds);
    return this.#reads.ask(callId, purpose, priority);
  }

  /** Whether an insight that says nothing counts: Aircall may still be at work on it. */
  #isFinal({ startedAt }: ListedCall): boolean {
    const afterSeconds = this.#kind.canChange ? HOUR_SECONDS : DAY_SECONDS;
    return startedAt <= nowSeconds(this.#source) - afterSeconds;
  }

  #isAskedAgain({ startedAt }: ListedCall): boolean {
    return startedAt > cursorOf(Math.max(...this.#agesSeconds), this.#cursors);
  }

  *#capture(callId: number, insight: JsonObject, isAskedAgain: boolean): Generator<Step> {
    if (this.#kind.isTranscript) this.#session.transcripts.note(callId, true, nowSeconds(this.#source));
    yield* this.#captured.capture(callId, insight, { isAskedAgain, patch: this.#again.delete(callId) });
  }

  /** Asks the call again in an hour, by itself. */
  *#askLater(callId: number): Generator<Step> {
    const patch = this.#again.add(callId, nowSeconds(this.#source));
    if (patch) yield this.#captured.checkpoint(patch);
    else
      this.#source.malformed.reportOnce(
        "Aircall does not answer for so many calls that some are left to the next age",
      );
  }

  async *#askAgain(): AsyncGenerator<Step> {
    for (const id of this.#again.due(nowSeconds(this.#source))) {
      const answer = await this.#reads.ask(id, "again", "insight");
      if (isInsight(answer)) yield* this.#capture(id, answer.insight, true);
      else if (answer === "none") yield* this.#settle(id);
      else yield* this.#askLater(id);
      yield* this.#readUrgent(Infinity);
    }
  }

  /** A 404 may pass: only a call without a recording shows that its insight was deleted. */
  async *#settle(callId: number): AsyncGenerator<Step> {
    const isGone = this.#captured.has(callId) ? await this.#isRecordingGone(callId) : false;
    if (isGone === undefined) return yield* this.#askLater(callId);
    const patch = this.#again.delete(callId);
    if (isGone) yield* this.#captured.delete(callId, patch);
    else yield this.#captured.checkpoint(patch);
  }

  /** `undefined` when Aircall does not answer. */
  async #isRecordingGone(callId: number): Promise<boolean | undefined> {
    const reads = new SingleReads(this.#source.api.for("recording", "insight"), this.#source.log);
    const call = await findCall(callId, reads, callSource(this.#source));
    if (call === "unanswered") return undefined;
    return call === "unknown" || !listedCallOf(call).isRecorded;
  }

  /** Asks the calls of the history, the latest first. */
  async *#readHistory(): AsyncGenerator<Step> {
    let doneRows = 0;
    const totalRows = await this.#countHistory();
    for (let part = this.#history.part; part; part = this.#history.part) {
      const calls = await this.#list(part, "history", "insightHistory");
      for (const [index, call] of calls.toReversed().entries()) {
        const isRefused = yield* this.#askInHistory(call);
        yield* this.#readUrgent(Infinity);
        const earlier = calls.at(-2 - index)?.startedAt ?? call.startedAt;
        const isDue = (index + 1) % CALLS_PER_CHECKPOINT === 0;
        if (isDue && !isRefused && earlier < call.startedAt) yield this.#moveHistory(earlier);
        doneRows += 1;
        yield { kind: "progress", doneRows, leftRows: Math.max(0, totalRows - doneRows) };
      }
      yield this.#moveHistory(part.after);
    }
  }

  async *#askInHistory(call: ListedCall): AsyncGenerator<Step, boolean> {
    if (this.#captured.has(call.id) || !call.isOver || !call.isRecorded) return false;
    // A call that had no transcript when it was a day old gets none.
    const sinceSeconds = Math.min(call.startedAt + DAY_SECONDS, nowSeconds(this.#source) - HOUR_SECONDS);
    const ask: Ask = { purpose: "history", priority: "insightHistory", sinceSeconds, isLast: true };
    return yield* this.#askFor(call, ask);
  }

  #moveHistory(seconds: number): Step {
    return this.#captured.checkpoint(this.#history.askedDownTo(seconds, nowSeconds(this.#source)));
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

function isInsight(answer: Answer): answer is InsightAnswer {
  return typeof answer === "object";
}
