import type { CaptureProgress, StreamProgress } from "../local/index.ts";
import { count, counted, duration, roughDuration } from "../shared/format.ts";
import type { Clock } from "../shared/ports.ts";

const MARKS: Record<StreamProgress["status"], string> = {
  working: "•",
  waiting: "…",
  resting: "✓",
  done: "✓",
  failed: "✗",
};

/** A part of a line. Where the terminal is too narrow, the part with the highest rank is left out first. */
type Part = readonly [rank: number, text: string];

/** A line for each stream, which fits into so many columns; a longer error is left to be cut. */
export function liveLines({ streams }: CaptureProgress, clock: Clock, columns: number): string[] {
  const nameWidth = Math.max(0, ...streams.map(({ stream }) => stream.length));
  return streams.map((stream) => {
    const parts: Part[] = [[0, `${MARKS[stream.status]} ${stream.stream.padEnd(nameWidth)}`]];
    parts.push([1, counted(stream.documents + stream.deletions, "row").padStart(COUNT_WIDTH)]);
    return fitted([...parts, ...backfillParts(stream), ...activityParts(stream, clock)], columns);
  });
}

/** Of `999,999 rows`. */
const COUNT_WIDTH = 12;

/** Below this, a wait is a part of the usual pace. */
const LONG_WAIT_MS = 5_000;

function backfillParts({ backfill }: StreamProgress): Part[] {
  if (!backfill) return [];
  const { percent, leftRows, rowsPerMinute, leftMs } = backfill;
  const time: Part[] =
    leftMs === undefined ? [] : [[3, `${roughDuration(leftMs).replace("about ", "")} left`]];
  return [[2, `${percent} %`], [4, `${count(leftRows)} to go`], [6, `${count(rowsPerMinute)}/min`], ...time];
}

function activityParts({ waiting, error, status, requests }: StreamProgress, clock: Clock): Part[] {
  if (error) return [[2, error.message]];
  const sent: Part = [8, counted(requests, "request")];
  if (!waiting || status === "done") return [sent];
  const waitMs = Math.max(0, waiting.untilMs - clock.now());
  const rank = waitMs >= LONG_WAIT_MS ? 5 : 7;
  return [[rank, `waits ${duration(waitMs)}`], [9, `for ${waiting.because}`], sent];
}

function fitted(parts: readonly Part[], columns: number): string {
  const line = parts.map(([, text]) => text).join("  ");
  const last = Math.max(...parts.map(([rank]) => rank));
  if (line.length < columns || last <= 2) return line;
  return fitted(
    parts.filter(([rank]) => rank !== last),
    columns,
  );
}
