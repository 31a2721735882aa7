import type { Page } from "../aircall/index.ts";
import { SecondTooFull, SourceUnavailable } from "../errors.ts";
import { isJsonObject, type Json } from "../shared/json.ts";

/** A list in ascending order of an instant that never changes by more than a second. */
export interface TimedList {
  readonly name: string;
  /** The rows whose instant lies in `(afterSeconds, throughSeconds]`, oldest first; Unix seconds. */
  pages(afterSeconds: number, throughSeconds: number): AsyncIterable<Page>;
  /** `undefined` for a row that cannot be used. */
  secondsOf(row: Json): number | undefined;
}

export interface WindowPage {
  /** Rows in the list's order. One is given twice only where the list has moved under the reading. */
  readonly rows: readonly Json[];
  /** All rows of the window up to this second have been given: a reading may be resumed after it. */
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

/** How often a list may move under a reading that gets no further, before the reading gives up. */
const MOVES_WITHOUT_PROGRESS = 10;

/**
 * Reads `(loSeconds, hiSeconds]` whole, however many rows it holds.
 *
 *     lo                                                        hi
 *     (=====================|=====================|=============]
 *          10,000 rows      ^ read on from the last full second,
 *                             by its value
 *
 * A query is paged no deeper than the API serves it. There, and whenever the list's total moves (a
 * row that vanished has pulled another across the border of two pages), the reading starts a new
 * query after the last second of which nothing can be missing. Throws `SecondTooFull` when one
 * second alone holds more rows than a query can reach.
 */
export async function* readWindow(
  list: TimedList,
  loSeconds: number,
  hiSeconds: number,
): AsyncGenerator<WindowPage, void, void> {
  const seam = new Seam();
  let afterSeconds = loSeconds;
  let idleMoves = 0;
  while (afterSeconds < hiSeconds) {
    const reachedSeconds: number = yield* readQuery(list, afterSeconds, hiSeconds, seam);
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
async function* readQuery(
  list: TimedList,
  afterSeconds: number,
  hiSeconds: number,
  seam: Seam,
): AsyncGenerator<WindowPage, number, void> {
  let throughSeconds = afterSeconds;
  let newestSeconds = afterSeconds;
  let total: number | undefined;
  let rowsRead = 0;
  for await (const page of list.pages(afterSeconds, hiSeconds)) {
    const hasMoved = page.number > 1 && page.total !== total;
    total = page.total;
    rowsRead += page.rows.length;
    newestSeconds = Math.max(newestSeconds, ...secondsOfAll(page.rows, list));
    if (!hasMoved) throughSeconds = page.last ? hiSeconds : Math.max(throughSeconds, newestSeconds - 1);
    const rowsLeft = Math.max(0, (total ?? 0) - rowsRead);
    yield { rows: seam.newRows(page.rows, list), throughSeconds, rowsLeft };
    if (hasMoved || page.last) return throughSeconds;
    if (page.deepest) break;
  }
  if (throughSeconds > afterSeconds) return throughSeconds;
  if (newestSeconds === hiSeconds) throw new SecondTooFull(list.name, newestSeconds);
  return yield* readQuery(list, afterSeconds, newestSeconds, seam);
}

function secondsOfAll(rows: readonly Json[], list: TimedList): number[] {
  return rows.map((row) => list.secondsOf(row)).filter((seconds) => seconds !== undefined);
}

/** Remembers the rows of the newest second, which a query that reads on from there meets again. */
class Seam {
  #seconds = -Infinity;
  readonly #ids = new Set<Json>();

  newRows(rows: readonly Json[], list: TimedList): Json[] {
    return rows.filter((row) => {
      const seconds = list.secondsOf(row);
      if (seconds === undefined || !isJsonObject(row)) return true;
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
