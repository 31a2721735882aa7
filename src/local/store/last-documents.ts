import type { Document } from "../../engine/index.ts";
import type { Json } from "../../shared/json.ts";
import type { CapturedBlock } from "./contract.ts";
import { wellFormedText } from "./text.ts";

/**
 * The last document of each key, by table and in the order of the keys' first documents. `keyFieldOf` throws
 * for a table that the store was not opened with. Throws if a document has no key that can be compared.
 */
export function lastDocuments(
  blocks: readonly CapturedBlock[],
  keyFieldOf: (table: string) => string,
): ReadonlyMap<string, readonly Document[]> {
  const tables = new Map<string, Map<Json, Document>>();
  for (const { table, documents } of blocks) {
    if (documents.length === 0) continue;
    const keyField = keyFieldOf(table);
    const byKey = tables.get(table) ?? new Map<Json, Document>();
    tables.set(table, byKey);
    for (const document of documents) byKey.set(keyOf(document, keyField), document);
  }
  return new Map([...tables].map(([table, byKey]) => [table, [...byKey.values()]]));
}

/** The key as the row will hold it. */
function keyOf(document: Document, keyField: string): Json {
  const key = Object.hasOwn(document, keyField) ? document[keyField] : undefined;
  if (typeof key === "string") return wellFormedText(key);
  if (typeof key === "number" && Number.isSafeInteger(key)) return key;
  throw new Error(`a document has no "${keyField}" that is a string or an integer`);
}
