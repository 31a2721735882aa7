import type { Page } from "../aircall/index.ts";
import { SecondTooFull, SourceUnavailable } from "../errors.ts";
import {
  extentOf,
  isOrdered,
  rowsLeftAfter,
  Seam,
  type TimedList,
  type Window,
  type WindowPage,
  withinReach,
} from "./timed-list.ts";
import { readUnordered } from "./unordered-window.ts";

/** `(after, until]` as state holds it, in Unix seconds. A type, since an interface is no JSON object. */
export type Span = { after: number; until: number };

export const SPAN = {
  type: "object",
  required: ["after", "until"],
  properties: { after: { type: "integer" }, until: { type: "integer" } },
} as const;

/** Enough to use up 120 requests a minute when each takes two seconds. */
export const PAGES_AHEAD = 5;

/** How often a list may move without letting a reading progress, before the reading gives up. */
const MOVES_WITHOUT_PROGRESS = 10;

/**
 * Reads `(loSeconds, hiSeconds]` whole, however many rows it holds.
 *
 *     lo                              quiet through              hi
 *     (=====================|=========|====|====|====|====|====|=]
 *          10,000 rows      ^         a page each: read on from the
 *                           |         last full second, by its value
 *                           read on from the last full second
 *
 * Where the list is quiet, a query is paged as deep as the API serves it, and begun anew after the
 * last second of which nothing can be missing: at that depth, and when the total shows that a row
 * has vanished and pulled another across the border of two pages. Where the list moves, no total
 * shows that, since a row may vanish while another appears. There each page is a query of its own:
 * it is whole as it stands, and the next one begins with the last second over again. Where the rows do
 * not come in the order of their instants, no row says how far a page has come, and `readUnordered`
 * takes over. Throws `SecondTooFull` when one second alone holds more rows than a query can reach.
 */
export async function* readWindow(
  list: TimedList,
  loSeconds: number,
  hiSeconds: number,
): AsyncGenerator<WindowPage, void, void> {
  const seam = new Seam();
  const quietSeconds = Math.min(hiSeconds, list.quietThroughSeconds);
  let afterSeconds = loSeconds;
  let idleMoves = 0;
  // Of a window that is quiet in part only, one page may be all there is.
  if (loSeconds < quietSeconds && quietSeconds < hiSeconds)
    afterSeconds = yield* readPage(list, loSeconds, hiSeconds, seam);
  while (afterSeconds < hiSeconds) {
    const reachedSeconds: number =
      afterSeconds < quietSeconds
        ? yield* readQuietly(list, afterSeconds, quietSeconds, seam)
        : yield* readPage(list, afterSeconds, hiSeconds, seam);
    idleMoves = reachedSeconds > afterSeconds ? 0 : idleMoves + 1;
    if (idleMoves > MOVES_WITHOUT_PROGRESS) {
      throw new SourceUnavailable(
        `The list of ${list.name} changes faster than it can be read; try again later.`,
      );
    }
    afterSeconds = reachedSeconds;
  }
}

/** Reads with one query as far as it is good for, and returns the second after which another has to go on. */
async function* readQuietly(
  list: TimedList,
  afterSeconds: number,
  hiSeconds: number,
  seam: Seam,
): AsyncGenerator<WindowPage, number, void> {
  const window = { afterSeconds, hiSeconds };
  let throughSeconds = afterSeconds;
  let newestSeconds = afterSeconds;
  let total: number | undefined;
  let rowsRead = 0;
  for await (const page of withinReach(list.pages(afterSeconds, hiSeconds))) {
    const hasMoved = hasMovedSince(total, page);
    if (!(await isInOrder(page, list, window, hasMoved ? afterSeconds : newestSeconds)))
      return yield* readUnordered(list, afterSeconds, hiSeconds, seam);
    total = page.total;
    rowsRead += page.rows.length;
    newestSeconds = Math.max(newestSeconds, extentOf(page.rows, list, window).newestSeconds);
    if (!hasMoved) throughSeconds = throughOf(page, newestSeconds, throughSeconds, hiSeconds);
    const rowsLeft = rowsLeftAfter(rowsRead, page);
    yield { rows: seam.newRows(page.rows, list, afterSeconds), throughSeconds, rowsLeft };
    if (hasMoved || page.last) return throughSeconds;
    if (page.deepest) break;
  }
  if (throughSeconds > afterSeconds) return throughSeconds;
  return yield* readFullSecond(list, afterSeconds, newestSeconds, hiSeconds, seam);
}

