import { type Account, INSIGHT_NAMES, type InsightLife, type InsightName } from "../../emulator/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { type Staleness, Watch } from "./watch.ts";

/** What happens to an insight: it is there, and it changes. */
const STEPS = ["ready", "changed"] as const;

export type Step = (typeof STEPS)[number];

/** The purpose of the lists of calls that only the streams of insights read. */
const CALL_LISTS = "calls";

const DAY_SECONDS = 86_400;

/** What the insights of the calls of the day take, the lists of these calls included. */
export interface InsightCost {
  /** Requests, by purpose. */
  readonly requests: Readonly<Record<string, number>>;
  /** Documents: insights, and the changes of insights. */
  readonly captured: number;
}

export interface InsightResult {
  /** Calls of the day that have insights. */
  readonly calls: number;
  /** On the measured day. */
  readonly onDay: InsightCost;
  /** Until the end of the run. */
  readonly inAll: InsightCost;
  /** Of the insights of the calls that started on the measured day. */
  readonly staleness: Readonly<Record<InsightName, readonly Staleness<Step>[]>>;
}

/** Waits for the insights of the calls that start on a day, and counts what they take. */
export class InsightWatch {
  readonly #watches = new Map<string, Watch<Step>>();
  readonly #startSeconds: number;
  readonly #nowMs: () => number;
  readonly #onDay = new Cost();
  readonly #inAll = new Cost();
  readonly #callsOfDay = new Set<number>();
  #callsWithInsights = 0;

  constructor(account: Account, dayStartSeconds: number, nowMs: () => number) {
    this.#startSeconds = dayStartSeconds;
    this.#nowMs = nowMs;
    for (const name of INSIGHT_NAMES) this.#watches.set(name, new Watch(STEPS, nowMs));
    const { order } = account.calls;
    const end = order.countBefore(dayStartSeconds + DAY_SECONDS);
    for (let place = order.countBefore(dayStartSeconds); place < end; place++)
      this.#expectAll(account, order.idAt(place));
  }

  #expectAll({ insights }: Account, callId: number): void {
    this.#callsOfDay.add(callId);
    const lives = INSIGHT_NAMES.flatMap((name) => insights.of(callId, name) ?? []);
    this.#callsWithInsights += Math.sign(lives.length);
    for (const life of lives) {
      const watch = this.#watches.get(life.name);
      for (const expected of expectedOf(life, this.#nowMs)) watch?.expect(expected);
    }
  }

  /** Notes what a captured document shows. Returns whether it is one of an insight. */
  see(stream: string, doc: JsonObject): boolean {
    const watch = this.#watches.get(stream);
    if (!watch) return false;
    const id = Number(doc.call_id);
    if (this.#callsOfDay.has(id)) for (const cost of this.#costs) cost.captured += 1;
    watch.see(id, doc);
    if (stream === "action_items" && !hasMadeItems(doc)) watch.forget(id, "ready");
    return true;
  }

  /** Counts a request that the client logs, if it is about the insights of the day's calls. */
  countRequest(line: string, purpose: string): void {
    const [, id] = /^GET \/v1\/calls\/(\d+)\/\w+/.exec(line) ?? [];
    const [, query = ""] = purpose === CALL_LISTS ? line.split("?") : [];
    if (!this.#callsOfDay.has(Number(id)) && !this.#isOnDay(new URLSearchParams(query))) return;
    for (const { requests } of this.#costs) requests[purpose] = (requests[purpose] ?? 0) + 1;
  }

  /** Whether a list may hold calls of the day. */
  #isOnDay(query: URLSearchParams): boolean {
    const [from, to] = [Number(query.get("from") ?? Infinity), Number(query.get("to") ?? -Infinity)];
    return to >= this.#startSeconds && from < this.#startSeconds + DAY_SECONDS;
  }

  get #costs(): Cost[] {
    const since = this.#nowMs() / 1000 - this.#startSeconds;
    return since >= 0 && since < DAY_SECONDS ? [this.#onDay, this.#inAll] : [this.#inAll];
  }

  result(): InsightResult {
    const staleness = INSIGHT_NAMES.map((name) => [name, this.#watches.get(name)?.staleness() ?? []]);
    return {
      calls: this.#callsWithInsights,
      onDay: this.#onDay,
      inAll: this.#inAll,
      staleness: Object.fromEntries(staleness),
    };
  }
}

class Cost {
  readonly requests: Record<string, number> = {};
  captured = 0;
}

function expectedOf({ callId: id, name, versions }: InsightLife, nowMs: () => number) {
  return versions.map(({ atSeconds }, version) => {
    if (version > 0)
      return { kind: "changed" as const, id, atSeconds, isShownBy: showsChange(name, atSeconds, nowMs) };
    const isShownBy = name === "action_items" ? hasMadeItems : () => true;
    return { kind: "ready" as const, id, atSeconds, isShownBy };
  });
}

/** Whether Aircall has found something to be done in the call. Where it has not, there is nothing to wait for. */
function hasMadeItems({ action_items: items }: JsonObject): boolean {
  return itemsOf(items).some(({ ai_generated }) => ai_generated === true);
}

function itemsOf(items: unknown): JsonObject[] {
  return Array.isArray(items) ? items : [];
}

/** Whether a document shows that the insight has changed at an instant. */
function showsChange(
  name: InsightName,
  atSeconds: number,
  nowMs: () => number,
): (doc: JsonObject) => boolean {
  if (name === "custom_summaries") return differsFromEarlier(atSeconds, nowMs);
  const isSince = ({ updated_at }: JsonObject) => Date.parse(String(updated_at)) / 1000 >= atSeconds;
  return (doc) => isSince(doc) || itemsOf(doc.action_items).some(isSince);
}

/** A custom summary does not say when it has changed. Any that was not captured before the change shows it. */
function differsFromEarlier(atSeconds: number, nowMs: () => number): (doc: JsonObject) => boolean {
  let earlier: string | undefined;
  return ({ summary_template_results: results }) => {
    const text = JSON.stringify(results);
    earlier ??= nowMs() / 1000 < atSeconds ? text : "";
    return text !== earlier;
  };
}
