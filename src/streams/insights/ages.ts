import { cursorOf, type RereadCursors } from "../calls/reread-schedule.ts";
import type { Source } from "../source.ts";
import type { Span } from "../window.ts";

export const HOUR_SECONDS = 3600;
export const DAY_SECONDS = 24 * HOUR_SECONDS;

/**
 * The ages at which a call without an insight is asked, in seconds since its start. A transcript takes Aircall seconds to
 * minutes after the end of the call; what people write may come days later.
 */
const ASKED_AT_SECONDS = [600, HOUR_SECONDS, DAY_SECONDS, 7 * DAY_SECONDS] as const;

/** The first age. */
export const YOUNGEST_SECONDS = ASKED_AT_SECONDS[0];

/** The start of a call may be corrected by a second after it has been read. */
const SEAM_SECONDS = 1;

/** Calls are listed for at most so long a span at once: ten thousand in a busy account. */
const LONGEST_SPAN_SECONDS = DAY_SECONDS;

/** The name of an age, such as `10 min` or `24 h`. */
export function nameOf(ageSeconds: number): string {
  return ageSeconds < HOUR_SECONDS ? `${ageSeconds / 60} min` : `${ageSeconds / HOUR_SECONDS} h`;
}

/** All ages, ascending. */
export function agesOf({ rereadInsightsAfterSeconds }: Pick<Source, "rereadInsightsAfterSeconds">): number[] {
  return [...new Set([...ASKED_AT_SECONDS, ...rereadInsightsAfterSeconds])].sort(
    (left, right) => left - right,
  );
}

/**
 * The last start of a call that counts as having come to an age; Unix seconds. It moves in steps that all streams share,
 * so that they list the same spans of calls.
 */
export function throughSeconds(ageSeconds: number, nowSeconds: number): number {
  const step = Math.max(1, Math.floor(Math.min(ageSeconds / 2, HOUR_SECONDS)));
  return Math.floor((nowSeconds - ageSeconds) / step) * step;
}

/** The calls that have come to an age and were not asked at it, or the first of them; `undefined` when there are none. */
export function spanDue(
  ageSeconds: number,
  cursors: RereadCursors,
  startSeconds: number,
  nowSeconds: number,
): Span | undefined {
  const cursor = Math.max(cursorOf(ageSeconds, cursors), startSeconds - 1);
  const through = throughSeconds(ageSeconds, nowSeconds);
  if (through <= cursor) return undefined;
  const after = Math.max(cursor - SEAM_SECONDS, startSeconds - 1);
  return { after, until: Math.min(through, endOfSpan(cursor)) };
}

/** The last part of a span. */
export function latestPart({ after, until }: Span): Span {
  return { after: Math.max(after, endOfSpan(until - 1) - LONGEST_SPAN_SECONDS), until };
}

function endOfSpan(seconds: number): number {
  return (Math.floor(seconds / LONGEST_SPAN_SECONDS) + 1) * LONGEST_SPAN_SECONDS;
}
