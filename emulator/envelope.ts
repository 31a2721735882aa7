import type { Context } from "hono";

/** The rows that a query matches, in ascending order. Each row is rendered on demand. */
export interface Selection {
  readonly total: number;
  row(position: number): unknown;
}

const DEFAULT_PER_PAGE = 20;
const LARGEST_PER_PAGE = 50;

/** The limit of `page * per_page`, on every list and however few rows the list has. */
const DEEPEST_POSITION = 10_000;

/** The body of the 400 for a page beyond the limit, as seen on a live account. */
const OUT_OF_BOUND = {
  error: "Bad Request",
  data: null,
  message: "BAD_REQUEST",
  errors:
    "Your query is limited to 10k results and pagination is out of bound, please use timestamps or other filters.",
  troubleshoot: "BAD_REQUEST",
  success: false,
};

interface Page {
  number: number;
  size: number;
}

/** The properties of a list, apart from its rows. */
export interface ListShape {
  /** The property of the body that contains the rows. */
  key: string;
  /** False if the list ignores `order`. */
  ordered: boolean;
  /** False if `meta` has no link keys. */
  linked: boolean;
}

/** Answers with one page of a selection in Aircall's envelope, or with the 400 for a page beyond the limit. */
export function answerPage(context: Context, shape: ListShape, selection: Selection): Response {
  const page = requestedPage(context);
  if (page.number * page.size > DEEPEST_POSITION) return context.json(OUT_OF_BOUND, 400);
  const descending = shape.ordered && context.req.query("order") === "desc";
  const rows = rowsOf(selection, page, descending);
  const meta = {
    count: rows.length,
    total: selection.total,
    current_page: page.number,
    per_page: page.size,
    ...(shape.linked ? links(context.req.url, page, selection.total) : {}),
  };
  return context.json({ meta, [shape.key]: rows });
}

function requestedPage(context: Context): Page {
  const number = wholeNumber(context.req.query("page")) ?? 1;
  const size = wholeNumber(context.req.query("per_page")) ?? DEFAULT_PER_PAGE;
  return { number: Math.max(1, number), size: Math.min(Math.max(1, size), LARGEST_PER_PAGE) };
}

function rowsOf(selection: Selection, page: Page, descending: boolean): unknown[] {
  const first = (page.number - 1) * page.size;
  const count = Math.max(0, Math.min(page.size, selection.total - first));
  return Array.from({ length: count }, (_, offset) => {
    const position = first + offset;
    return selection.row(descending ? selection.total - 1 - position : position);
  });
}

/** Links repeat every parameter of the request. There is a next link even if Aircall refuses the page it leads to. */
function links(url: string, page: Page, total: number) {
  const hasNext = page.number * page.size < total;
  return {
    next_page_link: hasNext ? linkTo(url, page.number + 1, page.size) : null,
    previous_page_link: page.number > 1 ? linkTo(url, page.number - 1, page.size) : null,
  };
}

function linkTo(url: string, pageNumber: number, pageSize: number): string {
  const link = new URL(url);
  link.searchParams.set("page", String(pageNumber));
  link.searchParams.set("per_page", String(pageSize));
  return link.href;
}

/** Parses a query value as a whole number. Any other value counts as missing. */
export function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

/** The body of the 404 for an unknown ID. */
export const UNKNOWN_ID = { error: "Not Found", troubleshoot: "Check the id of the resource" };
