import { BeyondReach, ListTooLong, UnexpectedAnswer } from "../errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../shared/json.ts";
import { type Endpoint, type Query, ROWS_IN_REACH, ROWS_PER_PAGE } from "./endpoint.ts";

/** One answer of a list. */
export interface Page {
  /** Counts from 1. */
  readonly number: number;
  readonly rows: readonly Json[];
  /** The number of rows in the whole list. The API counts them for each page, so the number changes when the list does. */
  readonly total: number | undefined;
  /** Whether this is the last page of the list. */
  readonly last: boolean;
  /** Whether the API serves no page after this one, even if the list has more rows. */
  readonly deepest: boolean;
}

type Get = (query: Query) => Promise<JsonObject>;

/**
 * Reads the pages of a list. Pulling a page also requests up to `ahead` pages after it, as far as the
 * list is known to go. The first two pages are requested only when they are pulled, because many
 * reads need only one.
 *
 * The links in the answers only show whether another page follows. Each query is made from the given
 * parameters, since not every version of the API repeats them in its links. Throws `ListTooLong` if
 * the list goes on after the deepest page or the API refuses a page as too deep, and
 * `UnexpectedAnswer` if an answer is not the requested page.
 */
export async function* readPages(
  get: Get,
  endpoint: Endpoint,
  query: Query,
  ahead = 0,
): AsyncGenerator<Page, void, void> {
  if (endpoint.holds === "one") {
    const body = await get(query);
    yield { number: 1, rows: [body[endpoint.bodyKey] ?? null], total: 1, last: true, deepest: false };
    return;
  }
  const requested = new RequestedPages(
    (number) => get({ ...query, page: number, per_page: ROWS_PER_PAGE }),
    ahead,
  );
  let previous: Page | undefined;
  do {
    if (previous?.deepest) throw new ListTooLong(endpoint.path, ROWS_IN_REACH);
    const number: number = (previous?.number ?? 0) + 1;
    const page = readPage(
      await requested.page(number, previous?.total).catch(tooDeep(endpoint, number)),
      endpoint,
      number,
    );
    if (previous && repeats(previous, page)) {
      throw new UnexpectedAnswer(
        `Aircall answered page ${number} of ${endpoint.path} with the rows of the previous page.`,
      );
    }
    yield page;
    previous = page;
  } while (!previous.last);
}

/** Turns `BeyondReach` for page `number` into `ListTooLong`: the pages before it were within reach. */
function tooDeep(endpoint: Endpoint, number: number): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof BeyondReach) || number === 1) throw error;
    throw new ListTooLong(endpoint.path, (number - 1) * ROWS_PER_PAGE);
  };
}

/** Requests pages before they are pulled, as far as the list is known to go. */
class RequestedPages {
  readonly #request: (number: number) => Promise<JsonObject>;
  readonly #ahead: number;
  readonly #answers = new Map<number, Promise<JsonObject>>();

  constructor(request: (number: number) => Promise<JsonObject>, ahead: number) {
    this.#request = request;
    this.#ahead = ahead;
  }

  page(number: number, total: number | undefined): Promise<JsonObject> {
    const pages = Math.ceil(Math.min(total ?? 0, ROWS_IN_REACH) / ROWS_PER_PAGE);
    const answer = this.#answer(number);
    for (let next = number + 1; next <= Math.min(number + this.#ahead, pages); next++) this.#answer(next);
    this.#answers.delete(number);
    return answer;
  }

  #answer(number: number): Promise<JsonObject> {
    const answer = this.#answers.get(number) ?? this.#request(number);
    // The page may never be pulled. Its failure must not count as an unhandled rejection then.
    answer.catch(() => {});
    this.#answers.set(number, answer);
    return answer;
  }
}

function readPage(body: JsonObject, endpoint: Endpoint, number: number): Page {
  const rows = body[endpoint.bodyKey];
  if (!Array.isArray(rows)) {
    throw new UnexpectedAnswer(
      `Aircall answered ${endpoint.path} with a "${endpoint.bodyKey}" that is not a list.`,
    );
  }
  if (rows.length > ROWS_PER_PAGE) {
    throw new UnexpectedAnswer(
      `Aircall answered ${endpoint.path} with ${rows.length} rows, but a page has at most ${ROWS_PER_PAGE}.`,
    );
  }
  const meta = isJsonObject(body.meta) ? body.meta : {};
  const total = isCount(meta.total) ? meta.total : undefined;
  const deepest = (number + 1) * ROWS_PER_PAGE > ROWS_IN_REACH;
  return { number, rows, total, last: !hasNext(meta, number, rows.length, total), deepest };
}

function isCount(value: Json | undefined): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/**
 * A link, or null in its place, decides, even after an empty page. `/v1/webhooks` has no links: there,
 * and for a link of any other type, the count decides. Without a count, a short page is the last one.
 */
function hasNext(meta: JsonObject, number: number, rowCount: number, total: number | undefined): boolean {
  const link = meta.next_page_link;
  if (typeof link === "string" || link === null) return link !== null;
  return total === undefined ? rowCount === ROWS_PER_PAGE : number * ROWS_PER_PAGE < total;
}

function repeats(previous: Page, page: Page): boolean {
  const ids = page.rows.map(idOf);
  return ids.length > 0 && !ids.includes(undefined) && sameList(previous.rows.map(idOf), ids);
}

function idOf(row: Json): Json | undefined {
  return isJsonObject(row) ? row.id : undefined;
}

function sameList(left: readonly unknown[], right: readonly unknown[]): boolean {
  return left.length === right.length && left.every((value, index) => value === right[index]);
}
