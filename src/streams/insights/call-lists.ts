import type { Priority } from "../../aircall/index.ts";
import type { JsonObject } from "../../shared/json.ts";
import { type Call, callsOf } from "../calls/call-batch.ts";
import { CALLS, callList } from "../calls/list.ts";
import { nowSeconds, type Source } from "../source.ts";
import { readWindow, type Span } from "../window.ts";
import { DAY_SECONDS } from "./ages.ts";

/** What the streams of insights need to know of a call. */
export interface ListedCall {
  readonly id: number;
  /** Unix seconds. */
  readonly startedAt: number;
  /** Whether the call is over, and somebody talked or left a voicemail. */
  readonly isOver: boolean;
  /** Whether Aircall has a recording or voicemail of it. */
  readonly isRecorded: boolean;
}

/** How many calls are kept: some ten megabytes. */
const MOST_CALLS = 100_000;
const MOST_LISTS = 500;

/** So many answered calls without a recording are remarkable. */
const REMARKABLE_UNRECORDED = 100;

/** Companies may delete recordings after days. */
const RECENT_SECONDS = 2 * DAY_SECONDS;

/**
 * The lists of calls that the streams of insights of one session read. A span is read once for all streams that need it
 * as of the same age, since each of them would read the same.
 */
export class CallLists {
  readonly #lists = new Map<string, KeptList>();
  readonly #counts = new Map<string, Promise<number>>();
  #unrecorded = 0;

  /** The calls that started in the span, the earliest first. `asOf` names the age, or the reading, that they are listed for. */
  async read(span: Span, asOf: string, priority: Priority, source: Source): Promise<readonly ListedCall[]> {
    const key = `${asOf} ${span.after} ${span.until}`;
    const known = this.#lists.get(key);
    if (known) return known.calls;
    const kept: KeptList = { calls: readList(span, priority, source), size: 0 };
    this.#lists.set(key, kept);
    try {
      const calls = await kept.calls;
      kept.size = calls.length;
      this.#noteRecordings(calls, span, source);
      this.#forgetEarliest(key);
      return calls;
    } catch (error) {
      this.#lists.delete(key);
      throw error;
    }
  }

  /** How many calls started in the span, as far as Aircall counts them. */
  count(span: Span, priority: Priority, source: Source): Promise<number> {
    const key = `${span.after} ${span.until}`;
    const known = this.#counts.get(key);
    if (known) return known;
    const count = countCalls(span, priority, source);
    this.#counts.set(key, count);
    count.catch(() => this.#counts.delete(key));
    return count;
  }

  /** Warns once when no call was recorded: the streams of insights ask for none then. */
  #noteRecordings(calls: readonly ListedCall[], { until }: Span, source: Source): void {
    // Recordings of older calls may have been deleted.
    if (until < nowSeconds(source) - RECENT_SECONDS) return;
    const over = calls.filter(({ isOver }) => isOver);
    const isRecorded = over.some((call) => call.isRecorded);
    const before = this.#unrecorded;
    this.#unrecorded = isRecorded ? Number.NEGATIVE_INFINITY : before + over.length;
    if (before >= REMARKABLE_UNRECORDED || this.#unrecorded < REMARKABLE_UNRECORDED) return;
    source.log.warn(
      `Aircall lists ${this.#unrecorded} answered calls, and none with a recording. It derives insights from recordings only, so none is asked for: switch recording on for the company's numbers, or leave the streams of insights out.`,
    );
  }

  /** Forgets the lists that were read first, but for the one that was just read. */
  #forgetEarliest(read: string): void {
    let calls = [...this.#lists.values()].reduce((sum, { size }) => sum + size, 0);
    for (const [key, { size }] of [...this.#lists]) {
      if (calls <= MOST_CALLS && this.#lists.size <= MOST_LISTS) return;
      if (key === read) continue;
      this.#lists.delete(key);
      calls -= size;
    }
  }
}

interface KeptList {
  readonly calls: Promise<readonly ListedCall[]>;
  /** 0 while it is being read. */
  size: number;
}

async function readList({ after, until }: Span, priority: Priority, source: Source): Promise<ListedCall[]> {
  const list = callList(source.api.for("calls", priority), nowSeconds(source));
  const calls = new Map<number, ListedCall>();
  for await (const { rows } of readWindow(list, after, until))
    for (const call of callsOf(rows, callSource(source))) calls.set(call.id, listedCallOf(call));
  return [...calls.values()].sort((left, right) => left.startedAt - right.startedAt);
}

/** The source of calls, in which no field is left out. */
export function callSource(source: Source): Source {
  return { ...source, secretFields: [] };
}

async function countCalls({ after, until }: Span, priority: Priority, source: Source): Promise<number> {
  const query = { from: Math.max(0, after), to: until, order: "asc" };
  for await (const { total = 0 } of source.api.for("count of calls", priority).pages(CALLS, query))
    return total;
  return 0;
}

export function listedCallOf(call: Call): ListedCall {
  return {
    id: call.id,
    startedAt: call.started_at,
    isOver: call.status === "done" && (isThere(call, "answered_at") || isThere(call, "voicemail")),
    isRecorded: isThere(call, "recording") || isThere(call, "voicemail") || isThere(call, "asset"),
  };
}

function isThere(call: JsonObject, field: string): boolean {
  return call[field] !== null && call[field] !== undefined && call[field] !== "";
}
