import type { Column, Columns } from "./columns.ts";
import type { ViewDialect, ViewRow, ViewSpec, ViewType } from "./view.ts";

const MARK = "Made by source-aircall.";

/** What a database keeps beside a view, for people, and so that it is known again. */
export function viewComment({ description }: ViewSpec): string {
  return `${description} ${MARK}`;
}

/** Whether a table or view with this comment is a view that this program made, in whatever version. */
export function isMadeView(comment: string): boolean {
  return comment.endsWith(MARK);
}

/** What a person should know where something else has the name of a view. */
export function foreignViewSentence(place: string, name: string): string {
  return `${place} has a table or view ${name} that source-aircall did not make. It stays as it is; rename or drop it to have the view ${name}.`;
}

interface Table {
  readonly columns: Columns;
}

/** Whether a table has columns that it had not, or not of their kind, so that views over it are to be made again. */
export function hasOtherColumns(
  before: ReadonlyMap<string, Table>,
  after: ReadonlyMap<string, Table>,
): boolean {
  return [...after].some(([name, { columns }]) => {
    const known = before.get(name)?.columns;
    return [...columns].some(([field, { kind }]) => known?.get(field)?.kind !== kind);
  });
}

/** The query of a view over a table with these columns. The columns of the view have the same names and types, whatever the table has. */
export function viewQuery(view: ViewSpec, columns: Columns, sql: ViewDialect): string {
  const row = new TableRow(columns, sql);
  const values = view.columns.map(
    ({ name, type, value }) => `CAST(${value(row)} AS ${sql.type(type)}) AS ${sql.name(name)}`,
  );
  const query = `SELECT ${values.join(",\n  ")}\nFROM ${sql.table(view.table)} AS source`;
  if (view.unfolds === undefined) return query;
  return `${query} CROSS JOIN ${sql.elements(row.field(view.unfolds, "json"))}\nWHERE ${row.item("", "text")} IS NOT NULL`;
}

/** Of 18 digits at most, so that every such number fits 64 bits. */
const WHOLE_NUMBER = "^-?[0-9]{1,18}$";

/** Within what a double holds. */
const NUMBER = "^-?[0-9]{1,200}([.][0-9]{1,200})?([eE][+-]?[0-9]{1,2})?$";

const DAY = "[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
const ZONELESS = `^${DAY}[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?`;
const ZONE = "(Z|[+-](0[0-9]|1[0-4]):?[0-5][0-9])$";

/** In seconds: the years to 5138. A larger number is one of milliseconds. */
const LATEST_INSTANT = 1e11;

class TableRow implements ViewRow {
  readonly position = "element.position";
  readonly #columns: Columns;
  readonly #sql: ViewDialect;

  constructor(columns: Columns, sql: ViewDialect) {
    this.#columns = columns;
    this.#sql = sql;
  }

  field(path: string, type: ViewType): string {
    const [field = "", ...names] = path.split(".");
    const column = this.#columns.get(field);
    if (column === undefined) return this.#null(type);
    const name = `source.${this.#sql.name(column.name)}`;
    const direct = names.length === 0 ? this.#direct(column, name, type) : undefined;
    return direct ?? this.#read(this.#within(this.#sql.json(column, name), names), type);
  }

  item(path: string, type: ViewType): string {
    return this.#read(this.#within("element.item", path === "" ? [] : path.split(".")), type);
  }

  /** A column whose values are of the type already, which is faster than to read them as JSON. */
  #direct({ kind }: Column, name: string, type: ViewType): string | undefined {
    if (kind === type) return name;
    if (type === "number" && kind === "integer") return name;
    if (type === "instant" && (kind === "integer" || kind === "number")) return this.#fromUnix(name);
    if (type === "instant" && kind === "text") return this.#fromIso(name);
    return undefined;
  }

  #within(json: string, names: readonly string[]): string {
    return names.reduce((value, name) => this.#sql.at(value, name), json);
  }

  #read(json: string, type: ViewType): string {
    if (type === "json") return json;
    const text = this.#sql.text(json);
    if (type === "text") return text;
    if (type === "boolean") return this.#where(`${text} IN ('true', 'false')`, this.#cast(text, type));
    if (type === "integer") return this.#number(text, WHOLE_NUMBER, type);
    const number = this.#number(text, NUMBER, "number");
    return type === "number" ? number : `coalesce(${this.#fromUnix(number)}, ${this.#fromIso(text)})`;
  }

  #number(text: string, pattern: string, type: ViewType): string {
    return this.#where(this.#sql.matches(text, pattern), this.#cast(text, type));
  }

  #fromUnix(number: string): string {
    return (
      `to_timestamp(CASE WHEN abs(${number}) < ${LATEST_INSTANT} THEN ${number} ` +
      `WHEN abs(${number}) < ${LATEST_INSTANT * 1_000} THEN ${number} / 1000.0 END)`
    );
  }

  #fromIso(text: string): string {
    const { matches, instant } = this.#sql;
    return (
      `CASE WHEN ${matches(text, ZONELESS + ZONE)} THEN ${instant(text)} ` +
      `WHEN ${matches(text, `${ZONELESS}$`)} THEN ${instant(`${text} || 'Z'`)} END`
    );
  }

  #where(condition: string, value: string): string {
    return `CASE WHEN ${condition} THEN ${value} END`;
  }

  #cast(value: string, type: ViewType): string {
    return `CAST(${value} AS ${this.#sql.type(type)})`;
  }

  #null(type: ViewType): string {
    return this.#cast("NULL", type);
  }
}
