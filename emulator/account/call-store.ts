import type { EmulatorClock } from "../clock.ts";
import { callIdAt, FIRST_MADE_INDEX, isSeeded, placeOfId } from "./call-ids.ts";
import {
  type CallIngredients,
  type CallLife,
  finishedBy,
  generateLife,
  LARGEST_DRIFT_SECONDS,
  reportedStart,
  UNSETTLED_SECONDS,
} from "./call-life.ts";
import { CallOrder, type CallRun, merge, PlacedRun } from "./call-order.ts";
import type { DayCalls } from "./day-calls.ts";
import { daysBetween, SeededCalls } from "./seeded-calls.ts";
import { dayOf, SECONDS_PER_DAY } from "./time.ts";

/** Calls that a test added together. They have consecutive IDs and the same start. */
interface Batch {
  firstId: number;
  count: number;
  startedAt: number;
  /** When the test added them. They have ended by then. */
  madeAt: number;
}

export interface CallsOptions {
  clock: EmulatorClock;
  /** Seeded calls that started more than this many days ago do not exist. */
  days: number;
  /** Calls that started more than this many days ago are not served, seeded or not. */
  historyDays: number;
  listInProgress: boolean;
}

/** All calls of the account: seeded calls, and those that tests add or change. */
export class CallStore {
  readonly #options: CallsOptions;
  readonly #seeded: SeededCalls;
  protected readonly ingredients: CallIngredients;
  readonly #batches: Batch[] = [];
  readonly #madeOnDay = new Map<number, number>();
  /** Calls that a test has changed, which are not generated again, or null for those that it removed. */
  readonly #touched = new Map<number, CallLife | null>();
  #order: CallOrder | null = null;
  #orderedAtSeconds = Number.NaN;

  constructor(days: DayCalls, ingredients: CallIngredients, options: CallsOptions) {
    this.#seeded = new SeededCalls(days, ingredients, options);
    this.ingredients = ingredients;
    this.#options = options;
  }

