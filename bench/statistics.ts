/** The middle value, or the mean of the two in the middle; not a number when there is none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** How far apart the values lie, as a share of their median. */
export function spread(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / Math.abs(median(values) || 1);
}

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** The share of their median that the middle half of the values spans; of two or three values, all of them. */
export function quartileSpread(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const cut = values.length < 4 ? 0 : Math.floor(values.length / 4);
  return spread(sorted.slice(cut, sorted.length - cut));
}

/** The quotients of values that were measured in turns, in pairs: other load on the machine affects both of a pair alike. */
export function ratiosOfPairs(values: readonly number[], bases: readonly number[]): number[] {
  return values.map((value, pair) => value / (bases[pair] ?? Number.NaN));
}
