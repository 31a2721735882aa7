import type { Document } from "../../engine/index.ts";
import { type Json, setOwn } from "../../shared/json.ts";
import type { CapturedBlock, TableSpec } from "./contract.ts";
import { wellFormedText } from "./text.ts";

/** What the documents of a transaction make of the rows of one table: one document of each key, in one of the lists. */
export interface LastDocuments {
  /** Take the place of the row of their key, or delete it. */
  readonly replacing: readonly Document[];
  /** Are merged into the row of their key. */
  readonly merging: readonly Document[];
}

type Table = Pick<TableSpec, "keyField" | "merges">;

interface LastDocument {
  readonly document: Document;
  readonly replaces: boolean;
}

/**
 * The last document of each key, by table and in the order of the keys' first documents. Where a table merges, it
 * is all documents of the key since its last deletion, merged. `tableOf` throws for a table that the store was not
 * opened with, and `textOf` returns a key's text as a row holds it. Throws if a document has no key that can be compared.
 */
export function lastDocuments(
  blocks: readonly CapturedBlock[],
  tableOf: (table: string) => Table,
  textOf: (text: string) => string = wellFormedText,
): ReadonlyMap<string, LastDocuments> {
  const tables = new Map<string, Map<Json, LastDocument>>();
  for (const { table: name, documents } of blocks) {
    if (documents.length === 0) continue;
    const table = tableOf(name);
    const byKey = tables.get(name) ?? new Map<Json, LastDocument>();
    tables.set(name, byKey);
    for (const document of documents) {
      const key = keyOf(document, table.keyField, textOf);
      byKey.set(key, followed(byKey.get(key), document, table));
    }
  }
  return new Map([...tables].map(([name, byKey]) => [name, separated([...byKey.values()])]));
}

function followed(before: LastDocument | undefined, document: Document, { merges }: Table): LastDocument {
  if (!merges || document._meta.op === "d") return { document, replaces: true };
  if (before === undefined) return { document, replaces: false };
  if (before.document._meta.op === "d") return { document, replaces: true };
  return { document: merged(before.document, document), replaces: before.replaces };
}

/** A null is no value, as in a row. */
function merged(before: Document, document: Document): Document {
  const both = { ...before };
  for (const [field, value] of Object.entries(document)) if (value !== null) setOwn(both, field, value);
  return both;
}

function separated(last: readonly LastDocument[]): LastDocuments {
  const documents = (replaces: boolean) =>
    last.filter((one) => one.replaces === replaces).map(({ document }) => document);
  return { replacing: documents(true), merging: documents(false) };
}

/** The key as the row will hold it. */
function keyOf(document: Document, keyField: string, textOf: (text: string) => string): Json {
  const key = Object.hasOwn(document, keyField) ? document[keyField] : undefined;
  if (typeof key === "string") return textOf(key);
  if (typeof key === "number" && Number.isSafeInteger(key)) return key;
  throw new Error(`a document has no "${keyField}" that is a string or an integer`);
}
