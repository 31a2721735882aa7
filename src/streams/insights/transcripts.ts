import type { Priority } from "../../aircall/index.ts";

/** For how many calls it is known whether they have a transcript: a megabyte. */
const MOST_VERDICTS = 20_000;

interface Verdict {
  /** `undefined` when Aircall did not answer. */
  readonly isThere: boolean | undefined;
  /** Unix seconds. */
  readonly atSeconds: number;
}

/** What another stream has to know before it asks a call for an insight that is made from the transcript. */
export interface TranscriptQuestion {
  /** The answer is of this instant or later; Unix seconds. */
  readonly sinceSeconds: number;
  readonly priority: Priority;
  /** Whether an event would have announced a transcript by now, so that none is asked for. */
  readonly isLeftToEvents: boolean;
}

/** Asks for the transcript of a call. Resolves to whether there is one; `undefined` when Aircall does not answer. */
type AskForTranscript = (callId: number, question: TranscriptQuestion) => Promise<boolean | undefined>;

/**
 * Whether calls have a transcript, as far as the stream of transcripts of the session finds out. Where there is none,
 * Aircall has made nothing else from it either, so that one request saves those for all other kinds.
 */
export class Transcripts {
  readonly #verdicts = new Map<number, Verdict>();
  #ask: AskForTranscript | undefined;

  /** To be called by the stream of transcripts with the way to ask; `undefined` while it cannot be asked. */
  askBy(ask: AskForTranscript | undefined): void {
    this.#ask = ask;
  }

  /** `isThere` is `undefined` when Aircall did not answer. */
  note(callId: number, isThere: boolean | undefined, atSeconds: number): void {
    if (isThere === undefined && this.#verdicts.get(callId)?.isThere) return;
    this.#verdicts.delete(callId);
    this.#verdicts.set(callId, { isThere, atSeconds });
    const [earliest] = this.#verdicts.keys();
    if (this.#verdicts.size > MOST_VERDICTS && earliest !== undefined) this.#verdicts.delete(earliest);
  }

  /** What is known of a call; a transcript that is there stays there. */
  known(callId: number, sinceSeconds: number): boolean | undefined {
    return this.#verdict(callId, sinceSeconds)?.isThere;
  }

  /**
   * Whether the call has a transcript; `undefined` when that cannot be found out.
   * Where Aircall did not answer one stream, the others do not ask it either.
   */
  async isThere(callId: number, question: TranscriptQuestion): Promise<boolean | undefined> {
    const verdict = this.#verdict(callId, question.sinceSeconds);
    return verdict ? verdict.isThere : await this.#ask?.(callId, question);
  }

  #verdict(callId: number, sinceSeconds: number): Verdict | undefined {
    const verdict = this.#verdicts.get(callId);
    return verdict && (verdict.isThere || verdict.atSeconds >= sinceSeconds) ? verdict : undefined;
  }
}
