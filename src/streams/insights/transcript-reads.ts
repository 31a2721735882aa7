import type { Priority } from "../../aircall/index.ts";
import { ConnectorError } from "../../errors.ts";
import { nowSeconds, type Source } from "../source.ts";
import type { Answer, InsightReads } from "./insight-reads.ts";
import { InsightSession } from "./insight-session.ts";

/** Transcripts that other streams have asked for wait in so much memory until the stream of transcripts takes them. */
const MOST_WAITING_BYTES = 8 * 2 ** 20;

interface Waiting {
  readonly answer: Promise<Answer>;
  readonly askedAtSeconds: number;
  bytes: number;
}

/**
 * Asks for transcripts, for the stream itself and for the streams of what is made from them. Whoever asks first, a call
 * is asked once.
 */
export class TranscriptReads {
  readonly #reads: InsightReads;
  readonly #source: Source;
  readonly #session: InsightSession;
  readonly #waiting = new Map<number, Waiting>();

  constructor(reads: InsightReads, source: Source) {
    this.#reads = reads;
    this.#source = source;
    this.#session = source.shared.of(InsightSession);
  }

  /** As `InsightReads.ask`, with an answer of `sinceSeconds` or later that is there already. */
  async ask(callId: number, purpose: string, priority: Priority, sinceSeconds: number): Promise<Answer> {
    const current = this.#currentOf(callId, sinceSeconds);
    if (!current && this.#session.transcripts.known(callId, sinceSeconds) === false) return "none";
    const waiting = current ?? this.#askFor(callId, purpose, priority);
    try {
      const answer = await waiting.answer;
      this.#note(callId, answer);
      return answer;
    } finally {
      this.#waiting.delete(callId);
    }
  }

  /** Asks for another stream. The answer waits for the stream of transcripts. */
  async isThere(callId: number, priority: Priority, sinceSeconds: number): Promise<boolean | undefined> {
    const waiting =
      this.#currentOf(callId, sinceSeconds) ?? this.#askFor(callId, "for other insights", priority);
    try {
      return this.#note(callId, await waiting.answer);
    } catch (error) {
      this.#waiting.delete(callId);
      if (!(error instanceof ConnectorError) || error.recovery === "fix-config") throw error;
      // What stops the stream of transcripts holds up no other stream.
      this.#session.transcripts.askBy(undefined);
      return undefined;
    }
  }

  /** An answer that waits, or is on its way, unless it is too old. */
  #currentOf(callId: number, sinceSeconds: number): Waiting | undefined {
    const waiting = this.#waiting.get(callId);
    return waiting && waiting.askedAtSeconds >= sinceSeconds ? waiting : undefined;
  }

  #askFor(callId: number, purpose: string, priority: Priority): Waiting {
    const answer = this.#reads.ask(callId, purpose, priority);
    const waiting = { answer, askedAtSeconds: nowSeconds(this.#source), bytes: 0 };
    this.#waiting.set(callId, waiting);
    return waiting;
  }

  #note(callId: number, answer: Answer): boolean | undefined {
    const isThere = isThereBy(answer);
    this.#session.transcripts.note(callId, isThere, nowSeconds(this.#source));
    // The verdict is the same, and takes less memory.
    if (answer === "none") this.#waiting.delete(callId);
    this.#makeRoom(callId, answer);
    return isThere;
  }

  /** Forgets the transcripts that were asked for first: the stream asks for these once more. */
  #makeRoom(callId: number, answer: Answer): void {
    const waiting = this.#waiting.get(callId);
    if (waiting) waiting.bytes = JSON.stringify(answer).length;
    let bytes = [...this.#waiting.values()].reduce((sum, one) => sum + one.bytes, 0);
    for (const [id, one] of [...this.#waiting]) {
      if (bytes <= MOST_WAITING_BYTES) return;
      this.#waiting.delete(id);
      bytes -= one.bytes;
    }
  }
}

/** Whether there is a transcript by an answer; `undefined` when that is open. */
function isThereBy(answer: Answer): boolean | undefined {
  if (answer === "unanswered" || answer === "refused") return undefined;
  return answer !== "none" && !answer.isEmpty;
}
