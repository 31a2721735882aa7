import { ROWS_PER_PAGE } from "./endpoint.ts";

/** One page of a list: `page`, which counts from 1, of `rows` rows each. */
export interface Place {
  readonly page: number;
  readonly rows: number;
}

/** Each size divides the one before, so that a page is made of whole smaller ones. */
const PAGE_SIZES = [ROWS_PER_PAGE, 25, 5, 1];

export const FIRST_PLACE: Place = { page: 1, rows: ROWS_PER_PAGE };

/** The first part of a page, in the next smaller size; `undefined` for a page of one row. */
export function narrowed({ page, rows }: Place): Place | undefined {
  const smaller = PAGE_SIZES.find((size) => size < rows);
  return smaller === undefined ? undefined : placeAt((page - 1) * rows, smaller);
}

/** The page after this one, as large as a page that begins there can be. */
export function following({ page, rows }: Place): Place {
  const position = page * rows;
  return placeAt(position, PAGE_SIZES.find((size) => position % size === 0) ?? 1);
}

export function nameOf({ page, rows }: Place): string {
  return `${page} of ${rows}`;
}

function placeAt(position: number, rows: number): Place {
  return { page: position / rows + 1, rows };
}
