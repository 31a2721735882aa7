import type { CheckpointStep, Step } from "../../engine/index.ts";
import type { JsonObject } from "../../shared/json.ts";
import { findCall } from "../calls/call-batch.ts";
import { SingleReads } from "../single-reads.ts";
import { nowSeconds, type Source } from "../source.ts";
import type { Span } from "../window.ts";
import { DAY_SECONDS, HOUR_SECONDS } from "./ages.ts";
import { AskedAgain } from "./asked-again.ts";
import { callSource, type ListedCall, listedCallOf } from "./call-lists.ts";
import { CapturedInsights } from "./captured-insights.ts";
import type { InsightAnswer } from "./insight-answer.ts";
import type { InsightKind } from "./insight-kind.ts";
import { type Answer, InsightReads } from "./insight-reads.ts";
import { InsightSession } from "./insight-session.ts";
import type { InsightState } from "./state.ts";
import { TranscriptReads } from "./transcript-reads.ts";
import type { TranscriptQuestion } from "./transcripts.ts";

/** Why a call is asked, and as of when the answer must be. */
export interface Ask extends TranscriptQuestion {
  readonly purpose: string;
  /** Whether the call does not come to another age. */
  readonly isLast: boolean;
  /** Whether state has to know what was captured: the call is listed at an age again. */
  readonly isListedAgain: boolean;
  /** Returns the patch of the state that goes with the answer. */
  readonly asked?: () => JsonObject;
}

/** Asks calls for their insight, and captures what has changed. */
export class InsightAsks {
  readonly #kind: InsightKind;
  readonly #source: Source;
  readonly #session: InsightSession;
  readonly #reads: InsightReads;
  readonly #transcriptReads: TranscriptReads | undefined;
  readonly #captured: CapturedInsights;
  readonly #again: AskedAgain;

  constructor(kind: InsightKind, source: Source, { known, again }: InsightState) {
    this.#kind = kind;
    this.#source = source;
    this.#session = source.shared.of(InsightSession);
    this.#reads = new InsightReads(kind, source, { hasFoundAny: Object.keys(known).length > 0 });
    this.#transcriptReads = kind.isTranscript ? new TranscriptReads(this.#reads, source) : undefined;
    this.#captured = new CapturedInsights(known, source);
    this.#again = new AskedAgain(again);
  }

  hasCaptured(callId: number): boolean {
    return this.#captured.has(callId);
  }

  /** A checkpoint with a patch of the state and what has been captured since the last one. */
  checkpoint(patch: JsonObject): CheckpointStep {
    return this.#captured.checkpoint(patch);
  }

