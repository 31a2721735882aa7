/** Where a kind of object is read. */
export interface Endpoint {
  /** With the version, such as `/v1/calls`. */
  readonly path: string;
  /** The key of the answer's body that holds what was asked for, such as `calls`. */
  readonly bodyKey: string;
  /** `one` for an endpoint that answers a single object and has no pages. */
  readonly holds: "list" | "one";
}

/** Where one object of a list is read by its ID, such as `/v1/calls/7`. */
export function itemOf(list: Endpoint, id: number, bodyKey: string): Endpoint {
  return { path: `${list.path}/${id}`, bodyKey, holds: "one" };
}

/** Query parameters; an instant is in Unix seconds. */
export type Query = Readonly<Record<string, string | number>>;

/** The largest page that Aircall serves; a larger `per_page` is clamped to it. */
export const ROWS_PER_PAGE = 50;

/** How deep a query can be paged: `page * per_page` above it is refused, on every list. */
export const ROWS_IN_REACH = 10_000;
