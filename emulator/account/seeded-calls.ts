import { callIdAt, placeOfId } from "./call-ids.ts";
import { type CallIngredients, type CallLife, generateLife, LARGEST_DRIFT_SECONDS } from "./call-life.ts";
import { type CallRun, PlacedRun, partition } from "./call-order.ts";
import { type DayCalls, startOf, zoneOf } from "./day-calls.ts";
import { dayOf } from "./time.ts";

/** When the calls of one day end and settle, by index. An end of 0 has not been computed yet. */
interface Moments {
  endedAt: Uint32Array;
  settledAt: Uint32Array;
  driftSeconds: Uint8Array;
}

/** The generated calls of the account, as opposed to those that tests add. */
export class SeededCalls {
  readonly #days: DayCalls;
  readonly #ingredients: CallIngredients;
  readonly #listInProgress: boolean;
  /** Only of the last days, since earlier calls have settled. */
  #moments = new Map<number, Moments>();

  constructor(days: DayCalls, ingredients: CallIngredients, options: { listInProgress: boolean }) {
    this.#days = days;
    this.#ingredients = ingredients;
    this.#listInProgress = options.listInProgress;
  }

  life(id: number): CallLife | null {
    const { day, index } = placeOfId(id);
    const packed = this.#days.of(day)[index];
    if (packed === undefined) return null;
    const origin = { id, day, index, startedAt: startOf(day, packed), zoneIndex: zoneOf(packed) };
    return generateLife(origin, this.#ingredients);
  }

  /** The calls of a UTC day that started within `[fromSeconds, beforeSeconds)`. All of them MUST have settled. */
  settled(day: number, fromSeconds: number, beforeSeconds: number): CallRun {
    const run = new DayRun(day, this.#days.of(day), 0);
    const countBefore = (atSeconds: number) =>
      partition(run.length, (index) => run.startAt(index) < atSeconds);
    return run.slice(countBefore(fromSeconds), countBefore(beforeSeconds));
  }

  /** The listed calls that started at `fromSeconds` or later, in the order of their reported starts. */
  unsettled(fromSeconds: number, nowSeconds: number, isExcluded: (id: number) => boolean): PlacedRun {
    const throughSeconds = nowSeconds + LARGEST_DRIFT_SECONDS;
    const days = daysBetween(fromSeconds, throughSeconds);
    const runs = days.map((day) => this.settled(day, fromSeconds, throughSeconds + 1));
    const placed = PlacedRun.withRoomFor(runs.reduce((total, run) => total + run.length, 0));
    this.#forgetMomentsBefore(dayOf(fromSeconds));
    for (const run of runs) {
      for (let position = 0; position < run.length; position++) {
        const id = run.idAt(position);
        const startedAt = isExcluded(id) ? null : this.#reportedStart(id, run.startAt(position), nowSeconds);
        if (startedAt !== null) placed.insert(startedAt, id);
      }
    }
    return placed;
  }

  /** The start that the API reports now, or null if the call is not listed yet. */
  #reportedStart(id: number, startedAt: number, nowSeconds: number): number | null {
    const { day, index } = placeOfId(id);
    const moments = this.#momentsOf(day);
    if (moments.endedAt[index] === 0) this.#computeMoments(id, index, moments);
    if (!this.#listInProgress && (moments.endedAt[index] ?? 0) > nowSeconds) return null;
    const isSettled = (moments.settledAt[index] ?? 0) <= nowSeconds;
    const reportedAt = isSettled ? startedAt : startedAt - (moments.driftSeconds[index] ?? 0);
    return reportedAt <= nowSeconds ? reportedAt : null;
  }

  #computeMoments(id: number, index: number, moments: Moments): void {
    const life = this.life(id);
    if (life === null) return;
    moments.endedAt[index] = life.endedAt;
    moments.settledAt[index] = life.settledAt;
    moments.driftSeconds[index] = life.driftSeconds;
  }

  #momentsOf(day: number): Moments {
    const known = this.#moments.get(day);
    if (known !== undefined) return known;
    const { length } = this.#days.of(day);
    const moments = {
      endedAt: new Uint32Array(length),
      settledAt: new Uint32Array(length),
      driftSeconds: new Uint8Array(length),
    };
    this.#moments.set(day, moments);
    return moments;
  }

  #forgetMomentsBefore(day: number): void {
    for (const known of this.#moments.keys()) if (known < day) this.#moments.delete(known);
  }
}

/** The UTC days that overlap `[fromSeconds, throughSeconds]`. */
export function daysBetween(fromSeconds: number, throughSeconds: number): number[] {
  const first = dayOf(fromSeconds);
  return Array.from({ length: dayOf(throughSeconds) - first + 1 }, (_, offset) => first + offset);
}

/** Calls of one day, which are stored in order. */
class DayRun implements CallRun {
  readonly #day: number;
  readonly #packed: Uint32Array;
  readonly #firstIndex: number;

  constructor(day: number, packed: Uint32Array, firstIndex: number) {
    this.#day = day;
    this.#packed = packed;
    this.#firstIndex = firstIndex;
  }

  get length(): number {
    return this.#packed.length;
  }

  startAt(position: number): number {
    return startOf(this.#day, this.#packed[position] ?? 0);
  }

  idAt(position: number): number {
    return callIdAt(this.#day, this.#firstIndex + position);
  }

  slice(first: number, end: number): DayRun {
    return new DayRun(this.#day, this.#packed.subarray(first, end), this.#firstIndex + first);
  }
}
