import type { Page } from "../../src/aircall/index.ts";
import { ListTooLong } from "../../src/errors.ts";
import type { Json } from "../../src/shared/json.ts";
import type { TimedList } from "../../src/streams/timed-list.ts";

export type Row = { id: number; at: number };

const ROWS_PER_PAGE = 3;
export const DEEPEST_PAGE = 4;
export const ROWS_IN_REACH = ROWS_PER_PAGE * DEEPEST_PAGE;

export const idOf = (row: Json) => (row as Row).id;

interface ListOptions {
  readonly quietThrough?: number;
  /** Whether the list takes the bound `after` as part of the window. */
  readonly isFromIncluded?: boolean;
  /** The first page that is refused as too deep, though nothing has told so before. */
  readonly refusedPage?: number;
  /** Whether an answer tells how many rows there are. */
  readonly tellsTotal?: boolean;
  /** The order of the rows that an answer has; ascending unless it is given. */
  readonly order?: (left: Row, right: Row) => number;
  /** May change the rows under a reading. */
  readonly beforePage?: (list: SmallList) => void;
}

/** A list with an API's cap, only a smaller one. */
export class SmallList implements TimedList {
  readonly name = "rows";
  rows: Row[];
  pagesServed = 0;
  readonly quietThroughSeconds: number;
  readonly #isFromIncluded: boolean;
  readonly #refusedPage: number;
  readonly #tellsTotal: boolean;
  readonly #beforePage: (list: SmallList) => void;
  readonly #order: ((left: Row, right: Row) => number) | undefined;

  constructor(rows: Row[], options: ListOptions = {}) {
    this.rows = rows;
    this.quietThroughSeconds = options.quietThrough ?? Infinity;
    this.#isFromIncluded = options.isFromIncluded ?? false;
    this.#refusedPage = options.refusedPage ?? Infinity;
    this.#tellsTotal = options.tellsTotal ?? true;
    this.#order = options.order;
    this.#beforePage = options.beforePage ?? (() => {});
  }

  within(after: number, through: number): Row[] {
    const found = this.rows.filter(({ at }) => at > after && at <= through);
    return found.sort((left, right) => left.at - right.at || left.id - right.id);
  }

  async *pages(after: number, through: number): AsyncGenerator<Page> {
    for (let number = 1; ; number++) {
      if (number > DEEPEST_PAGE) throw new Error(`page ${number} is beyond the cap`);
      if (number >= this.#refusedPage) throw new ListTooLong("/rows", (number - 1) * ROWS_PER_PAGE);
      this.#beforePage(this);
      this.pagesServed += 1;
      const found = this.within(this.#isFromIncluded ? after - 1 : after, through);
      if (this.#order) found.sort(this.#order);
      const rows = found.slice((number - 1) * ROWS_PER_PAGE, number * ROWS_PER_PAGE);
      const last = number * ROWS_PER_PAGE >= found.length;
      const total = this.#tellsTotal ? found.length : undefined;
      yield { number, rows, total, last, deepest: number === DEEPEST_PAGE };
      if (last) return;
    }
  }

  readonly reports: string[] = [];
  report = (_: string, sentence: string): void => {
    this.reports.push(sentence);
  };

  secondsOf = (row: Json): number => (row as Row).at;
}

export const sortedIds = (rows: readonly Json[]) => rows.map(idOf).sort((left, right) => left - right);
