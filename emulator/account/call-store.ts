import type { EmulatorClock } from "../clock.ts";
import {
  type CallIngredients,
  type CallLife,
  finishedBy,
  generateLife,
  LARGEST_DRIFT_SECONDS,
  toldStart,
  UNSETTLED_SECONDS,
} from "./call-life.ts";
import { CallOrder, merge, type PlacedCall } from "./call-order.ts";
import { type DayCalls, startOf, zoneOf } from "./day-calls.ts";
import { dayOf, SECONDS_PER_DAY } from "./time.ts";

/** Ids are `day * IDS_PER_DAY + index`: above 2^31, below 2^53, and ascending with the days. */
const IDS_PER_DAY = 2_000_000;
/** Indexes from here on in each day belong to calls that tests make. */
const FIRST_MADE_INDEX = 1_000_000;

/** Calls made together by a test: consecutive ids and one start. */
interface Batch {
  firstId: number;
  count: number;
  startedAt: number;
  /** When the test made them; they are over by then. */
  madeAt: number;
}

export interface CallsOptions {
  clock: EmulatorClock;
  /** Seeded calls that started earlier than this many days ago are out of the account. */
  days: number;
  /** Calls of any kind that started earlier than this many days ago are not served. */
  historyDays: number;
  listInProgress: boolean;
}

/** All calls of the account: seeded ones, and ones that tests make or change. */
export class CallStore {
  readonly #options: CallsOptions;
  readonly #seeded: DayCalls;
  protected readonly ingredients: CallIngredients;
  readonly #batches: Batch[] = [];
  readonly #madeOnDay = new Map<number, number>();
  /** Lives a test has changed, which are not generated again; null for a call it removed. */
  readonly #touched = new Map<number, CallLife | null>();
  #order: CallOrder | null = null;
  #orderedAtSeconds = Number.NaN;

  constructor(seeded: DayCalls, ingredients: CallIngredients, options: CallsOptions) {
    this.#seeded = seeded;
    this.ingredients = ingredients;
    this.#options = options;
  }

  protected get nowSeconds(): number {
    return Math.floor(this.#options.clock.now() / 1000);
  }

  /** A call that is served now. */
  find(id: number): CallLife | undefined {
    const nowSeconds = this.nowSeconds;
    const isOfDaysToCome = id >= (dayOf(nowSeconds + LARGEST_DRIFT_SECONDS) + 1) * IDS_PER_DAY;
    const life = isOfDaysToCome ? null : this.#lifeOf(id);
    if (life === null || !this.#isListed(life, nowSeconds)) return undefined;
    return toldStart(life, nowSeconds) < this.#oldest(isSeeded(id)) ? undefined : life;
  }

  /** The order of the calls served now. It is kept for as long as the second lasts and nothing is changed. */
  get order(): CallOrder {
    const nowSeconds = this.nowSeconds;
    if (this.#order === null || nowSeconds !== this.#orderedAtSeconds) {
      this.#order = this.#arrange(nowSeconds);
      this.#orderedAtSeconds = nowSeconds;
    }
    return this.#order;
  }

  /** Many finished calls in one second, with consecutive ids. Returns the first id. */
  add(count: number, at: { startedAtSeconds: number }): number {
    const day = dayOf(at.startedAtSeconds);
    const made = this.#madeOnDay.get(day) ?? 0;
    const firstId = day * IDS_PER_DAY + FIRST_MADE_INDEX + made;
    this.#madeOnDay.set(day, made + count);
    this.#batches.push({ firstId, count, startedAt: at.startedAtSeconds, madeAt: this.nowSeconds });
    this.#order = null;
    return firstId;
  }

  remove(id: number): void {
    this.life(id);
    this.#touched.set(id, null);
    this.#order = null;
  }

  /** The life of a call that was not removed, wherever the clock stands. */
  life(id: number): CallLife {
    const life = this.#lifeOf(id);
    if (life === null) throw new RangeError(`no call has id ${id}`);
    return life;
  }

  /** From now on the call has this life. */
  protected touch(life: CallLife): void {
    this.#touched.set(life.id, life);
    this.#order = null;
  }

  #lifeOf(id: number): CallLife | null {
    const touched = this.#touched.get(id);
    if (touched !== undefined) return touched;
    return isSeeded(id) ? this.#seededLife(id) : this.#madeLife(id);
  }

  #seededLife(id: number): CallLife | null {
    const day = Math.floor(id / IDS_PER_DAY);
    const index = id % IDS_PER_DAY;
    const packed = this.#seeded.of(day)[index];
    if (packed === undefined) return null;
    const origin = { id, day, index, startedAt: startOf(day, packed), zoneIndex: zoneOf(packed) };
    return generateLife(origin, this.ingredients);
  }

