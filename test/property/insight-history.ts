import fc from "fast-check";
import { type Emulator, type Fault, INSIGHT_NAMES, type InsightName } from "../../emulator/index.ts";
import { bindingPatch, mergePatch } from "../../src/engine/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import {
  addCall,
  addInsight,
  DAY,
  emptyWorld,
  HOUR,
  MINUTE,
  nowSeconds,
  takeAsked,
} from "../core/insight-passes.ts";
import { capture, withinLines } from "../support/capture.ts";
import { connectorTo, type World } from "../support/world.ts";

/** At the last age a call is asked for the last time. What happens to it later is not captured. */
const LAST_AGE = 7 * DAY;

const WRITTEN: readonly InsightName[] = ["playbook_results", "evaluations"];
const CHANGING: readonly InsightName[] = ["action_items", "custom_summaries", ...WRITTEN];

export type InsightStep =
  /** Calls begin and end, with a recording or without one yet. */
  | { readonly kind: "calls"; readonly count: number; readonly isRecorded: boolean; readonly kinds: number }
  | CallStep
  | { readonly kind: "advance"; readonly seconds: number }
  /** A process makes a pass, or dies after so many lines. */
  | { readonly kind: "process"; readonly lines: number }
  | { readonly kind: "fault"; readonly fault: Fault }
  /** Aircall does not know what it has answered before. */
  | { readonly kind: "unknown"; readonly pick: number; readonly times: number }
  /** The plan has these kinds, by the bits of a number. */
  | { readonly kind: "plan"; readonly kinds: number };

const pick = fc.nat(1_000);
const name = fc.constantFrom(...INSIGHT_NAMES);
const kinds = fc.oneof(fc.constant(511), fc.constant(0), fc.nat(511));

const happening: fc.Arbitrary<InsightStep>[] = [
  fc.record({
    kind: fc.constant("calls" as const),
    ...{ count: fc.integer({ min: 1, max: 3 }), isRecorded: fc.boolean(), kinds },
  }),
  fc.record({ kind: fc.constant("ready" as const), pick, name }),
  fc.record({ kind: fc.constant("change" as const), pick, name: fc.constantFrom(...CHANGING) }),
  fc.record({ kind: fc.constantFrom("record" as const, "remove" as const), pick }),
  fc.record({
    kind: fc.constant("advance" as const),
    seconds: fc.oneof(fc.integer({ min: 1, max: 2 * HOUR }), fc.integer({ min: HOUR, max: 2 * DAY })),
  }),
];

const wholeProcess = fc.constant<InsightStep>({ kind: "process", lines: Number.POSITIVE_INFINITY });

const fault: fc.Arbitrary<Fault> = fc.record({
  ...{ match: fc.constantFrom(/^\/v1\/calls\/\d+\/\w/, /^\/v1\/calls/) },
  ...{ nth: fc.integer({ min: 1, max: 20 }), times: fc.integer({ min: 1, max: 12 }) },
  ...{ kind: fc.constant("status" as const), status: fc.constantFrom(500, 503, 403) },
});

const trouble: fc.Arbitrary<InsightStep>[] = [
  fc.record({ kind: fc.constant("process" as const), lines: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ kind: fc.constant("process" as const), lines: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ kind: fc.constant("fault" as const), fault }),
  fc.record({ kind: fc.constant("unknown" as const), pick, times: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ kind: fc.constant("plan" as const), kinds }),
];

/** Something that happens to a call. */
type CallStep =
  | { readonly kind: "ready" | "change"; readonly pick: number; readonly name: InsightName }
  | { readonly kind: "record" | "remove"; readonly pick: number };

export interface InsightHistory {
  /** How long ago calls began, in hours, and which insights they have, by the bits of a number. */
  readonly past: readonly { readonly hoursAgo: number; readonly kinds: number }[];
  readonly steps: readonly InsightStep[];
}

