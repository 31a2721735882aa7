import type { Priority } from "../../aircall/index.ts";
import { SingleReads } from "../single-reads.ts";
import { nowSeconds, type Source } from "../source.ts";
import { readWindow, type Span } from "../window.ts";
import { type Call, callsOf, findCall } from "./call-batch.ts";
import { callList } from "./list.ts";
import type { PlannedReads } from "./touched-plan.ts";

/** Calls that were read together, or one that Aircall did not answer for. */
interface TouchedRead {
  readonly calls: readonly Call[];
  readonly unanswered?: number;
}

/** Reads the calls that events have named: what they have become may be anything, so the event itself is not captured. */
export class TouchedCalls {
  readonly #source: Source;
  readonly #priority: Priority;

  constructor(source: Source, priority: Priority) {
    this.#source = source;
    this.#priority = priority;
  }

  /**
   * Yields the calls as they are now, and others that lie between them. A call that Aircall does not know is left
   * out.
   */
  async *read(plan: PlannedReads): AsyncGenerator<TouchedRead> {
    const singles = [...plan.singles];
    for (const { span, ids } of plan.windows) singles.push(...(yield* this.#readWindow(span, ids)));
    const api = this.#source.api.for("touched call", this.#priority);
    const reads = new SingleReads(api, this.#source.log, { isReadAgain: true });
    for (const id of singles) {
      const call = await findCall(id, reads, this.#source);
      if (call === "unanswered") yield { calls: [], unanswered: id };
      else if (call !== "unknown") yield { calls: this.#sinceStartDate([call]) };
    }
  }

  /** Returns the calls that the window does not have. */
  async *#readWindow(
    { after, until }: Span,
    ids: ReadonlySet<number>,
  ): AsyncGenerator<TouchedRead, number[]> {
    const missing = new Set(ids);
    const list = callList(this.#source.api.for("touched calls", this.#priority), nowSeconds(this.#source));
    for await (const { rows } of readWindow(list, after, until)) {
      const calls = callsOf(rows, this.#source);
      for (const { id } of calls) missing.delete(id);
      yield { calls: this.#sinceStartDate(calls) };
    }
    return [...missing];
  }

  #sinceStartDate(calls: readonly Call[]): readonly Call[] {
    return calls.filter(({ started_at }) => started_at >= this.#source.startSeconds);
  }
}
