import type { Column } from "./columns.ts";

/** What the values of a view's column are. An instant is a point in time, with its time zone. */
export type ViewType = "boolean" | "instant" | "integer" | "json" | "number" | "text";

/**
 * A view over the rows of one table, in a form that every store turns into its own SQL. Whatever a row holds, the view can be
 * read: a value that does not fit its column's type is NULL there, and a value that is not a list has no elements.
 */
export interface ViewSpec {
  readonly name: string;
  /** One sentence: what a row stands for. */
  readonly description: string;
  /** The table that the view reads. */
  readonly table: string;
  /** A list in the documents, such as `content.utterances`; the view has a row for each of its elements but nulls. */
  readonly unfolds?: string;
  readonly columns: readonly ViewColumn[];
}

export interface ViewColumn {
  readonly name: string;
  readonly type: ViewType;
  readonly description: string;
  /** The table whose key the values are. */
  readonly references?: string;
  /** The value as SQL that every store understands, around what the row has. */
  readonly value: (row: ViewRow) => string;
}

/** SQL for what a row of a view is made of. A path leads through objects, such as `user.name`. */
export interface ViewRow {
  /** A value of the document; NULL where it is absent or of another type. */
  field(path: string, type: ViewType): string;
  /** A value of the element of the unfolded list. The empty path is the element itself. */
  item(path: string, type: ViewType): string;
  /** The place of the element in its list, from 1. */
  readonly position: string;
}

/** How a database writes what the SQL of databases differs in. Arguments and results are SQL. */
export interface ViewDialect {
  /** A name as the database reads it back unchanged. */
  name(name: string): string;
  /** The table of a stream, wherever the search path leads. */
  table(name: string): string;
  type(type: ViewType): string;
  /** The value of a column as JSON. */
  json(column: Column, name: string): string;
  /** A value in a JSON object; NULL where the value is not an object. */
  at(json: string, name: string): string;
  /** A JSON string as it is, and any other value as JSON text; NULL for null. */
  text(json: string): string;
  /** Whether the text matches a regular expression that both RE2 and POSIX know. */
  matches(text: string, pattern: string): string;
  /** An ISO 8601 date and time with its time zone; NULL for a day that its month does not have. */
  instant(text: string): string;
  /** A part of a FROM clause: the elements of a JSON list as `element(item, position)`; no rows where the value is not a list. */
  elements(json: string): string;
}
