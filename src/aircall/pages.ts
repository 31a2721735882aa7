import { AnswerTooLarge, BeyondReach, ListTooLong, UnexpectedAnswer } from "../errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../shared/json.ts";
import { type Endpoint, type Query, ROWS_IN_REACH, ROWS_PER_PAGE } from "./endpoint.ts";
import { FIRST_PLACE, following, nameOf, narrowed, type Place } from "./places.ts";

/** More rows in a row that are each larger than an answer may be are no fault of the rows. */
const MOST_TOO_LARGE_IN_A_ROW = 3;

/** One answer of a list. */
export interface Page {
  /** Counts from 1. */
  readonly number: number;
  /** With null for a row that is too large to be read. */
  readonly rows: readonly Json[];
  /** The number of rows in the whole list. The API counts them for each page, so the number changes when the list does. */
  readonly total: number | undefined;
  /** Whether this is the last page of the list. */
  readonly last: boolean;
  /** Whether the API serves no page after this one, even if the list has more rows. */
  readonly deepest: boolean;
}

/** Warns of an answer that contradicts the API. Only the first report of a topic is logged. */
export type Report = (topic: string, sentence: string) => void;

export interface PagesOptions {
  /** Resolves to the body of the answer. */
  readonly get: (query: Query) => Promise<JsonObject>;
  readonly report: Report;
  readonly endpoint: Endpoint;
  readonly query: Query;
  /** How many pages are requested before they are pulled. */
  readonly ahead: number;
}

/**
 * Reads the pages of a list. Pulling a page also requests up to `ahead` pages after it, as far as the
 * list is known to go. The first two pages are requested only when they are pulled, because many
 * reads need only one.
 *
 * The links in the answers only show whether another page follows. Each query is made from the given
 * parameters, since not every version of the API repeats them in its links. A page that is too large is
 * read in smaller ones. Throws `ListTooLong` if the list goes on after the deepest page or the API
 * refuses a page as too deep, and `UnexpectedAnswer` if an answer is not the requested page.
 */
export async function* readPages(options: PagesOptions): AsyncGenerator<Page, void, void> {
  const { get, endpoint, query } = options;
  if (endpoint.holds === "one") {
    const body = await get(query);
    yield { number: 1, rows: [body[endpoint.bodyKey] ?? null], total: 1, last: true, deepest: false };
    return;
  }
  yield* new ListReading(options).pages();
}

/** One reading of a list from its beginning. */
class ListReading {
  readonly #options: PagesOptions;
  readonly #requested: RequestedPages;
  #place = FIRST_PLACE;
  #previous: Page | undefined;
  /** The last answer has a link to the next page. */
  #isLinked = false;
  #rowsServed = 0;
  #tooLargeInARow = 0;

