import { type CallCursors, RECENT_SECONDS } from "./cursors.ts";

type Recent = CallCursors["recent"];

/** Where calls are dense, a look need not go further back than this; every fourth goes four times as far, and so on. */
const DENSE_ROWS = 600;

/** A look of one page is followed by another after the binding's interval, a longer one later, by this at most. */
const LONGEST_PAUSE_INTERVALS = 2.75;

export function isDense(recent: Recent): boolean {
  return Object.keys(recent).length > DENSE_ROWS;
}

/**
 * After which instant a look reads, in Unix seconds, when so many have gone before it: half an hour
 * back, unless the account is busy. Then most looks go back to the latest `DENSE_ROWS` calls, one in
 * four to four times as many, and so on, so that what a look costs grows with the number of calls
 * that it finds and not with that number times the half hour. A known call bounds each, so that
 * whatever has come since is within it.
 */
export function lookAfter(recent: Recent, looks: number, nowSeconds: number): number {
  const farthest = nowSeconds - RECENT_SECONDS;
  if (looks === 0) return farthest;
  const starts = Object.values(recent).map(([startedAt]) => startedAt);
  const nearest = starts.sort((left, right) => right - left)[DENSE_ROWS * powerOfFourIn(looks)];
  return Math.max(farthest, nearest ?? farthest);
}

/** How many of the binding's intervals lie between the beginning of a look of so many pages and the next. */
export function pauseIntervals(pages: number): number {
  return Math.max(1, Math.min(pages, LONGEST_PAUSE_INTERVALS));
}

/** The highest power of four that divides the number. */
function powerOfFourIn(count: number): number {
  return count % 4 === 0 ? 4 * powerOfFourIn(count / 4) : 1;
}
