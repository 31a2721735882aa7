import { ROWS_IN_REACH } from "../aircall/index.ts";
import { SecondTooFull } from "../errors.ts";
import { rowsLeftAfter, type Seam, type TimedList, type WindowPage, withinReach } from "./timed-list.ts";

/**
 * Reads a window of a list whose rows come in another order than that of their instants: whole, or in
 * halves where it has more rows than one query reaches. Only a window of which no row can have been missed
 * counts as read.
 */
export async function* readUnordered(
  list: TimedList,
  afterSeconds: number,
  hiSeconds: number,
  seam: Seam,
): AsyncGenerator<WindowPage, number, void> {
  list.report(
    `order ${list.name}`,
    `Aircall lists ${list.name} in another order than asked for. Nothing is left out: each window is read whole before it counts as read, which takes more requests.`,
  );
  const read = yield* readInOneQuery(list, afterSeconds, hiSeconds, seam);
  if (read !== "too long") return read === "whole" ? hiSeconds : afterSeconds;
  const middleSeconds = Math.floor((afterSeconds + hiSeconds) / 2);
  if (middleSeconds <= afterSeconds) throw new SecondTooFull(list.name, hiSeconds);
  const reachedSeconds = yield* readUnordered(list, afterSeconds, middleSeconds, seam);
  if (reachedSeconds < middleSeconds) return reachedSeconds;
  return yield* readUnordered(list, middleSeconds, hiSeconds, seam);
}

/** `moved`: a row has gone while the window was read, and may have pulled another across the border of two pages. */
type Reading = "whole" | "moved" | "too long";

async function* readInOneQuery(
  list: TimedList,
  afterSeconds: number,
  hiSeconds: number,
  seam: Seam,
): AsyncGenerator<WindowPage, Reading, void> {
  /** Below this, a row has gone since the page before; a first page without a total is no evidence of that. */
  let leastTotal = -1;
  let rowsRead = 0;
  let isSteady = true;
  for await (const page of withinReach(list.pages(afterSeconds, hiSeconds))) {
    const total = page.total ?? -1;
    if (total > ROWS_IN_REACH) return "too long";
    isSteady &&= total >= leastTotal;
    leastTotal = Math.max(total, 0);
    rowsRead += page.rows.length;
    const throughSeconds = page.last && isSteady ? hiSeconds : afterSeconds;
    const rowsLeft = rowsLeftAfter(rowsRead, page);
    yield { rows: seam.newRows(page.rows, list, afterSeconds), throughSeconds, rowsLeft };
    if (page.last) return isSteady ? "whole" : "moved";
    if (page.deepest) break;
  }
  return "too long";
}
