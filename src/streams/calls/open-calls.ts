import type { Priority } from "../../aircall/index.ts";
import { SingleReads } from "../single-reads.ts";
import { nowSeconds, type Source } from "../source.ts";
import { type Call, type CallBatch, findCall } from "./call-batch.ts";
import { nextReadSeconds } from "./list.ts";

/** Older calls that may still change by themselves: each is read by its ID when its time has come. */
export class OpenCalls {
  readonly #source: Source;
  readonly #priority: Priority;
  /** When each is read next, by ID; Unix seconds. */
  readonly #readAt: Record<string, number>;

  constructor(source: Source, readAt: Readonly<Record<string, number>>, priority: Priority) {
    this.#source = source;
    this.#priority = priority;
    this.#readAt = { ...readAt };
  }

  /**
   * Follows those of the calls that may still change by themselves. Returns when each of them is read next, unless it
   * is followed already. Where calls are dense, reading each that has just ended once more costs more requests than it
   * finds changes.
   */
  follow(calls: readonly Call[], nowSeconds: number, isDense: boolean): Record<string, number> {
    const followed: Record<string, number> = {};
    for (const call of calls) {
      if (call.status === "done" && isDense) continue;
      const nextSeconds = nextReadSeconds(call, nowSeconds);
      if (nextSeconds && !this.#readAt[call.id]) followed[call.id] = nextSeconds;
    }
    Object.assign(this.#readAt, followed);
    return followed;
  }

  /**
   * Reads each call whose time has come. A call that Aircall does not know, or does not answer for, is left
   * to the re-read schedule.
   */
  async *readDue(): AsyncGenerator<CallBatch> {
    const now = nowSeconds(this.#source);
    const reads = new SingleReads(this.#source.api.for("open call", this.#priority), this.#source.log);
    for (const [id, dueSeconds] of Object.entries(this.#readAt)) {
      if (dueSeconds > now) continue;
      const answer = await findCall(Number(id), reads, this.#source);
      const call = typeof answer === "string" ? undefined : answer;
      const nextSeconds = call && nextReadSeconds(call, now);
      if (nextSeconds) this.#readAt[id] = nextSeconds;
      else delete this.#readAt[id];
      const patch = { open: { [id]: nextSeconds ?? null } };
      yield { kind: "calls", purpose: "open", calls: call ? [call] : [], nowSeconds: now, patch };
    }
  }
}
