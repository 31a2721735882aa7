import type { Page } from "../aircall/index.ts";
import { ListTooLong, SecondTooFull, SourceUnavailable, UnexpectedAnswer } from "../errors.ts";
import { isJsonObject, type Json } from "../shared/json.ts";
import { MIN_ROWS_TO_SUSPECT_API } from "./rows.ts";

/** A list in ascending order of an instant. */
export interface TimedList {
  readonly name: string;
  /**
   * Rows of up to this second stay where they are, or vanish. Later ones may also appear late, and
   * their instant may be corrected, so that they change places. Unix seconds.
   */
  readonly quietThroughSeconds: number;
  /** The rows whose instant lies in `(afterSeconds, throughSeconds]`, oldest first; Unix seconds. */
  pages(afterSeconds: number, throughSeconds: number): AsyncIterable<Page>;
  /** `undefined` for a row that cannot be used. */
  secondsOf(row: Json): number | undefined;
}

export interface WindowPage {
  /** Rows in the list's order. A row is repeated only where the list has moved while it was read. */
  readonly rows: readonly Json[];
  /** All rows of the window up to this second have been yielded: a reading may be resumed after it. */
  readonly throughSeconds: number;
  /** How many rows of the window are still to come, as the API counts them at the moment. */
  readonly rowsLeft: number;
}

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
 * it is whole as it stands, and the next one begins with the last second over again. Throws
 * `SecondTooFull` when one second alone holds more rows than a query can reach.
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
  let throughSeconds = afterSeconds;
  let newestSeconds = afterSeconds;
  let total: number | undefined;
  let rowsRead = 0;
  for await (const page of withinReach(list.pages(afterSeconds, hiSeconds))) {
    const hasMoved = hasMovedSince(total, page);
    total = page.total;
    rowsRead += page.rows.length;
    newestSeconds = Math.max(newestSeconds, newestWithin(page.rows, list, afterSeconds, hiSeconds));
    if (!hasMoved) throughSeconds = page.last ? hiSeconds : Math.max(throughSeconds, newestSeconds - 1);
    const rowsLeft = Math.max(0, (total ?? 0) - rowsRead);
    yield { rows: seam.newRows(page.rows, list, afterSeconds), throughSeconds, rowsLeft };
    if (hasMoved || page.last) return throughSeconds;
    if (page.deepest) break;
  }
  if (throughSeconds > afterSeconds) return throughSeconds;
  if (newestSeconds === hiSeconds) throw new SecondTooFull(list.name, newestSeconds);
  // One second fills the query: narrow the query to it.
  return yield* readQuietly(list, afterSeconds, newestSeconds, seam);
}

/** Whether rows have come or gone since the page before. Without a total we must assume that they have. */
function hasMovedSince(total: number | undefined, page: Page): boolean {
  return page.number > 1 && (total === undefined || page.total !== total);
}

/** The pages up to the first that the API refuses as too deep, be that earlier than it used to be. */
async function* withinReach(pages: AsyncIterable<Page>): AsyncGenerator<Page> {
  try {
    yield* pages;
  } catch (error) {
    if (!(error instanceof ListTooLong)) throw error;
  }
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
  for await (const page of list.pages(afterSeconds, hiSeconds)) {
    const newestSeconds = newestWithin(page.rows, list, afterSeconds, hiSeconds);
    const throughSeconds = page.last ? hiSeconds : Math.max(afterSeconds, newestSeconds - 1);
    const rowsLeft = Math.max(0, (page.total ?? 0) - page.number * page.rows.length);
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

/**
 * The latest second of the rows, which are to lie within the window: one that does not is given, and moves
 * no cursor. Throws `UnexpectedAnswer` when none of many does, since the API then heeds no window.
 */
function newestWithin(
  rows: readonly Json[],
  list: TimedList,
  afterSeconds: number,
  hiSeconds: number,
): number {
  const known = rows.map((row) => list.secondsOf(row)).filter((seconds) => seconds !== undefined);
  const within = known.filter((seconds) => seconds >= afterSeconds && seconds <= hiSeconds);
  if (known.length >= MIN_ROWS_TO_SUSPECT_API && within.length === 0) {
    throw new UnexpectedAnswer(`Aircall answered with ${list.name} of other times than those asked for.`);
  }
  return Math.max(afterSeconds, ...within);
}

/** Remembers the rows of the second at which the next query begins, which returns them again. */
class Seam {
  #seconds = -Infinity;
  readonly #ids = new Set<Json>();

  /** The rows after `afterSeconds`; the bound itself is met again should the API take it as included. */
  newRows(rows: readonly Json[], list: TimedList, afterSeconds: number): Json[] {
    return rows.filter((row) => {
      const seconds = list.secondsOf(row);
      if (seconds === undefined || !isJsonObject(row)) return true;
      if (seconds === afterSeconds) return false;
      if (seconds > this.#seconds) {
        this.#seconds = seconds;
        this.#ids.clear();
      }
      const isNew = seconds < this.#seconds || !this.#ids.has(row.id ?? null);
      if (seconds === this.#seconds) this.#ids.add(row.id ?? null);
      return isNew;
    });
  }
}