  #madeLife(id: number): CallLife | null {
    const batch = this.#batches.find(({ firstId, count }) => id >= firstId && id < firstId + count);
    if (batch === undefined) return null;
    const day = Math.floor(id / IDS_PER_DAY);
    const index = id % IDS_PER_DAY;
    const origin = { id, day, index, startedAt: batch.startedAt, zoneIndex: 0 };
    return finishedBy(generateLife(origin, this.ingredients), batch.madeAt);
  }

  #oldest(ofSeeded: boolean): number {
    const { days, historyDays } = this.#options;
    const keptDays = ofSeeded ? Math.min(days, historyDays) : historyDays;
    return this.nowSeconds - keptDays * SECONDS_PER_DAY;
  }

  #isListed(life: CallLife, nowSeconds: number): boolean {
    const inTime = this.#options.listInProgress || life.endedAt <= nowSeconds;
    return inTime && toldStart(life, nowSeconds) <= nowSeconds;
  }

  /** Settled seeded calls go straight into place; the few others are looked at one by one. */
  #arrange(nowSeconds: number): CallOrder {
    const oldest = this.#oldest(true);
    const settledBefore = nowSeconds - UNSETTLED_SECONDS;
    const days = range(dayOf(oldest), dayOf(nowSeconds + LARGEST_DRIFT_SECONDS));
    const settled = new CallOrder(days.reduce((total, day) => total + this.#seeded.of(day).length, 0));
    const others = this.#placeMade(nowSeconds);
    for (const day of days) {
      const starts = this.#seeded.of(day);
      for (let index = 0; index < starts.length; index++) {
        const id = day * IDS_PER_DAY + index;
        const startedAt = startOf(day, starts[index] ?? 0);
        if (startedAt < oldest) continue;
        if (startedAt > nowSeconds + LARGEST_DRIFT_SECONDS) break;
        if (startedAt < settledBefore && !this.#isTouched(id)) settled.push(startedAt, id);
        else this.#place(id, nowSeconds, others);
      }
    }
    return merge(settled, others);
  }

  #placeMade(nowSeconds: number): PlacedCall[] {
    const oldest = this.#oldest(false);
    const placed: PlacedCall[] = [];
    for (const { firstId, count, startedAt } of this.#batches) {
      for (let id = firstId; startedAt >= oldest && id < firstId + count; id++) {
        if (this.#isTouched(id)) this.#place(id, nowSeconds, placed);
        else if (startedAt <= nowSeconds) placed.push({ startedAt, id });
      }
    }
    return placed;
  }

  #place(id: number, nowSeconds: number, into: PlacedCall[]): void {
    const life = this.#lifeOf(id);
    if (life !== null && this.#isListed(life, nowSeconds)) {
      into.push({ startedAt: toldStart(life, nowSeconds), id });
    }
  }

  /** Asked for every call of the account, so the usual answer must be cheap. */
  #isTouched(id: number): boolean {
    return this.#touched.size > 0 && this.#touched.has(id);
  }
}

function isSeeded(id: number): boolean {
  return id % IDS_PER_DAY < FIRST_MADE_INDEX;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
}
