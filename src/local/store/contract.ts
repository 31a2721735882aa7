import type { Document } from "../../engine/index.ts";
import type { JsonObject } from "../../shared/json.ts";
import type { Ports } from "../../shared/ports.ts";
import type { ViewSpec } from "./view.ts";

/** What a store has to know about a table before the first document. */
export interface TableSpec {
  /** The table's name, which is the stream's. */
  readonly name: string;
  /** The field that identifies a row: a string or a safe integer in every document. */
  readonly keyField: string;
  /**
   * The JSON Schema of the documents; a top-level property becomes a column. A field that the schema
   * leaves out gets its column with the first document that has a value for it.
   */
  readonly documentSchema: JsonObject;
  /**
   * Whether a document is merged into the row of its key, field by field: a field that the document lacks, or
   * has as null, keeps its value. Otherwise the document replaces the row.
   */
  readonly merges?: boolean;
}

/** What a store is opened with. */
export interface StoreOptions {
  /**
   * The tables that blocks will name. Opening creates the missing ones and adds missing columns. A
   * table that the store holds and the list leaves out stays as it is, and so does its stream's state.
   */
  readonly tables: readonly TableSpec[];
  /**
   * The views over these tables. Opening makes them, and whatever changes a table makes them again, in the same transaction. A
   * view whose table is not among them stays as it is, and so does anything of a view's name that this program did not make.
   */
  readonly views?: readonly ViewSpec[];
  /** Where the rows come from, such as the origin of an API. A store holds rows of one source only. */
  readonly source: string;
  /** The schema that has the tables, in a database on a server; `aircall` unless it is named. A file has one of its own. */
  readonly schema?: string | undefined;
  readonly world: StoreWorld;
}

/** What a store needs of the outside world. A store in a file needs nothing. */
export interface StoreWorld extends Pick<Ports, "clock" | "log" | "random"> {
  /** The variables that clients of a database read, such as those with a password. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends a wait for a server that cannot be reached. */
  readonly signal: AbortSignal;
}

/**
 * Opens the store at a target, and creates it if there is none. One process has a store open at a time.
 *
 * Rejects with a `StoreError` if the target cannot be written, is open in another process, is not a
 * store of this program, is of a newer format, or holds rows of another source. The target then stays as it was.
 * A store of an older format is upgraded in one transaction and keeps its rows and its state.
 */
export type OpenStore = (target: string, options: StoreOptions) => Promise<Store>;

/** What one stream captured up to one of its checkpoints. */
export interface CapturedBlock {
  /**
   * The state key of the block. Where there are documents, it is the name of one of the tables that the store
   * was opened with; state alone may belong to no table.
   */
  readonly table: string;
  /** In the order in which they were captured. An empty list moves the state alone. */
  readonly documents: readonly Document[];
  /** A merge patch (RFC 7396) of the stream's own state. `{}` keeps the state as it is. */
  readonly patch: JsonObject;
}

export interface SummaryQuestion {
  /** The table's name. */
  readonly table: string;
  /** The field that says how new a row is, in Unix seconds or in text that sorts by time. */
  readonly newestBy?: string | undefined;
  /** From when on rows are counted by the hour; Unix seconds. */
  readonly sinceSeconds: number;
}

export interface TableSummary {
  readonly rows: number;
  /**
   * The greatest value of `newestBy`. Absent where no row has one, or the field has no column, or one that holds
   * more than numbers or more than text.
   */
  readonly newest?: number | string;
  /** How many rows there are by the hour of `newestBy`, in whole hours of Unix time. Empty where the field is not a number. */
  readonly rowsByHour: ReadonlyMap<number, number>;
}

/**
 * Where a local capture keeps its rows and its state: one table per stream, one row per key.
 *
 * Each top-level field has a column; `columns.ts` decides its kind and its name, and a column is
 * widened when a value does not fit. A field that is absent or null is NULL in the row. A character that the
 * database's text cannot hold, such as a lone surrogate, and in PostgreSQL U+0000, becomes U+FFFD; every other value is kept exactly.
 */
export interface Store {
  /**
   * The connector state as the last commit left it, `{}` before the first. It survives closing and
   * opening exactly, any name and any text included; the order of names does not. A commit replaces
   * this object and never changes it in place; a commit that fails leaves it as it was.
   */
  readonly state: JsonObject;

  /**
   * Writes the documents and patches of all blocks in one transaction, in the order of the blocks:
   * the last document of a key replaces the row of that key, or deletes it if its `_meta.op` is `d`. Where the
   * table merges, each document of a key that is no deletion is merged into the row as the one before has left it.
   * To delete a row that is not there is no error. `patch` is a merge patch (RFC 7396) of the connector state, for what
   * belongs to no stream.
   *
   * The promise resolves once everything is durable. A process that dies earlier leaves either
   * all of it or nothing. To be called again only when the last commit has settled.
   *
   * Rejects with a `StoreError` if the store cannot be written, such as when the disk is full, and with another error if a block
   * breaks the contract: an unknown table, or a document without a key. Nothing of the blocks is written then.
   */
  commit(blocks: readonly CapturedBlock[], patch?: JsonObject): Promise<void>;

  /** How many rows each of the opened tables holds, as committed. Rejects with a `StoreError` if they cannot be read. */
  rowCounts(): Promise<ReadonlyMap<string, number>>;

  /**
   * What one of the opened tables holds, as committed. May be called while a commit is under way: neither waits for
   * the other. Rejects with a `StoreError` if the table cannot be read.
   */
  summary(question: SummaryQuestion): Promise<TableSummary>;

  /**
   * Copies of the store, for databases that other processes cannot read while the store is open; absent for all others. Rejects with a
   * `StoreError` if a copy cannot be written at the path, or if the path has a file that is not an earlier copy.
   */
  snapshotsAt?(path: string): Promise<Snapshots>;

  /**
   * Lets go of the target, so that another process can open it. To be called when no commit is under
   * way. Closing again does nothing; all other methods reject once the store is closed.
   */
  close(): Promise<void>;
}

/** Copies of a store, one after another in one place. */
export interface Snapshots {
  /**
   * Makes a copy of what is committed, and puts it in the place of the last one, whole and durable. Commits go on meanwhile. To be
   * called again only when the last call has settled. Rejects with a `StoreError` if there is no new copy, or with the signal's
   * reason; the last copy stays in its place then.
   */
  take(atMs: number, signal: AbortSignal): Promise<void>;
}
