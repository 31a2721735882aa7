import { hashText, Random } from "../random.ts";
import { partition } from "./call-order.ts";
import { SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_MINUTE } from "./time.ts";
import { isWeekend, ZONES, zoneOffsetSeconds } from "./zones.ts";

/** Share of an ordinary day's calls; the seven weekdays average 1. */
const WEEKDAY_WEIGHT = 1.28;
const WEEKEND_WEIGHT = 0.3;

/** A start is kept as `secondOfDay * ZONE_ROOM + zoneIndex`. */
const ZONE_ROOM = 16;

/** Calls made in one minute of a local day, relative to other minutes: peaks at 10 and 15, a trickle at night. */
function minuteWeight(minute: number): number {
  const hour = minute / SECONDS_PER_MINUTE;
  return 0.02 + Math.exp(-(((hour - 10) / 1.6) ** 2)) + 0.9 * Math.exp(-(((hour - 15) / 2) ** 2));
}

/** Local seconds of the day such that equal steps through the table hold equal shares of the calls. */
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
  /** On average over a week. */
  callsPerDay: number;
  /** Zone index of each line; a zone with more lines has more calls. */
  zoneOfNumber: readonly number[];
  /** No call starts later than this UNIX second. */
  lastSeconds: number;
}

/**
 * When calls started, day by day. A day depends on the seed, its date and the sizes alone, and is kept as one
 * number a call; what happened in a call is worked out when it is looked at.
 */
export class DayCalls {
  readonly #seed: number;
  readonly #rate: CallRate;
  readonly #days = new Map<number, Uint32Array>();

  constructor(seed: number, rate: CallRate) {
    this.#seed = seed;
    this.#rate = rate;
  }

  /** Ascending packed starts of a UTC day; see `startOf` and `zoneOf`. */
  of(day: number): Uint32Array {
    const known = this.#days.get(day) ?? this.#generate(day);
    this.#days.set(day, known);
    return known;
  }

  #generate(day: number): Uint32Array {
    const random = new Random(this.#seed, hashText("day"), day);
    const expected = this.#rate.callsPerDay * (isWeekend(day) ? WEEKEND_WEIGHT : WEEKDAY_WEIGHT);
    const noisy = expected * (0.9 + 0.2 * random.next());
    const drawn = Math.floor(noisy) + (random.chance(noisy % 1) ? 1 : 0);
    const noon = day * SECONDS_PER_DAY + 12 * SECONDS_PER_HOUR;
    const offsets = ZONES.map((zone) => zoneOffsetSeconds(zone.timeZone, noon));
    const starts = new Uint32Array(drawn);
    for (let index = 0; index < drawn; index++) {
      const zone = random.pick(this.#rate.zoneOfNumber) ?? 0;
      const second = localSecondAt(random.next()) - (offsets[zone] ?? 0) + SECONDS_PER_DAY;
      starts[index] = (second % SECONDS_PER_DAY) * ZONE_ROOM + zone;
    }
    starts.sort();
    const count = partition(
      starts.length,
      (index) => startOf(day, starts[index] ?? 0) <= this.#rate.lastSeconds,
    );
    return starts.subarray(0, count);
  }
}

export function startOf(day: number, packed: number): number {
  return day * SECONDS_PER_DAY + Math.floor(packed / ZONE_ROOM);
}

export function zoneOf(packed: number): number {
  return packed % ZONE_ROOM;
}
