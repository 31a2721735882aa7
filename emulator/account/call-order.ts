/** Calls in the order of the lists: by start, then by ID. */
export interface CallRun {
  readonly length: number;
  startAt(position: number): number;
  idAt(position: number): number;
  /** The calls at `[first, end)`. */
  slice(first: number, end: number): CallRun;
}

/** All calls that the API serves at an instant. It is a sequence of runs, so that few calls need to be copied. */
export class CallOrder implements CallRun {
  readonly length: number;
  readonly #runs: readonly CallRun[];
  /** The position of the first call of each run. */
  readonly #firsts: readonly number[];

  constructor(runs: readonly CallRun[]) {
    this.#runs = runs.filter((run) => run.length > 0);
    let length = 0;
    this.#firsts = this.#runs.map((run) => {
      const first = length;
      length += run.length;
      return first;
    });
    this.length = length;
  }

  startAt(position: number): number {
    const { run, first } = this.#runHolding(position);
    return run.startAt(position - first);
  }

  idAt(position: number): number {
    const { run, first } = this.#runHolding(position);
    return run.idAt(position - first);
  }

  slice(first: number, end: number): CallOrder {
    return new CallOrder(
      this.#runs.map((run, index) => {
        const offset = this.#firsts[index] ?? 0;
        const from = Math.max(0, first - offset);
        return run.slice(from, Math.max(from, Math.min(run.length, end - offset)));
      }),
    );
  }

  /** The number of calls that started before an instant, which is also the position of the first other call. */
  countBefore(atSeconds: number): number {
    const later = partition(
      this.#runs.length,
      (index) => (this.#runs[index]?.startAt(0) ?? atSeconds) < atSeconds,
    );
    const run = this.#runs[later - 1];
    return run === undefined ? 0 : (this.#firsts[later - 1] ?? 0) + startsBefore(run, atSeconds);
  }

  #runHolding(position: number): { run: CallRun; first: number } {
    const index = partition(this.#runs.length, (candidate) => (this.#firsts[candidate] ?? 0) <= position) - 1;
    const run = this.#runs[index];
    if (run === undefined || position >= this.length) throw new RangeError(`no call at ${position}`);
    return { run, first: this.#firsts[index] ?? 0 };
  }
}

/** A run that stores every call, for calls that are inserted one by one. */
export class PlacedRun implements CallRun {
  readonly #starts: Uint32Array;
  readonly #ids: Float64Array;
  #length: number;

  private constructor(starts: Uint32Array, ids: Float64Array, length: number) {
    this.#starts = starts;
    this.#ids = ids;
    this.#length = length;
  }

  static withRoomFor(count: number): PlacedRun {
    return new PlacedRun(new Uint32Array(count), new Float64Array(count), 0);
  }

  get length(): number {
    return this.#length;
  }

  startAt(position: number): number {
    return this.#starts[position] ?? 0;
  }

  idAt(position: number): number {
    return this.#ids[position] ?? 0;
  }

  slice(first: number, end: number): PlacedRun {
    const starts = this.#starts.subarray(first, end);
    return new PlacedRun(starts, this.#ids.subarray(first, end), starts.length);
  }

  /** Inserts a call in order. This is fast only near the end. */
  insert(startedAt: number, id: number): void {
    let position = this.#length++;
    for (; position > 0 && !isBefore(this, position - 1, startedAt, id); position--) {
      this.#starts[position] = this.#starts[position - 1] ?? 0;
      this.#ids[position] = this.#ids[position - 1] ?? 0;
    }
    this.#starts[position] = startedAt;
    this.#ids[position] = id;
  }
}

/** Merges another run into a sequence of runs. It copies calls only where both have some. */
export function merge(runs: readonly CallRun[], others: CallRun): CallRun[] {
  const merged: CallRun[] = [];
  let placed = 0;
  for (const run of runs) {
    if (run.length === 0) continue;
    const end = countUpTo(others, run.startAt(run.length - 1), run.idAt(run.length - 1));
    merged.push(...interleave(run, others.slice(placed, Math.max(placed, end))));
    placed = Math.max(placed, end);
  }
  merged.push(others.slice(placed, others.length));
  return merged;
}

function interleave(run: CallRun, others: CallRun): CallRun[] {
  if (others.length === 0) return [run];
  const kept = countUpTo(run, others.startAt(0), others.idAt(0));
  const mixed = PlacedRun.withRoomFor(run.length - kept + others.length);
  let placed = 0;
  for (let position = kept; position < run.length; position++) {
    const startedAt = run.startAt(position);
    const id = run.idAt(position);
    for (; placed < others.length && isBefore(others, placed, startedAt, id); placed++)
      mixed.insert(others.startAt(placed), others.idAt(placed));
    mixed.insert(startedAt, id);
  }
  for (; placed < others.length; placed++) mixed.insert(others.startAt(placed), others.idAt(placed));
  return [run.slice(0, kept), mixed];
}

function isBefore(run: CallRun, position: number, startedAt: number, id: number): boolean {
  const start = run.startAt(position);
  return start === startedAt ? run.idAt(position) < id : start < startedAt;
}

/** The number of calls of a run that precede a call. */
function countUpTo(run: CallRun, startedAt: number, id: number): number {
  return partition(run.length, (position) => isBefore(run, position, startedAt, id));
}

function startsBefore(run: CallRun, atSeconds: number): number {
  return partition(run.length, (position) => run.startAt(position) < atSeconds);
}

/** The first position for which `holds` is false. `holds` MUST be true up to some position, and false after it. */
export function partition(length: number, holds: (position: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