const historyOf = (...steps: fc.Arbitrary<InsightStep>[]): fc.Arbitrary<InsightHistory> =>
  fc.record({
    past: fc.uniqueArray(fc.record({ hoursAgo: fc.integer({ min: 1, max: 29 * 24 }), kinds }), {
      selector: ({ hoursAgo }) => hoursAgo,
      maxLength: 12,
    }),
    steps: fc.array(fc.oneof(...steps), { minLength: 5, maxLength: 25, size: "max" }),
  });

/** Everything is answered, and every process makes a whole pass. */
export const calmHistory = historyOf(...happening, wholeProcess, wholeProcess);
export const anyHistory = historyOf(...happening, wholeProcess, ...trouble);

/** How often one insight was asked for, before the pass after which it was captured and since. */
interface Asks {
  before: number;
  since: number;
}

/** An account whose calls get, change and lose insights, and processes that capture them. Dispose of it with `await using`. */
export class InsightHistoryWorld implements AsyncDisposable {
  /** The rows of each stream as text, by the ID of the call. */
  readonly rows = new Map<InsightName, Map<number, string>>(INSIGHT_NAMES.map((each) => [each, new Map()]));
  /** Documents that were captured though they are those that were captured last. */
  readonly repeated: string[] = [];
  /** By stream and ID of the call. */
  readonly asks = new Map<string, Asks>();
  readonly #world: World;
  /** Before all calls. */
  readonly #startDate: string;
  readonly #calls: number[] = [];
  /** What has been captured at any time, by stream and ID of the call. */
  readonly #captured = new Set<string>();
  /** The insights that there have been, by stream and ID of the call. */
  readonly #made = new Set<string>();
  /** Calls that have lost their recording. */
  readonly removed = new Set<number>();
  /** Calls to which nothing happens any more. */
  readonly #still = new Set<number>();
  #state: JsonObject = {};

  static async begin({ past }: InsightHistory): Promise<InsightHistoryWorld> {
    const world = new InsightHistoryWorld(await emptyWorld());
    for (const { hoursAgo, kinds: bits } of past) world.#add(hoursAgo * HOUR + 10 * MINUTE, true, bits);
    return world;
  }

  private constructor(world: World) {
    this.#world = world;
    this.#startDate = new Date(world.clock.now() - 30 * DAY * 1_000).toISOString();
  }

  get emulator(): Emulator {
    return this.#world.emulator;
  }

  async take(step: InsightStep): Promise<void> {
    const { insights } = this.emulator.account;
    if (step.kind === "calls")
      for (let count = 0; count < step.count; count++) this.#add(0, step.isRecorded, step.kinds);
    else if (step.kind === "advance") this.#world.clock.advance(step.seconds * 1_000);
    else if (step.kind === "process") await this.pass(step.lines);
    else if (step.kind === "fault") this.emulator.faults.add(step.fault);
    else if (step.kind === "plan") insights.options.addOns = namesIn(step.kinds);
    else if (step.kind === "unknown") this.#doesNotKnow(step.pick, step.times);
    else this.#happens(step);
  }

