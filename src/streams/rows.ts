import type { Document } from "../engine/index.ts";
import { UnexpectedAnswer } from "../errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../shared/json.ts";
import { presentDocument } from "./document.ts";
import type { Source } from "./source.ts";

/**
 * The fields that the logic of a stream reads, with a check for each. The first field is the key, which
 * must differ between the rows of a page. All other fields are captured unread.
 */
export type RowNeeds<Row> = {
  readonly [Field in keyof Row]: (value: Json | undefined) => value is Row[Field] & Json;
};

/** If no row of a page this long is usable, the API has changed. */
export const MIN_ROWS_TO_SUSPECT_API = 10;

/**
 * The rows of a page that have what the stream needs, as documents without secrets. The other rows are
 * reported and skipped. Throws `UnexpectedAnswer` when a page of ten rows or more has no usable row.
 */
export function wellFormedDocuments<Row extends object>(
  rows: readonly Json[],
  needs: RowNeeds<Row>,
  { malformed, secretFields }: Pick<Source, "malformed" | "secretFields">,
): (Document & Row)[] {
  const keys = new Set<Json>();
  const documents: (Document & Row)[] = [];
  for (const row of rows) {
    const fault = faultOf(row, needs, keys);
    if (isJsonObject(row) && Object.hasOwn(row, "_meta"))
      malformed.reportOnce(
        'Aircall has a field "_meta" of its own, which is left out: "_meta" says whether a row exists',
      );
    if (fault === undefined)
      documents.push(presentDocument(row as JsonObject, secretFields) as Document & Row);
    else malformed.report(row, fault);
  }
  if (documents.length === 0 && rows.length >= MIN_ROWS_TO_SUSPECT_API) throw allMalformed(rows.length);
  return documents;
}

export function allMalformed(rowCount: number): UnexpectedAnswer {
  return new UnexpectedAnswer(
    `Aircall answered with ${rowCount} ${rowCount === 1 ? "row" : "rows"} of which none can be used, as the warnings before this say. ` +
      "Its API may have changed: look for a newer version of this connector, and report it where there is none.",
  );
}

/** A list that ends before its own total. What is missing may exist, so it is neither captured nor deleted. */
export function listedShort(name: string, rowCount: number, total: number | undefined): UnexpectedAnswer {
  return new UnexpectedAnswer(
    `Aircall counts ${total} ${name}, but lists ${rowCount} of them. These have been captured, and nothing counts as deleted. ` +
      "Ask Aircall if this persists.",
  );
}

/** What is wrong with a row, without any of its values. Adds the key of a well-formed row to `keys`. */
function faultOf<Row extends object>(row: Json, needs: RowNeeds<Row>, keys: Set<Json>): string | undefined {
  if (!isJsonObject(row)) return "it is no object";
  const fields = Object.keys(needs) as (keyof Row & string)[];
  const unfit = fields.find((field) => !needs[field](ownValue(row, field)));
  if (unfit !== undefined)
    return `its "${unfit}" ${Object.hasOwn(row, unfit) ? "cannot be used" : "is missing"}`;
  const [keyField = ""] = fields;
  const key = ownValue(row, keyField) ?? null;
  if (keys.has(key)) return `its "${keyField}" is that of another row of the page`;
  keys.add(key);
  return undefined;
}

function ownValue(row: JsonObject, field: string): Json | undefined {
  return Object.hasOwn(row, field) ? row[field] : undefined;
}
