import type { Document } from "../engine/index.ts";
import { UnexpectedAnswer } from "../errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../shared/json.ts";
import { presentDocument } from "./document.ts";
import type { Source } from "./source.ts";

/**
 * What the logic of a stream relies on in a row: a check for each field. The first field is the key,
 * which no two rows of a page share. Everything else passes through unread.
 */
export type RowNeeds<Row> = {
  readonly [Field in keyof Row]: (value: Json | undefined) => value is Row[Field] & Json;
};

/** A page of so many rows of which none can be used tells of another API, and not of a row that went wrong. */
export const TELLING_ROWS = 10;

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
    if (fault === undefined)
      documents.push(presentDocument(row as JsonObject, secretFields) as Document & Row);
    else malformed.report(row, fault);
  }
  if (documents.length === 0 && rows.length >= TELLING_ROWS) throw allMalformed(rows.length);
  return documents;
}

export function allMalformed(rowCount: number): UnexpectedAnswer {
  return new UnexpectedAnswer(
    `Aircall answered with ${rowCount} ${rowCount === 1 ? "row" : "rows"} of which none can be used, as the warnings before this say. ` +
      "Its API may have changed: look for a newer version of this connector, and report it where there is none.",
  );
}

/** What is wrong with a row, in words that repeat nothing of it. The key of one that is in order is noted. */
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