  constructor(options: PagesOptions) {
    this.#options = options;
    this.#requested = new RequestedPages(
      ({ page, rows }) => options.get({ ...options.query, page, per_page: rows }),
      options.ahead,
    );
  }

  async *pages(): AsyncGenerator<Page, void, void> {
    const { path } = this.#options.endpoint;
    while (!this.#previous?.last) {
      if (this.#previous?.deepest) throw new ListTooLong(path, ROWS_IN_REACH);
      const page = await this.#next();
      if (!page) continue;
      // A reader may pull no further than the last page.
      if (page.last) this.#compareWithTotal(page);
      yield page;
      this.#previous = page;
    }
  }

  /** The next page; `undefined` when it is too large, and a smaller one is to be read in its place. */
  async #next(): Promise<Page | undefined> {
    const place = this.#place;
    try {
      const body = await this.#requested.page(place, this.#previous?.total).catch(this.#tooDeep);
      this.#tooLargeInARow = 0;
      return this.#take(rowsOf(body, this.#options.endpoint), isJsonObject(body.meta) ? body.meta : {});
    } catch (error) {
      if (!(error instanceof AnswerTooLarge)) throw error;
      const smaller = narrowed(place);
      if (!smaller) return this.#skipRow(error);
      this.#place = smaller;
      return undefined;
    }
  }

  #take(rows: readonly Json[], meta: JsonObject): Page {
    const isRepeated = this.#previous !== undefined && repeats(this.#previous.rows, rows);
    if (isRepeated && this.#isLinked) {
      throw new UnexpectedAnswer(
        `Aircall answered page ${this.#place.page} of ${this.#options.endpoint.path} with the rows of the previous page.`,
      );
    }
    // Only the count promised this page, and the list has none: it ends short of its count.
    const newRows = isRepeated ? [] : rows;
    this.#rowsServed += newRows.length;
    const page = this.#page(newRows, isCount(meta.total) ? meta.total : undefined, meta);
    this.#isLinked = typeof meta.next_page_link === "string";
    this.#place = following(this.#place);
    return page;
  }

  /** The row that is too large by itself, as null. Many of them in a row are a fault of the API. */
  #skipRow(error: AnswerTooLarge): Page {
    this.#tooLargeInARow += 1;
    if (this.#tooLargeInARow > MOST_TOO_LARGE_IN_A_ROW) throw error;
    const { path } = this.#options.endpoint;
    const { page } = this.#place;
    const neighbour = idOf(this.#previous?.rows.at(-1) ?? null);
    const place = neighbour === undefined ? "" : `, which comes after ID ${neighbour},`;
    this.#options.report(
      `row ${path} ${page} ${neighbour}`,
      `Row ${page} of ${path}${place} is skipped: ${error.message}`,
    );
    this.#rowsServed += 1;
    const skipped = this.#page([null], this.#previous?.total, { next_page_link: "unknown" });
    this.#place = following(this.#place);
    return skipped;
  }

  #page(rows: readonly Json[], total: number | undefined, meta: JsonObject): Page {
    const next = following(this.#place);
    return {
      number: (this.#previous?.number ?? 0) + 1,
      rows,
      total,
      last: !this.#hasNext(rows.length, total, meta),
      deepest: next.page * next.rows > ROWS_IN_REACH,
    };
  }

  /**
   * A link leads on, and so does a count of more rows than were served: `/v1/webhooks` has no links, and a
   * link may be missing where a page is shorter than was asked for. Without a count, a short page is the
   * last one. After an empty page only a link leads on, once, and not beyond the count.
   */
  #hasNext(rowCount: number, total: number | undefined, meta: JsonObject): boolean {
    const link = meta.next_page_link;
    const hasLink = typeof link === "string";
    const isServed = total !== undefined && this.#rowsServed >= total;
    if (rowCount === 0) return hasLink && !isServed && this.#previous?.rows.length !== 0;
    if (hasLink) return true;
    if (total !== undefined) return !isServed;
    const perPage = isCount(meta.per_page) && meta.per_page > 0 ? meta.per_page : ROWS_PER_PAGE;
    return link !== null && rowCount >= Math.min(perPage, this.#place.rows);
  }

  /** Turns `BeyondReach` of a page into `ListTooLong`: the pages before it were within reach. */
  readonly #tooDeep = (error: unknown): never => {
    const { page, rows } = this.#place;
    if (!(error instanceof BeyondReach) || page === 1) throw error;
    throw new ListTooLong(this.#options.endpoint.path, (page - 1) * rows);
  };

  #compareWithTotal({ total = 0 }: Page): void {
    const { path } = this.#options.endpoint;
    if (this.#rowsServed >= total) return;
    this.#options.report(
      `total ${path}`,
      `Aircall counts ${total} rows of ${path} and has listed ${this.#rowsServed}: the others are not captured, and none of them counts as deleted.`,
    );
  }
}

/** Requests pages before they are pulled, as far as the list is known to go. */
class RequestedPages {
  readonly #request: (place: Place) => Promise<JsonObject>;
  readonly #ahead: number;
  readonly #answers = new Map<string, Promise<JsonObject>>();

  constructor(request: (place: Place) => Promise<JsonObject>, ahead: number) {
    this.#request = request;
    this.#ahead = ahead;
  }

  page(place: Place, total: number | undefined): Promise<JsonObject> {
    const { page, rows } = place;
    const pages = Math.ceil(Math.min(total ?? 0, ROWS_IN_REACH) / rows);
    const answer = this.#answer(place);
    for (let next = page + 1; next <= Math.min(page + this.#ahead, pages); next++)
      this.#answer({ page: next, rows });
    this.#answers.delete(nameOf(place));
    return answer;
  }

  #answer(place: Place): Promise<JsonObject> {
    const answer = this.#answers.get(nameOf(place)) ?? this.#request(place);
    // The page may never be pulled. Its failure must not count as an unhandled rejection then.
    answer.catch(() => {});
    this.#answers.set(nameOf(place), answer);
    return answer;
  }
}

function rowsOf(body: JsonObject, { path, bodyKey }: Endpoint): readonly Json[] {
  const rows = body[bodyKey];
  if (!Array.isArray(rows)) {
    throw new UnexpectedAnswer(`Aircall answered ${path} with a "${bodyKey}" that is not a list.`);
  }
  if (rows.length > ROWS_PER_PAGE) {
    throw new UnexpectedAnswer(
      `Aircall answered ${path} with ${rows.length} rows, but a page has at most ${ROWS_PER_PAGE}.`,
    );
  }
  return rows;
}

function isCount(value: Json | undefined): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function repeats(previous: readonly Json[], rows: readonly Json[]): boolean {
  const ids = rows.map(idOf);
  return ids.length > 0 && !ids.includes(undefined) && sameList(previous.map(idOf), ids);
}

function idOf(row: Json): Json | undefined {
  return isJsonObject(row) ? row.id : undefined;
}

function sameList(left: readonly unknown[], right: readonly unknown[]): boolean {
  return left.length === right.length && left.every((value, index) => value === right[index]);
}
