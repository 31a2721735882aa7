import type { Priority } from "../../aircall/index.ts";
import { hasPassed, nowSeconds, type Source } from "../source.ts";
import { readWindow } from "../window.ts";
import { type Call, callsOf } from "./call-batch.ts";
import { callList } from "./list.ts";
import { isDense, pauseIntervals, pollAfter } from "./poll.ts";
import { RECENT_SECONDS } from "./schedule-state.ts";

/** Starts are in Aircall's time, whose clock may be ahead of ours. */
const CLOCKS_DIFFER_SECONDS = 30 * 60;

/** The calls of the last half hour, and the polls that read them. */
export class Tail {
  readonly #source: Source;
  readonly #priority: Priority;
  /** When each call started, by ID; Unix seconds. */
  readonly #starts: Map<number, number>;
  #isPolling = false;
  #polls = 0;
  #polledThroughSeconds = -Infinity;
  #polledMs = -Infinity;
  #pauseMs = 0;

  /** `starts` has the calls that are known, by ID: when each started; Unix seconds. */
  constructor(
    source: Source,
    starts: Iterable<readonly [id: number, startedAt: number]>,
    priority: Priority,
  ) {
    this.#source = source;
    this.#priority = priority;
    this.#starts = new Map(starts);
  }

  get isDue(): boolean {
    return !this.#isPolling && hasPassed(this.#pauseMs, this.#polledMs, this.#source);
  }

  /** The present by which the last poll that is over has read; Unix seconds. */
  get polledThroughSeconds(): number {
    return this.#polledThroughSeconds;
  }

  /** When the last poll began; Unix milliseconds. */
  get polledMs(): number {
    return this.#polledMs;
  }

  /** How long after the beginning of a poll the next one begins. */
  get pauseMs(): number {
    return this.#pauseMs;
  }

  get isDense(): boolean {
    return isDense(this.#starts);
  }

  /** When the calls started; Unix seconds. */
  get starts(): number[] {
    return [...this.#starts.values()];
  }

  /** Yields the calls page by page, each with the present by which the poll reads; Unix seconds. */
  async *poll(): AsyncGenerator<{ readonly calls: readonly Call[]; readonly sinceSeconds: number }> {
    this.#isPolling = true;
    this.#polledMs = this.#source.clock.now();
    const now = nowSeconds(this.#source);
    const after = Math.max(pollAfter(this.#starts, this.#polls, now), this.#source.startSeconds - 1);
    const list = callList(this.#source.api.for("poll", this.#priority), now);
    let pages = 0;
    for await (const { rows } of readWindow(list, after, now + CLOCKS_DIFFER_SECONDS)) {
      pages += 1;
      const calls = callsOf(rows, this.#source);
      this.#forgetBefore(now - RECENT_SECONDS);
      this.note(calls);
      yield { calls, sinceSeconds: now };
    }
    this.#polls += 1;
    this.#polledThroughSeconds = now;
    this.#pauseMs = this.#source.intervalMs * pauseIntervals(pages);
    this.#isPolling = false;
  }

  /** The calls have been read, by a poll or otherwise. */
  note(calls: readonly Call[]): void {
    for (const { id, started_at } of calls) this.#starts.set(id, started_at);
  }

  #forgetBefore(instant: number): void {
    for (const [id, startedAt] of this.#starts) if (startedAt <= instant) this.#starts.delete(id);
  }
}
