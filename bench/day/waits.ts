import type { Account } from "../../emulator/index.ts";
import { idsIn, planReads } from "../../src/streams/calls/touched-plan.ts";
import type { Change } from "./changes.ts";

const HALF_HOUR_SECONDS = 30 * 60;

/** How long changes wait, and how many requests then read them all. */
export interface Wait {
  readonly seconds: number;
  readonly requests: number;
}

/** The connector's own plan of reads, for each change of a call on the day and no other event; requests take no time. */
export function requestsByWait(
  { calls }: Account,
  changes: readonly Change[],
  waitsSeconds: readonly number[],
): Wait[] {
  const inOrder = changes.toSorted((left, right) => left.atSeconds - right.atSeconds);
  return waitsSeconds.map((seconds) => {
    const waiting = new Map<number, number>();
    let requests = 0;
    const readDue = (nowSeconds: number) => {
      const { order } = calls;
      const first = order.countBefore(nowSeconds - HALF_HOUR_SECONDS);
      const recent = order.slice(first, order.countBefore(nowSeconds));
      const starts = Array.from({ length: recent.length }, (_, place) => recent.startAt(place));
      const touched = [...waiting].map(([id, since]) => ({
        id,
        hint: calls.life(id).startedAt,
        isDue: since + seconds <= nowSeconds,
      }));
      const plan = planReads(touched, starts, nowSeconds);
      requests += plan.windows.length + plan.singles.length + Math.sign(plan.polled.length);
      for (const id of idsIn(plan)) waiting.delete(id);
    };
    const readUntil = (untilSeconds: number) => {
      // Changes wait in the order in which they came.
      for (
        let [since] = waiting.values();
        since !== undefined && since + seconds < untilSeconds;
        [since] = waiting.values()
      )
        readDue(since + seconds);
    };
    for (const { id, atSeconds } of inOrder) {
      readUntil(atSeconds);
      if (!waiting.has(id)) waiting.set(id, atSeconds);
    }
    readUntil(Number.POSITIVE_INFINITY);
    return { seconds, requests };
  });
}
