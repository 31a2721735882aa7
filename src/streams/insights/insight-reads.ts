import type { Priority } from "../../aircall/index.ts";
import { AccessRefused, ConnectorError, NotInPlan, RequestInvalid } from "../../errors.ts";
import type { Source } from "../source.ts";
import { type InsightAnswer, insightIn, isBlankAnswer, isEmptyAnswer } from "./insight-answer.ts";
import { type InsightKind, insightOf } from "./insight-kind.ts";

/**
 * What Aircall answers about a call: an insight, `none` for now or for good, or no answer. `refused` is what a missing
 * add-on answers, as far as it is about this call only.
 */
export type Answer = InsightAnswer | "none" | "unanswered" | "refused";

/** So many calls that are refused in a row are not refused one by one. */
const CALLS_REFUSED_IN_A_ROW = 3;

/** So many failures in a row are no fault of single calls. */
const FAILURES_IN_A_ROW = 5;

/** So many calls without an insight are remarkable. */
const REMARKABLE_WITHOUT = 100;

/** Asks for the insights of one kind, call by call. */
export class InsightReads {
  readonly #kind: InsightKind;
  readonly #source: Source;
  readonly #refusedInARow = new Set<number>();
  #failedInARow = 0;
  #without: number;

  /** `hasFoundAny`: calls are known to have insights of the kind. */
  constructor(kind: InsightKind, source: Source, { hasFoundAny }: { readonly hasFoundAny: boolean }) {
    this.#kind = kind;
    this.#source = source;
    this.#without = hasFoundAny ? Number.NEGATIVE_INFINITY : 0;
  }

  /**
   * Asks for the insight of a call. Throws `NotInPlan` when three calls have been refused in a row, and the fifth error in a row; the
   * errors before are logged.
   */
  async ask(callId: number, purpose: string, priority: Priority): Promise<Answer> {
    try {
      const api = this.#source.api.for(purpose, priority);
      let isEmpty = true;
      let isBlank = true;
      const body = await api.find(insightOf(callId, this.#kind), this.#kind.query, (unredacted) => {
        isEmpty = isEmptyAnswer(unredacted, this.#kind);
        isBlank = isBlankAnswer(unredacted, this.#kind);
      });
      this.#refusedInARow.clear();
      this.#failedInARow = 0;
      const insight =
        body && !isBlank ? insightIn(body, this.#kind, callId, this.#source.malformed) : undefined;
      this.#noteAnswer(insight !== undefined && !isEmpty);
      return insight ? { insight, isEmpty } : "none";
    } catch (error) {
      return this.#withoutAnswer(callId, error);
    }
  }

  #withoutAnswer(callId: number, error: unknown): Answer {
    if (!(error instanceof ConnectorError) || error.recovery === "fix-config") throw error;
    // What is wrong with the ID of a call stays wrong.
    if (error instanceof RequestInvalid) return "none";
    if (error instanceof AccessRefused) return this.#refused(callId, error);
    this.#failedInARow += 1;
    if (this.#failedInARow >= FAILURES_IN_A_ROW) throw error;
    this.#source.log.warn(`asked again later: ${error.message}`);
    return "unanswered";
  }

  #refused(callId: number, { message }: AccessRefused): Answer {
    this.#refusedInARow.add(callId);
    if (this.#refusedInARow.size < CALLS_REFUSED_IN_A_ROW) return "refused";
    this.#refusedInARow.clear();
    throw new NotInPlan(message);
  }

  /** Warns once when no call has what it could have. */
  #noteAnswer(isThere: boolean): void {
    if (isThere) this.#without = Number.NEGATIVE_INFINITY;
    this.#without += 1;
    if (this.#without !== REMARKABLE_WITHOUT) return;
    this.#source.log.warn(
      `None of the last ${REMARKABLE_WITHOUT} recorded calls has any ${this.#kind.name}. Ask Aircall whether the account's plan includes them and whether they are switched on for its numbers, or leave the stream out: each call costs requests.`,
    );
  }
}
