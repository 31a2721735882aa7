import { count, counted, percentOf, roughDuration } from "./format.ts";
import type { Clock } from "./ports.ts";

const MINUTE_MS = 60_000;

/** The rate of a minute needs no more samples than this much time apart gives. */
const BETWEEN_SAMPLES_MS = 1_000;

/** How often programs report the backfills that are under way. */
export const BACKFILL_REPORT_MS = 10_000;

/** How far a backfill has come. */
export interface BackfillStanding {
  /** Since the process began it, or resumed it. */
  readonly doneRows: number;
  /** By the current count of the source. */
  readonly leftRows: number;
  /** Of 100, rounded down. */
  readonly percent: number;
  /** By the last minute. */
  readonly rowsPerMinute: number;
  /** Absent while the rate is 0. */
  readonly leftMs?: number;
}

/** The events of a capture that matter here: a backfill advances, or its binding has come to a rest or an end. */
type BackfillEvent =
  | {
      readonly kind: "backfills";
      readonly binding: number;
      readonly doneRows: number;
      readonly leftRows: number;
    }
  | { readonly kind: string; readonly binding: number };

const ENDINGS: readonly string[] = ["rests", "done", "failed"];

/** The backfills of a capture, from its events. */
export class Backfills {
  readonly #clock: Pick<Clock, "now">;
  readonly #mostRowsPerMinute: number;
  readonly #byBinding = new Map<number, Backfill>();

  /** `mostRowsPerMinute` is what the request budget lets through. */
  constructor(clock: Pick<Clock, "now">, mostRowsPerMinute: number) {
    this.#clock = clock;
    this.#mostRowsPerMinute = mostRowsPerMinute;
  }

  onEvent(event: BackfillEvent): void {
    const { binding, kind } = event;
    if ("doneRows" in event) this.#advance(event);
    else if (ENDINGS.includes(kind)) this.#byBinding.delete(binding);
  }

  /** `undefined` when the binding has no backfill under way. */
  standing(binding: number): BackfillStanding | undefined {
    return this.#byBinding.get(binding)?.standing(this.#clock.now(), this.#mostRowsPerMinute);
  }

  /** Those under way, by binding. */
  *underWay(): Generator<[binding: number, BackfillStanding]> {
    for (const binding of this.#byBinding.keys()) {
      const standing = this.standing(binding);
      if (standing) yield [binding, standing];
    }
  }

  #advance({ binding, doneRows, leftRows }: BackfillEvent & { doneRows: number; leftRows: number }): void {
    if (leftRows === 0) return void this.#byBinding.delete(binding);
    const nowMs = this.#clock.now();
    const known = this.#byBinding.get(binding);
    // Fewer rows than before: the stream has begun its backfill over again.
    if (known && doneRows >= known.doneRows) known.advance(doneRows, leftRows, nowMs);
    else this.#byBinding.set(binding, new Backfill(doneRows, leftRows, nowMs));
  }
}

class Backfill {
  doneRows: number;
  #leftRows: number;
  /** The oldest is at least a minute old, or the beginning. */
  readonly #samples: { readonly atMs: number; readonly doneRows: number }[];

  constructor(doneRows: number, leftRows: number, nowMs: number) {
    this.doneRows = doneRows;
    this.#leftRows = leftRows;
    this.#samples = [{ atMs: nowMs, doneRows }];
  }

  advance(doneRows: number, leftRows: number, nowMs: number): void {
    this.doneRows = doneRows;
    this.#leftRows = leftRows;
    const latestMs = this.#samples.at(-1)?.atMs ?? -Infinity;
    if (nowMs >= latestMs + BETWEEN_SAMPLES_MS) this.#samples.push({ atMs: nowMs, doneRows });
  }

  standing(nowMs: number, mostRowsPerMinute: number): BackfillStanding {
    const rowsPerMinute = Math.round(Math.min(this.#ratePerMinute(nowMs), mostRowsPerMinute));
    return {
      doneRows: this.doneRows,
      leftRows: this.#leftRows,
      percent: percentOf(this.doneRows, this.doneRows + this.#leftRows),
      rowsPerMinute,
      ...(rowsPerMinute > 0 && { leftMs: Math.round((this.#leftRows / rowsPerMinute) * MINUTE_MS) }),
    };
  }

  /** In the first minute, the rate so far: a budget that is fresh lets a burst through, which the caller bounds. */
  #ratePerMinute(nowMs: number): number {
    while ((this.#samples[1]?.atMs ?? Infinity) <= nowMs - MINUTE_MS) this.#samples.shift();
    const oldest = this.#samples[0];
    const elapsedMs = nowMs - (oldest?.atMs ?? nowMs);
    if (elapsedMs <= 0) return 0;
    const rows = this.doneRows - (oldest?.doneRows ?? 0);
    return (rows * MINUTE_MS) / Math.min(elapsedMs, MINUTE_MS + 2 * BETWEEN_SAMPLES_MS);
  }
}

/** Such as `20 %, 12,350 rows done, 48,850 left, 5,000 a minute, about 10 min left`. */
export function backfillText({
  percent,
  doneRows,
  leftRows,
  rowsPerMinute,
  leftMs,
}: BackfillStanding): string {
  const time = leftMs === undefined ? [] : [`${roughDuration(leftMs)} left`];
  const rows = [`${counted(doneRows, "row")} done`, `${count(leftRows)} left`];
  return [`${percent} %`, ...rows, `${count(rowsPerMinute)} a minute`, ...time].join(", ");
}

/** The standing for programs to read. */
export function backfillFields({ leftMs, ...standing }: BackfillStanding) {
  return { ...standing, ...(leftMs !== undefined && { secondsLeft: Math.round(leftMs / 1000) }) };
}
