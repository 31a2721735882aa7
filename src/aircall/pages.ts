import { BeyondReach, ListTooLong, UnexpectedAnswer } from "../errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../shared/json.ts";
import { type Endpoint, type Query, ROWS_IN_REACH, ROWS_PER_PAGE } from "./endpoint.ts";

/** One answer of a list. */
export interface Page {
  /** Counts from 1. */
  readonly number: number;
  readonly rows: readonly Json[];
  /** How many rows the whole list has, as the API counted them for this page; it moves while one pages. */
  readonly total: number | undefined;
  /** Nothing follows this page. */
  readonly last: boolean;
  /** The API serves nothing beyond this page, whether something follows it or not. */
  readonly deepest: boolean;
}

type Get = (query: Query) => Promise<JsonObject>;

/**
 * The pages of a list. Each is asked for when it is pulled, or when the page `ahead` of it is; the
 * first two always wait for that, since many a reading needs no more than one.
 *
 * The links in the answers only tell whether a page follows; the next query is always made from
 * our own parameters, since not every version of the API repeats them in its links. Throws
 * `ListTooLong` when something follows the deepest page, or when the API refuses one as too deep, and `UnexpectedAnswer` when the API
 * answers another page than the one asked for.
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
  const asked = new AskedPages((number) => get({ ...query, page: number, per_page: ROWS_PER_PAGE }), ahead);
  let previous: Page | undefined;
  do {
    if (previous?.deepest) throw new ListTooLong(endpoint.path, ROWS_IN_REACH);
    const number: number = (previous?.number ?? 0) + 1;
    const page = readPage(
      await asked.page(number, previous?.total).catch(tooDeep(endpoint, number)),
      endpoint,
      number,
    );
    if (previous && repeats(previous, page)) {
      throw new UnexpectedAnswer(
        `Aircall answered page ${number} of ${endpoint.path} with the rows of the page before.`,
      );
    }
    yield page;
    previous = page;
  } while (!previous.last);
}

/** Turns `BeyondReach` for page n into `ListTooLong`: n − 1 pages could be reached. */
function tooDeep(endpoint: Endpoint, number: number): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof BeyondReach) || number === 1) throw error;
    throw new ListTooLong(endpoint.path, (number - 1) * ROWS_PER_PAGE);
  };
}

/** Asks for pages before they are needed, as far as the list is known to go. */
class AskedPages {
  readonly #ask: (number: number) => Promise<JsonObject>;
  readonly #ahead: number;
  readonly #answers = new Map<number, Promise<JsonObject>>();

  constructor(ask: (number: number) => Promise<JsonObject>, ahead: number) {
    this.#ask = ask;
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
    const answer = this.#answers.get(number) ?? this.#ask(number);
    // Nobody may ever pull it: then its failure is nobody's.
    answer.catch(() => {});
    this.#answers.set(number, answer);
    return answer;
  }
}

function readPage(body: JsonObject, endpoint: Endpoint, number: number): Page {
  const rows = body[endpoint.bodyKey];
  if (!Array.isArray(rows)) {
    throw new UnexpectedAnswer(
      `Aircall answered ${endpoint.path} with a "${endpoint.bodyKey}" that is no list.`,
    );
  }
  if (rows.length > ROWS_PER_PAGE) {
    throw new UnexpectedAnswer(
      `Aircall answered ${endpoint.path} with ${rows.length} rows, where a page has ${ROWS_PER_PAGE}.`,
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
 * A link settles it either way, even after an empty page. `/v1/webhooks` has no link keys at all:
 * there, and where the link is none, the count decides, and without a count a short page is the last.
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
