import type { Columns } from "./columns.ts";
import type { ViewDialect, ViewSpec } from "./view.ts";
import { isMadeView, viewQuery } from "./view-sql.ts";

/** What a database has by now. */
export interface KnownViews {
  /** The queries that views were made with, by their names. */
  readonly queries: ReadonlyMap<string, string>;
  /** The comment on a table or view, empty where it has none; `undefined` where nothing has the name. */
  readonly commentOn: (name: string) => string | undefined;
}

export interface ViewChanges {
  /** The views that are to be made, or made again, with their queries. */
  readonly changed: readonly { readonly view: ViewSpec; readonly query: string }[];
  /** The names of views that a table or view has which this program did not make; it stays as it is. */
  readonly foreign: readonly string[];
}

/** Which of the views have to be made, given the columns of the tables. A view over a table without columns is left out. */
export function viewChanges(
  views: readonly ViewSpec[],
  columnsOf: (table: string) => Columns | undefined,
  sql: ViewDialect,
  { queries, commentOn }: KnownViews,
): ViewChanges {
  const foreign = views.filter(({ table, name }) => {
    const comment = commentOn(name);
    return columnsOf(table) !== undefined && comment !== undefined && !isMadeView(comment);
  });
  const changed = views.flatMap((view) => {
    const columns = columnsOf(view.table);
    if (columns === undefined || foreign.includes(view)) return [];
    const query = viewQuery(view, columns, sql);
    const isCurrent = commentOn(view.name) !== undefined && queries.get(view.name) === query;
    return isCurrent ? [] : [{ view, query }];
  });
  return { changed, foreign: foreign.map(({ name }) => name) };
}
