import type { Priority } from "../../aircall/index.ts";
import type { CheckpointStep, Step } from "../../engine/index.ts";
import type { JsonObject } from "../../shared/json.ts";
import { findCall } from "../calls/call-batch.ts";
import { SingleReads } from "../single-reads.ts";
import { nowSeconds, type Source } from "../source.ts";
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

/** Why a call is asked, and as of when the answer must be. */
export interface Ask {
  readonly purpose: string;
  readonly priority: Priority;
  /** The answer is of this instant or later; Unix seconds. */
  readonly sinceSeconds: number;
  /** Whether the call does not come to another age. */
  readonly isLast: boolean;
  /** Whether state has to know what was captured: the call is listed at an age again. */
  readonly isListedAgain: boolean;
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
    this.#reads = new InsightReads(kind, source);
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

  /** The calls do not come to another age. */
  forget(calls: readonly ListedCall[]): void {
    this.#captured.forget(calls.map(({ id }) => id).filter((id) => !this.#again.has(id)));
  }

  /** Lets the other streams of the session ask for transcripts by this one, or no longer. */
  serveTranscripts(isServing: boolean): void {
    const reads = this.#transcriptReads;
    if (!reads) return;
    this.#session.transcripts.askBy(
      isServing
        ? async (callId, priority) => this.#captured.has(callId) || reads.isThere(callId, priority)
        : undefined,
    );
  }

  /** Asks for an insight that was not captured yet. Returns whether Aircall may have refused because of the plan. */
  async *first(call: ListedCall, ask: Ask): AsyncGenerator<Step, boolean> {
    if (!(await this.#canHave(call, ask))) return false;
    const answer = await this.#answer(call.id, ask);
    if (answer === "unanswered") yield* this.#askLater(call.id);
    if (!isInsight(answer)) return answer === "refused";
    if (answer.isEmpty && !this.#isFinal(call)) return false;
    yield* this.#capture(call.id, answer.insight, ask.isListedAgain);
    return false;
  }

  /** Asks for an insight that was captured, where it can change by then or may be deleted. */
  async *reread(call: ListedCall, canHaveChanged: boolean, { purpose, priority }: Ask): AsyncGenerator<Step> {
    // With the recording, Aircall deletes what it has made from it.
    if (!call.isRecorded) return yield* this.#askLater(call.id);
    if (!canHaveChanged) return;
    const answer = await this.#reads.ask(call.id, `re-read ${purpose}`, priority);
    if (isInsight(answer)) yield* this.#capture(call.id, answer.insight, true);
    else if (answer === "unanswered") yield* this.#askLater(call.id);
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
    if (isInsight(answer)) yield* this.#capture(callId, answer.insight, true);
    else if (answer === "none") yield* this.#settle(callId);
    else yield* this.#askLater(callId);
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
}

function isInsight(answer: Answer): answer is InsightAnswer {
  return typeof answer === "object";
}
