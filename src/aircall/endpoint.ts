/** A path of the API that returns objects of one kind. */
export interface Endpoint {
  /** Includes the version, as in `/v1/calls`. */
  readonly path: string;
  /** The property of the answer's body that holds the list or object, such as `calls`; for `any`, the name of the object. */
  readonly bodyKey: string;
  /**
   * `one` if the endpoint returns a single object, without pages; `any` if the body may be that object itself, or hold it
   * in `bodyKey`; `nothing` if its answer has no body.
   */
  readonly holds: "list" | "one" | "any" | "nothing";
}

/** Where one object of a list is read by its ID, such as `/v1/calls/7`. */
export function itemOf(list: Endpoint, id: number, bodyKey: string): Endpoint {
  return { path: `${list.path}/${id}`, bodyKey, holds: "one" };
}

/** Query parameters. Instants are in Unix seconds. */
export type Query = Readonly<Record<string, string | number>>;

/** The largest page size. Aircall reduces a larger `per_page` to it. */
export const ROWS_PER_PAGE = 50;

/** How many rows one query can reach, on every list. Aircall refuses a page with `page * per_page` above it. */
export const ROWS_IN_REACH = 10_000;