  /** The calls do not come to another age, but for those of the last second of the span, with which the next one begins. */
  forget(calls: readonly ListedCall[], { until }: Span): void {
    const past = calls
      .filter(({ id, startedAt }) => startedAt < until && this.#captured.has(id) && !this.#again.has(id))
      .map(({ id }) => id);
    // Other streams may come to these calls later.
    if (this.#kind.isTranscript)
      for (const id of past) this.#session.transcripts.note(id, true, nowSeconds(this.#source));
    this.#captured.forget(past);
  }

  /** Lets the other streams of the session ask for transcripts by this one, or no longer. */
  serveTranscripts(isServing: boolean): void {
    const reads = this.#transcriptReads;
    if (!reads) return;
    this.#session.transcripts.askBy(
      isServing
        ? async (callId, { priority, sinceSeconds, isLeftToEvents }) =>
            this.#captured.has(callId) || (!isLeftToEvents && reads.isThere(callId, priority, sinceSeconds))
        : undefined,
    );
  }

  /** Asks for an insight that was not captured yet. */
  async *first(call: ListedCall, ask: Ask): AsyncGenerator<Step> {
    if (!(await this.#canHave(call, ask))) return;
    const answer = await this.#answer(call.id, ask);
    if (answer === "unanswered" || answer === "refused") yield* this.#askLater(call.id);
    if (!isInsight(answer) || (answer.isEmpty && !this.#isFinal(call))) return;
    yield* this.#capture(call.id, answer.insight, ask.isListedAgain, ask.asked?.());
  }

  /** Asks for an insight that was captured, where it can change by then or may be deleted. */
  async *reread(call: ListedCall, canHaveChanged: boolean, { purpose, priority }: Ask): AsyncGenerator<Step> {
    // With the recording, Aircall deletes what it has made from it.
    if (!call.isRecorded) return yield* this.#askLater(call.id);
    if (!canHaveChanged) return;
    const answer = await this.#reads.ask(call.id, `re-read ${purpose}`, priority);
    if (isInsight(answer)) yield* this.#capture(call.id, answer.insight, true);
    else if (answer !== "none") yield* this.#askLater(call.id);
  }

  /** Asks for an insight that an event has named. Returns whether there is one. */
  async *announced(callId: number): AsyncGenerator<Step, boolean> {
    const answer = await this.#reads.ask(callId, "event", "insight");
    if (!isInsight(answer) || answer.isEmpty) return false;
    yield* this.#capture(callId, answer.insight, true);
    return true;
  }

  /** The calls that are asked again by themselves now. */
  dueAgain(): number[] {
    return this.#again.due(nowSeconds(this.#source));
  }

  async *again(callId: number): AsyncGenerator<Step> {
    const answer = await this.#reads.ask(callId, "again", "insight");
    if (answer === "none" || (isInsight(answer) && answer.isEmpty)) yield* this.#settle(callId, answer);
    else if (isInsight(answer)) yield* this.#capture(callId, answer.insight, true);
    else yield* this.#askLater(callId);
  }

  /** A call without a transcript has no more than what people write about it, for which it is asked when nothing else will come. */
  async #canHave({ id }: ListedCall, ask: Ask): Promise<boolean> {
    const { isTranscript, isFromTranscript } = this.#kind;
    if (isTranscript || (ask.isLast && !isFromTranscript)) return true;
    return (await this.#session.transcripts.isThere(id, ask)) !== false;
  }

  #answer(callId: number, { purpose, priority, sinceSeconds }: Ask): Promise<Answer> {
    if (this.#transcriptReads) return this.#transcriptReads.ask(callId, purpose, priority, sinceSeconds);
    return this.#reads.ask(callId, purpose, priority);
  }

  /** Whether an insight without content is captured: for a younger call, Aircall may still be at work on it. */
  #isFinal({ startedAt }: ListedCall): boolean {
    const afterSeconds = this.#kind.canChange ? HOUR_SECONDS : DAY_SECONDS;
    return startedAt <= nowSeconds(this.#source) - afterSeconds;
  }

  *#capture(
    callId: number,
    insight: JsonObject,
    isAskedAgain: boolean,
    asked: JsonObject = {},
  ): Generator<Step> {
    if (this.#kind.isTranscript) this.#session.transcripts.note(callId, true, nowSeconds(this.#source));
    const patch = { ...asked, ...this.#again.delete(callId) };
    yield* this.#captured.capture(callId, insight, { isAskedAgain, patch });
  }

  /** Asks the call again in an hour, by itself. */
  *#askLater(callId: number): Generator<Step> {
    const patch = this.#again.add(callId, nowSeconds(this.#source));
    if (!patch)
      this.#source.malformed.reportOnce(
        "So many calls wait to be asked again, or for so long, that some are left to the next age, or not asked again after the last",
      );
    yield this.#captured.checkpoint(patch ?? this.#again.delete(callId));
  }

  /** A 404 may pass, and so may an empty answer: only a call without a recording shows that its insight was deleted. */
  async *#settle(callId: number, answer: InsightAnswer | "none"): AsyncGenerator<Step> {
    const isCaptured = this.#captured.has(callId);
    const call = isCaptured || isInsight(answer) ? await this.#find(callId) : "unknown";
    if (call === "unanswered") return yield* this.#askLater(callId);
    const isKnown = call !== "unknown";
    if (isKnown && !call.isRecorded && isCaptured)
      yield* this.#captured.delete(callId, this.#again.delete(callId));
    else if (isKnown && isInsight(answer) && this.#isFinal(call))
      yield* this.#capture(callId, answer.insight, true);
    else yield this.#captured.checkpoint(this.#again.delete(callId));
  }

  async #find(callId: number): Promise<ListedCall | "unknown" | "unanswered"> {
    const reads = new SingleReads(this.#source.api.for("recording", "insight"), this.#source.log);
    const call = await findCall(callId, reads, callSource(this.#source));
    return typeof call === "string" ? call : listedCallOf(call);
  }
}

function isInsight(answer: Answer): answer is InsightAnswer {
  return typeof answer === "object";
}