/**
 * Whether the rows of a page ascend from an instant on. A first page of one second does not show that, so
 * the list is asked for earlier rows.
 */
async function isInOrder(
  page: Page,
  list: TimedList,
  window: Window,
  sinceSeconds: number,
): Promise<boolean> {
  if (!isOrdered(page.rows, list, window, sinceSeconds)) return false;
  const { oldestSeconds, newestSeconds } = extentOf(page.rows, list, window);
  if (page.number > 1 || page.last || oldestSeconds < newestSeconds) return true;
  if (newestSeconds - 1 <= window.afterSeconds) return true;
  for await (const earlier of list.pages(window.afterSeconds, newestSeconds - 1))
    return earlier.rows.length === 0;
  return true;
}

/** One second fills a query: narrows the query to it. */
async function* readFullSecond(
  list: TimedList,
  afterSeconds: number,
  seconds: number,
  hiSeconds: number,
  seam: Seam,
): AsyncGenerator<WindowPage, number, void> {
  if (seconds === hiSeconds) throw new SecondTooFull(list.name, seconds);
  return yield* readQuietly(list, afterSeconds, seconds, seam);
}

/** The second up to which a window is read with this page, and which was `readSeconds` before it. */
function throughOf(page: Page, newestSeconds: number, readSeconds: number, hiSeconds: number): number {
  return page.last ? hiSeconds : Math.max(readSeconds, newestSeconds - 1);
}

/** Whether rows have come or gone since the page before. Without a total we must assume that they have. */
function hasMovedSince(total: number | undefined, page: Page): boolean {
  return page.number > 1 && (total === undefined || page.total !== total);
}

/**
 * Reads one page, and returns the second that it is good for. Only a second that fills the page is
 * paged through, alone, so that nothing but its own rows can move under the reading. A row that is
 * corrected to the next second lies ahead; one that is corrected backwards, behind what is read,
 * is for the next reading of the window.
 */
async function* readPage(
  list: TimedList,
  afterSeconds: number,
  hiSeconds: number,
  seam: Seam,
): AsyncGenerator<WindowPage, number, void> {
  const window = { afterSeconds, hiSeconds };
  for await (const page of list.pages(afterSeconds, hiSeconds)) {
    if (!page.last && !(await isInOrder(page, list, window, afterSeconds)))
      return yield* readUnordered(list, afterSeconds, hiSeconds, seam);
    const { newestSeconds } = extentOf(page.rows, list, window);
    const throughSeconds = throughOf(page, newestSeconds, afterSeconds, hiSeconds);
    const rowsLeft = rowsLeftAfter(page.rows.length, page);
    yield { rows: seam.newRows(page.rows, list, afterSeconds), throughSeconds, rowsLeft };
    if (throughSeconds > afterSeconds) return throughSeconds;
    if (newestSeconds > afterSeconds) return yield* readSecond(list, afterSeconds, newestSeconds, seam);
  }
  return afterSeconds;
}

/** Pages through a second that moves, again and again until a reading finds no new row. */
async function* readSecond(
  list: TimedList,
  afterSeconds: number,
  seconds: number,
  seam: Seam,
): AsyncGenerator<WindowPage, number, void> {
  for (let readings = 0; readings <= MOVES_WITHOUT_PROGRESS; readings++) {
    let isNew = false;
    let reachedSeconds = afterSeconds;
    for await (const page of readQuietly(list, afterSeconds, seconds, seam)) {
      isNew ||= page.rows.length > 0;
      reachedSeconds = page.throughSeconds;
      yield { ...page, throughSeconds: afterSeconds };
    }
    if (isNew || reachedSeconds < seconds) continue;
    yield { rows: [], throughSeconds: seconds, rowsLeft: 0 };
    return seconds;
  }
  return afterSeconds;
}
