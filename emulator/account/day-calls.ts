import { hashText, Random } from "../random.ts";
import { partition } from "./call-order.ts";
import { SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_MINUTE } from "./time.ts";
import { isWeekend, ZONES, zoneOffsetSeconds } from "./zones.ts";

/** The number of calls relative to an average day. The average over a week is 1. */
const WEEKDAY_WEIGHT = 1.28;
const WEEKEND_WEIGHT = 0.3;

/** A start is stored as `secondOfDay * ZONE_ROOM + zoneIndex`. */
const ZONE_ROOM = 16;

/** How many calls start in a minute of the local day, relative to others: most at 10:00 and 15:00, few at night. */
function minuteWeight(minute: number): number {
  const hour = minute / SECONDS_PER_MINUTE;
  return 0.02 + Math.exp(-(((hour - 10) / 1.6) ** 2)) + 0.9 * Math.exp(-(((hour - 15) / 2) ** 2));
}

/** Local seconds of the day. Between each two neighbours in the table lies an equal share of the calls. */
const SECOND_BY_SHARE = tabulateShares(8_192);

function tabulateShares(steps: number): Float64Array {
  const minutes = Array.from({ length: 24 * 60 }, (_, minute) => minute);
  const total = minutes.reduce((sum, minute) => sum + minuteWeight(minute), 0);
  const table = new Float64Array(steps + 1).fill(SECONDS_PER_DAY - 1);
  let reached = 0;
  let step = 0;
  for (const minute of minutes) {
    const before = reached;
    const share = minuteWeight(minute) / total;
    reached += share;
    for (; step < reached * steps; step++) {
      table[step] = (minute + (step / steps - before) / share) * SECONDS_PER_MINUTE;
    }
  }
  return table;
}

function localSecondAt(share: number): number {
  const position = share * (SECOND_BY_SHARE.length - 1);
  const below = SECOND_BY_SHARE[Math.floor(position)] ?? 0;
  const above = SECOND_BY_SHARE[Math.ceil(position)] ?? 0;
  return Math.floor(below + (above - below) * (position % 1));
}

export interface CallRate {
  /** The average over a week. */
  callsPerDay: number;
  /** The zone index of each line. A zone with more lines has more calls. */
  zoneOfNumber: readonly number[];
  /** No call starts later than this Unix second. */
  lastSeconds: number;
  /** Whether as many calls start in each minute, at night and on weekends too. */
  isEven: boolean;
}

/**
 * The starts of calls, by day. They depend only on the seed, the date and the sizes of the account. A
 * call is stored as one number, and generated when it is read.
 */
export class DayCalls {
  readonly #seed: number;
  readonly #rate: CallRate;
  readonly #days = new Map<number, Uint32Array>();

  constructor(seed: number, rate: CallRate) {
    this.#seed = seed;
    this.#rate = rate;
  }

  /** The packed starts of a UTC day, in ascending order. `startOf` and `zoneOf` unpack them. */
  of(day: number): Uint32Array {
    const known = this.#days.get(day) ?? this.#generate(day);
    this.#days.set(day, known);
    return known;
  }

  #generate(day: number): Uint32Array {
    const random = new Random(this.#seed, hashText("day"), day);
    const expected = this.#rate.callsPerDay * this.#weightOf(day);
    const noisy = expected * (0.9 + 0.2 * random.next());
    const drawn = Math.floor(noisy) + (random.chance(noisy % 1) ? 1 : 0);
    const noon = day * SECONDS_PER_DAY + 12 * SECONDS_PER_HOUR;
    const offsets = ZONES.map((zone) => zoneOffsetSeconds(zone.timeZone, noon));
    const starts = new Uint32Array(drawn);
    for (let index = 0; index < drawn; index++) {
      const zone = random.pick(this.#rate.zoneOfNumber) ?? 0;
      const second = this.#secondOfDay(random.next(), offsets[zone] ?? 0);
      starts[index] = second * ZONE_ROOM + zone;
    }
    starts.sort();
    const count = partition(
      starts.length,
      (index) => startOf(day, starts[index] ?? 0) <= this.#rate.lastSeconds,
    );
    return starts.subarray(0, count);
  }

  #weightOf(day: number): number {
    if (this.#rate.isEven) return 1;
    return isWeekend(day) ? WEEKEND_WEIGHT : WEEKDAY_WEIGHT;
  }

  #secondOfDay(share: number, zoneOffsetSeconds: number): number {
    if (this.#rate.isEven) return Math.floor(share * SECONDS_PER_DAY);
    return (localSecondAt(share) - zoneOffsetSeconds + SECONDS_PER_DAY) % SECONDS_PER_DAY;
  }
}

export function startOf(day: number, packed: number): number {
  return day * SECONDS_PER_DAY + Math.floor(packed / ZONE_ROOM);
}

export function zoneOf(packed: number): number {
  return packed % ZONE_ROOM;
}
