import type { Document } from "../engine/index.ts";
import type { JsonObject } from "../shared/json.ts";

/** What the store has to know of a table before it has seen a document. */
export interface TableSpec {
  /** The table's name, which is the stream's. */
  readonly name: string;
  /** The field that identifies a row. */
  readonly keyField: string;
  /** The JSON Schema of the documents; a top-level property becomes a column. */
  readonly documentSchema: JsonObject;
}

/** Documents and the state that they lead to. All of it becomes durable, or nothing does. */
export interface Transaction {
  /** By table name, in the order in which they were captured; a later document of a key wins. */
  readonly documents: ReadonlyMap<string, readonly Document[]>;
  /** The whole connector state after the last document. */
  readonly state: JsonObject;
}

/** Where a local capture keeps its rows: one table a stream, one row a key, and the connector state. */
export interface Store {
  /** The state of the last committed transaction, `{}` when there was none. */
  readonly state: JsonObject;
  commit(transaction: Transaction): Promise<void>;
  /** Rows as plain objects; for questions about what was captured. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}
