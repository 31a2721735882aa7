import type { EmulatorClock } from "../clock.ts";
import type { CallLife } from "./call-life.ts";
import type { Calls } from "./calls.ts";
import type { Changes } from "./changes.ts";
import { INSIGHT_KINDS, INSIGHT_NAMES, type InsightName } from "./insight-kinds.ts";
import { generateInsights, type InsightLife, versionAt } from "./insight-life.ts";
import type { InsightOptions } from "./insight-options.ts";

/** What Aircall derives from calls: what it derives by itself, and what tests add. Calls that tests ring have none by themselves. */
export class Insights {
  readonly options: InsightOptions;
  readonly #seed: number;
  readonly #calls: Calls;
  readonly #clock: EmulatorClock;
  readonly #changes: Changes;
  /** What tests have added or changed, by call. */
  readonly #touched = new Map<number, Map<InsightName, InsightLife>>();

  constructor(
    seed: number,
    calls: Calls,
    options: { clock: EmulatorClock; insights: InsightOptions },
    changes: Changes,
  ) {
    this.options = options.insights;
    this.#seed = seed;
    this.#calls = calls;
    this.#clock = options.clock;
    this.#changes = changes;
  }

  get #nowSeconds(): number {
    return Math.floor(this.#clock.now() / 1000);
  }

  /** The life of an insight of a call, ready or not, or null if the call never has it. */
  of(callId: number, name: InsightName): InsightLife | null {
    const call = this.#calls.lifeOrNull(callId);
    return (call && this.ofCall(call).find((insight) => insight.name === name)) ?? null;
  }

  /** The lives of all insights of a call that the company has bought. */
  ofCall(call: CallLife): InsightLife[] {
    const { share, addOns } = this.options;
    const hasInsights = call.asset !== null && call.insightRank < share;
    const derived = hasInsights ? generateInsights(call, this.#seed) : [];
    const touched = this.#touched.get(call.id);
    const untouched = derived.filter(({ name }) => !touched?.has(name));
    return [...untouched, ...(touched?.values() ?? [])].filter(({ name }) => addOns.includes(name));
  }

  /** The calls to which tests have added insights, or of which they have changed some. */
  get touchedCalls(): CallLife[] {
    return [...this.#touched.keys()].flatMap((id) => this.#calls.lifeOrNull(id) ?? []);
  }

  isTouched(callId: number): boolean {
    return this.#touched.has(callId);
  }

  /** Whether an event is about a kind of insights that the company has not bought. */
  isMissing(event: string): boolean {
    const name = INSIGHT_NAMES.find((each) => eventsOf(each).includes(event));
    return name !== undefined && !this.options.addOns.includes(name);
  }

  /** Adds an insight to any call, ready now. `content` has fields of it; the others are generated. */
  add(callId: number, name: InsightName, content: object = {}): void {
    this.#calls.life(callId);
    const version = { atSeconds: this.#nowSeconds, content };
    this.#keep({ callId, name, versions: [version] }, INSIGHT_KINDS[name].createdEvent);
  }

  /** Changes an insight that is ready. */
  change(callId: number, name: InsightName, content: object = {}): void {
    const life = this.of(callId, name);
    const current = life === null ? -1 : versionAt(life, this.#nowSeconds);
    if (life === null || current < 0) throw new RangeError(`call ${callId} has no ${name} to change`);
    const [first, ...others] = life.versions;
    const version = { atSeconds: this.#nowSeconds, content };
    this.#keep(
      { callId, name, versions: [first, ...others.slice(0, current), version] },
      INSIGHT_KINDS[name].updatedEvent,
    );
  }

  /** Deletes the recording or voicemail of a call, and with it all insights, without an event. */
  remove(callId: number): void {
    this.#changes.before();
    this.#touched.delete(callId);
    this.#calls.deleteAsset(callId);
  }

  #keep(life: InsightLife, event: string | null): void {
    const { callId, name } = life;
    this.#changes.before();
    const ofCall = this.#touched.get(callId) ?? new Map<InsightName, InsightLife>();
    this.#touched.set(callId, ofCall.set(name, life));
    this.#changes.after({ of: "insight", id: callId, name, event });
  }
}

function eventsOf(name: InsightName): (string | null)[] {
  const { createdEvent, updatedEvent } = INSIGHT_KINDS[name];
  return [createdEvent, updatedEvent];
}