  /** A process makes a pass, or dies after so many lines. */
  async pass(lines = Number.POSITIVE_INFINITY): Promise<void> {
    const wasCaptured = new Set(this.#captured);
    const connector = connectorTo(this.emulator, this.#world.clock);
    const resource = { start_date: this.#startDate };
    const blocks = capture(connector, INSIGHT_NAMES, { resource, state: structuredClone(this.#state) });
    for await (const block of withinLines(lines, blocks)) {
      this.#state = mergePatch(this.#state, bindingPatch(block.stateKey, block.patch));
      for (const document of block.documents) this.#keep(block.stateKey as InsightName, document);
      block.committed();
    }
    for (const { name: each, callId } of takeAsked(this.#world)) {
      const key = `${each} ${callId}`;
      const asks = this.asks.get(key) ?? { before: 0, since: 0 };
      asks[wasCaptured.has(key) ? "since" : "before"] += 1;
      this.asks.set(key, asks);
    }
  }

  /** Lets all calls come to their last age, undisturbed. */
  async end(): Promise<void> {
    this.emulator.faults.clear();
    this.emulator.account.insights.options.addOns = INSIGHT_NAMES;
    for (let passed = 0; passed <= LAST_AGE + 4 * HOUR; passed += 12 * HOUR) {
      await this.pass();
      this.#world.clock.advance(12 * HOUR * 1_000);
    }
    for (let passes = 0; passes < 3; passes++) {
      await this.pass();
      this.#world.clock.advance(HOUR * 1_000);
    }
  }

  /** What the account has of a kind, by the ID of the call. */
  truth(each: InsightName): Map<number, string> {
    const rows = [...this.emulator.truth(each)] as JsonObject[];
    return new Map(rows.map((row) => [row.call_id as number, textOf(row)]));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.emulator.close();
  }

  #add(secondsAgo: number, isRecorded: boolean, bits: number): void {
    const id = addCall(this.#world, secondsAgo);
    this.#calls.push(id);
    if (!isRecorded) this.emulator.account.calls.deleteAsset(id);
    else for (const each of namesIn(bits)) this.#ready(id, each);
  }

  /** Everything but what people write is made from the transcript. */
  #ready(id: number, each: InsightName): void {
    const names = WRITTEN.includes(each) ? [each] : (["transcriptions", each] as const);
    for (const one of names) {
      if (this.#made.has(`${one} ${id}`)) continue;
      this.#made.add(`${one} ${id}`);
      addInsight(this.#world, id, one);
    }
  }

  #happens(step: CallStep): void {
    const { insights, calls } = this.emulator.account;
    const id = this.#pick(step.pick);
    if (id === undefined) return;
    const isRecorded = calls.life(id).asset !== null;
    if (step.kind === "record" && !isRecorded) calls.record(id);
    else if (step.kind === "remove" && isRecorded) this.#remove(id);
    else if (step.kind === "ready" && isRecorded) this.#ready(id, step.name);
    else if (step.kind === "change" && insights.of(id, step.name)) insights.change(id, step.name);
  }

  #remove(id: number): void {
    this.emulator.account.insights.remove(id);
    this.removed.add(id);
    this.#still.add(id);
  }

  /** A 404 that passes is taken for an answer: what has not been captured before may be left out. */
  #doesNotKnow(pick: number, times: number): void {
    const captured = this.#calls.filter((id) => this.#isCaptured(id));
    const id = captured[pick % Math.max(1, captured.length)];
    if (id === undefined) return;
    this.#still.add(id);
    const match = `/v1/calls/${id}`;
    this.emulator.faults.add({ kind: "status", status: 404, body: {}, match, times });
  }

  /** Whether everything that a call has now has been captured. */
  #isCaptured(id: number): boolean {
    const { options } = this.emulator.account.insights;
    const { addOns } = options;
    options.addOns = INSIGHT_NAMES;
    const isCaptured = INSIGHT_NAMES.every(
      (each) => this.rows.get(each)?.get(id) === this.truth(each).get(id),
    );
    options.addOns = addOns;
    return isCaptured;
  }

  /** A call that comes to an age again. */
  #pick(pick: number): number | undefined {
    const since = nowSeconds(this.#world) - LAST_AGE + HOUR;
    const { calls } = this.emulator.account;
    const young = this.#calls.filter((id) => calls.life(id).startedAt > since && !this.#still.has(id));
    return young[pick % Math.max(1, young.length)];
  }

  #keep(each: InsightName, { _meta, ...row }: JsonObject): void {
    const rows = this.rows.get(each) ?? new Map<number, string>();
    const id = row.call_id as number;
    const text = textOf(row);
    if (rows.get(id) === text) this.repeated.push(`${each} ${text}`);
    if ((_meta as JsonObject).op === "d") rows.delete(id);
    else rows.set(id, text);
    this.#captured.add(`${each} ${id}`);
  }
}

const namesIn = (bits: number) => INSIGHT_NAMES.filter((_, index) => bits & (1 << index));

/** The fields in the order of their names. */
const textOf = (row: JsonObject) => JSON.stringify(Object.fromEntries(Object.entries(row).sort()));
