import type { Context, Hono } from "hono";
import type { Account } from "../account/account.ts";
import type { Bindings } from "../connection.ts";
import { answerPage, type ListShape, type Selection, wholeNumber } from "../envelope.ts";
import type { ResolvedOptions } from "../options.ts";

export type EmulatorApp = Hono<{ Bindings: Bindings }>;

/** What rows are made from. */
export interface World {
  account: Account;
  options: ResolvedOptions;
}

/** The parameters of one query; one that was not sent is undefined. */
export interface Query {
  text(name: string): string | undefined;
  /** A parameter in whole UNIX seconds; anything else counts as not sent. */
  seconds(name: string): number | null;
  flag(name: string): boolean;
  all(name: string): string[];
}

/** One stream of the API: what it serves, and the same rows without HTTP. */
export interface EmulatedStream {
  name: string;
  serve(app: EmulatorApp, world: World): void;
  rows(world: World, query: Query): Selection;
}

/** A stream that is one list at one path. */
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

/** Items already in ascending order, each rendered when its row is asked for. */
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

/** Items created within `from` and `to`, both included, oldest first. */
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