  protected get nowSeconds(): number {
    return Math.floor(this.#options.clock.now() / 1000);
  }

  /** Finds a call that the API serves now. */
  find(id: number): CallLife | undefined {
    const nowSeconds = this.nowSeconds;
    const isOfFutureDay = placeOfId(id).day > dayOf(nowSeconds + LARGEST_DRIFT_SECONDS);
    const life = isOfFutureDay ? null : this.lifeOrNull(id);
    if (life === null || !this.#isListed(life, nowSeconds)) return undefined;
    return reportedStart(life, nowSeconds) < this.#oldest(isSeeded(id)) ? undefined : life;
  }

  /** Finds a call that has started, also if it is too old for the API to serve it. */
  findOfAnyAge(id: number): CallLife | undefined {
    const life = this.lifeOrNull(id);
    const hasStarted = life !== null && this.#isListed(life, this.nowSeconds);
    if (!hasStarted) return undefined;
    const isTooOld = isSeeded(id) && life.startedAt < this.nowSeconds - this.#options.days * SECONDS_PER_DAY;
    return isTooOld ? undefined : life;
  }

  /** The order of the calls that the API serves now. It is cached until the second or the account changes. */
  get order(): CallOrder {
    const nowSeconds = this.nowSeconds;
    if (this.#order === null || nowSeconds !== this.#orderedAtSeconds) {
      this.#order = this.#arrange(nowSeconds);
      this.#orderedAtSeconds = nowSeconds;
    }
    return this.#order;
  }

  /** Inserts finished calls that started in one second. Their IDs are consecutive; returns the first one. */
  protected insert(count: number, at: { startedAtSeconds: number }): number {
    const day = dayOf(at.startedAtSeconds);
    const made = this.#madeOnDay.get(day) ?? 0;
    const firstId = callIdAt(day, FIRST_MADE_INDEX + made);
    this.#madeOnDay.set(day, made + count);
    this.#batches.push({ firstId, count, startedAt: at.startedAtSeconds, madeAt: this.nowSeconds });
    this.#order = null;
    return firstId;
  }

  /** The life of a call, even if the API does not serve it now. Throws for a removed or unknown call. */
  life(id: number): CallLife {
    const life = this.lifeOrNull(id);
    if (life === null) throw new RangeError(`no call has id ${id}`);
    return life;
  }

  /** Whether an event can be about a call at an instant, since the API serves calls of that age. */
  isInReach(life: CallLife, atSeconds: number): boolean {
    return life.startedAt >= this.#oldest(isSeeded(life.id), atSeconds);
  }

  /** The seeded calls whose final start lies in `(afterSeconds, untilSeconds]` and that no test has changed. */
  *untouchedWithin(afterSeconds: number, untilSeconds: number): Generator<CallLife> {
    for (const day of daysBetween(afterSeconds, untilSeconds)) {
      const run = this.#seeded.settled(day, afterSeconds + 1, untilSeconds + 1);
      for (let position = 0; position < run.length; position++) {
        const id = run.idAt(position);
        const life = this.#touched.has(id) ? null : this.#seeded.life(id);
        if (life !== null) yield life;
      }
    }
  }

  /** The calls that tests changed, and those that they added after an instant. */
  *touchedOrMadeSince(afterSeconds: number): Generator<CallLife> {
    for (const life of this.#touched.values()) if (life !== null) yield life;
    for (const { firstId, count, startedAt } of this.#batches) {
      if (startedAt <= afterSeconds) continue;
      for (let id = firstId; id < firstId + count; id++) if (!this.#touched.has(id)) yield this.life(id);
    }
  }

  /** Replaces the life of a call, or removes the call. */
  protected replace(id: number, life: CallLife | null): void {
    this.#touched.set(id, life);
    this.#order = null;
  }

  /** The life of a call, or null for a removed or unknown call. */
  lifeOrNull(id: number): CallLife | null {
    const touched = this.#touched.get(id);
    if (touched !== undefined) return touched;
    return isSeeded(id) ? this.#seeded.life(id) : this.#madeLife(id);
  }

  #madeLife(id: number): CallLife | null {
    const batch = this.#batches.find(({ firstId, count }) => id >= firstId && id < firstId + count);
    if (batch === undefined) return null;
    const origin = { id, ...placeOfId(id), startedAt: batch.startedAt, zoneIndex: 0 };
    return finishedBy(generateLife(origin, this.ingredients), batch.madeAt);
  }

  #oldest(ofSeeded: boolean, nowSeconds = this.nowSeconds): number {
    const { days, historyDays } = this.#options;
    const keptDays = ofSeeded ? Math.min(days, historyDays) : historyDays;
    return nowSeconds - keptDays * SECONDS_PER_DAY;
  }

  #isListed(life: CallLife, nowSeconds: number): boolean {
    const inTime = this.#options.listInProgress || life.endedAt <= nowSeconds;
    return inTime && reportedStart(life, nowSeconds) <= nowSeconds;
  }

  /** Settled seeded calls are already in order. Only the few other calls are placed one by one. */
  #arrange(nowSeconds: number): CallOrder {
    const oldest = this.#oldest(true);
    const settledBefore = Math.max(oldest, nowSeconds - UNSETTLED_SECONDS);
    const settled = this.#settledRuns(oldest, settledBefore);
    const isTouched = (id: number) => this.#touched.has(id);
    const unsettled = this.#seeded.unsettled(settledBefore, nowSeconds, isTouched);
    return new CallOrder(merge(merge(settled, unsettled), this.#placeOthers(nowSeconds)));
  }

  #settledRuns(fromSeconds: number, beforeSeconds: number): CallRun[] {
    const touched = [...this.#touched.keys()].filter(isSeeded).sort((left, right) => left - right);
    return daysBetween(fromSeconds, beforeSeconds).flatMap((day) => {
      const run = this.#seeded.settled(day, fromSeconds, beforeSeconds);
      return touched.length === 0 ? [run] : without(touched, run);
    });
  }

  /** Places the calls that tests added or changed. */
  #placeOthers(nowSeconds: number): PlacedRun {
    const others = [...this.#touchedCalls(nowSeconds), ...this.#madeCalls(nowSeconds)];
    others.sort((left, right) => left.startedAt - right.startedAt || left.id - right.id);
    const placed = PlacedRun.withRoomFor(others.length);
    for (const { startedAt, id } of others) placed.insert(startedAt, id);
    return placed;
  }

  *#touchedCalls(nowSeconds: number): Generator<PlacedCall> {
    for (const [id, life] of this.#touched) {
      if (life === null || !this.#isListed(life, nowSeconds)) continue;
      const startedAt = reportedStart(life, nowSeconds);
      if (startedAt >= this.#oldest(isSeeded(id))) yield { startedAt, id };
    }
  }

  *#madeCalls(nowSeconds: number): Generator<PlacedCall> {
    const oldest = this.#oldest(false);
    for (const { firstId, count, startedAt } of this.#batches) {
      if (startedAt < oldest || startedAt > nowSeconds) continue;
      for (let id = firstId; id < firstId + count; id++) if (!this.#touched.has(id)) yield { startedAt, id };
    }
  }
}

interface PlacedCall {
  startedAt: number;
  id: number;
}

/** Removes calls from a run of one day. `ids` are in ascending order. */
function without(ids: readonly number[], run: CallRun): CallRun[] {
  const firstId = run.length > 0 ? run.idAt(0) : Number.POSITIVE_INFINITY;
  const pieces: CallRun[] = [];
  let first = 0;
  for (const id of ids) {
    const position = id - firstId;
    if (position < 0 || position >= run.length) continue;
    pieces.push(run.slice(first, position));
    first = position + 1;
  }
  return [...pieces, run.slice(first, run.length)];
}
