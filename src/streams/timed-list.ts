import type { Page } from "../aircall/index.ts";
import { ListTooLong, UnexpectedAnswer } from "../errors.ts";
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
  readonly secondsOf: (row: Json) => number | undefined;
  /** Warns of an answer that contradicts the API, once for each topic. */
  readonly report: (topic: string, sentence: string) => void;
}

/** How many rows of a window are still to come after so many, as far as the API counts them. */
export function rowsLeftAfter(rowsRead: number, { total = 0 }: Page): number {
  return Math.max(0, total - rowsRead);
}

/** `(afterSeconds, hiSeconds]`, in Unix seconds. The API may include the first second. */
export interface Window {
  readonly afterSeconds: number;
  readonly hiSeconds: number;
}

export interface WindowPage {
  /** Rows in the list's order. A row is repeated only where the list has moved while it was read. */
  readonly rows: readonly Json[];
  /** All rows of the window up to this second have been yielded: a reading may be resumed after it. */
  readonly throughSeconds: number;
  /** How many rows of the window are still to come, as the API counts them at the moment. */
  readonly rowsLeft: number;
}

/** The pages up to the first that the API refuses as too deep, be that earlier than it used to be. */
export async function* withinReach(pages: AsyncIterable<Page>): AsyncGenerator<Page> {
  try {
    yield* pages;
  } catch (error) {
    if (!(error instanceof ListTooLong)) throw error;
  }
}

/** Whether the instants of the rows ascend from an instant on, but for rows outside of the window. */
export function isOrdered(
  rows: readonly Json[],
  list: TimedList,
  window: Window,
  sinceSeconds: number,
): boolean {
  const within = rows.map(list.secondsOf).filter((seconds) => isWithin(seconds, window));
  return within.every((seconds, index) => seconds >= (within[index - 1] ?? sinceSeconds));
}

function isWithin(seconds: number | undefined, { afterSeconds, hiSeconds }: Window): seconds is number {
  return seconds !== undefined && seconds >= afterSeconds && seconds <= hiSeconds;
}

/**
 * The first and the last second of the rows, which are to lie within the window: one that does not is given, and moves
 * no cursor. Throws `UnexpectedAnswer` when none of many does, since the API then heeds no window.
 */
export function extentOf(rows: readonly Json[], list: TimedList, window: Window): Extent {
  const known = rows.map(list.secondsOf).filter((seconds) => seconds !== undefined);
  const within = known.filter((seconds) => isWithin(seconds, window));
  if (known.length >= MIN_ROWS_TO_SUSPECT_API && within.length === 0) {
    throw new UnexpectedAnswer(`Aircall answered with ${list.name} of other times than those asked for.`);
  }
  return {
    oldestSeconds: Math.min(...within),
    newestSeconds: Math.max(window.afterSeconds, ...within),
  };
}

/** `oldestSeconds` is infinite, and `newestSeconds` the beginning of the window, where no row lies within it. */
export interface Extent {
  readonly oldestSeconds: number;
  readonly newestSeconds: number;
}

/** Remembers the rows of the second at which the next query begins, which returns them again. */
export class Seam {
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
