import type { Context, Hono } from "hono";
import type { Account } from "../account/account.ts";
import type { Bindings } from "../connection.ts";
import { answerPage, type ListShape, type Selection, wholeNumber } from "../envelope.ts";
import type { ResolvedOptions } from "../options.ts";

export type EmulatorApp = Hono<{ Bindings: Bindings }>;

/** The data from which rows are rendered. */
export interface World {
  account: Account;
  options: ResolvedOptions;
}

/** The parameters of a query. */
export interface Query {
  /** Undefined if the parameter is missing. */
  text(name: string): string | undefined;
  /** An instant in whole Unix seconds, or null if the parameter is missing or of another form. */
  seconds(name: string): number | null;
  flag(name: string): boolean;
  all(name: string): string[];
}

/** One stream of the API. `serve` adds its endpoints; `rows` returns the rows of its list without HTTP. */
export interface EmulatedStream {
  name: string;
  serve(app: EmulatorApp, world: World): void;
  rows(world: World, query: Query): Selection;
}

/** A stream with a list as its only endpoint. */
export function listStream(
  name: string,
  list: ListShape & { path: string; select: EmulatedStream["rows"] },
): EmulatedStream {
  return {
    name,
    serve: (app, world) => serveList(app, world, list),
    rows: list.select,
  };
}

export function serveList(
  app: EmulatorApp,
  world: World,
  list: ListShape & { path: string; select: EmulatedStream["rows"] },
): void {
  app.get(list.path, (context) => answerPage(context, list, list.select(world, queryOf(context))));
}

export function queryOf(context: Context): Query {
  return queryFrom(new URL(context.req.url).searchParams);
}

export function queryFrom(parameters: URLSearchParams): Query {
  const text = (name: string) => parameters.get(name) ?? undefined;
  return {
    text,
    seconds: (name) => wholeNumber(text(name)),
    flag: (name) => text(name) === "true",
    all: (name) => parameters.getAll(name),
  };
}

/** A selection of items that are already in ascending order. Each row is rendered on demand. */
export function selectItems<Item>(items: readonly Item[], render: (item: Item) => unknown): Selection {
  return {
    total: items.length,
    row(position) {
      const item = items[position];
      if (item === undefined) throw new RangeError(`no row at ${position}`);
      return render(item);
    },
  };
}

/** The items created from `from` to `to`, both inclusive, oldest first. */
export function createdWithin<Item extends { id: number; createdAtSeconds: number }>(
  items: readonly Item[],
  query: Query,
): Item[] {
  const from = query.seconds("from") ?? Number.NEGATIVE_INFINITY;
  const to = query.seconds("to") ?? Number.POSITIVE_INFINITY;
  return items
    .filter((item) => item.createdAtSeconds >= from && item.createdAtSeconds <= to)
    .sort((left, right) => left.createdAtSeconds - right.createdAtSeconds || left.id - right.id);
}
