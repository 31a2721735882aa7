import { RECENT_SECONDS } from "./schedule-state.ts";

/** When each call of the last half hour started, by ID; Unix seconds. */
export type RecentStarts = ReadonlyMap<number, number>;

/** Where calls are dense, a poll reads this many; every fourth poll four times as many, and so on. */
const DENSE_ROWS = 600;

/** The longest time between two polls, in intervals of the binding. A poll of one page is followed by another after one. */
const LONGEST_PAUSE_INTERVALS = 2.75;

export function isDense(recent: RecentStarts): boolean {
  return recent.size > DENSE_ROWS;
}

/**
 * The instant after which a poll reads, in Unix seconds. `polls` is how many polls went before it.
 *
 * A poll goes half an hour back, unless the account is busy. Then most polls go back to the latest
 * `DENSE_ROWS` calls, one in four to four times as many, and so on, so that the cost of a poll grows with
 * the number of calls that it finds and not with that number times the half hour. A known call bounds
 * each poll, so that every call since then is within it.
 */
export function pollAfter(recent: RecentStarts, polls: number, nowSeconds: number): number {
  const farthest = nowSeconds - RECENT_SECONDS;
  if (polls === 0) return farthest;
  const starts = [...recent.values()].sort((left, right) => right - left);
  const nearest = starts[DENSE_ROWS * powerOfFourIn(polls)];
  return Math.max(farthest, nearest ?? farthest);
}

/** How many of the binding's intervals lie between the beginnings of a poll of so many pages and the next. */
export function pauseIntervals(pages: number): number {
  return Math.max(1, Math.min(pages, LONGEST_PAUSE_INTERVALS));
}

/** The highest power of four that divides the number. */
function powerOfFourIn(count: number): number {
  return count % 4 === 0 ? 4 * powerOfFourIn(count / 4) : 1;
}
