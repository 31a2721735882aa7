import type { DuckDBConnection } from "@duckdb/node-api";
import { StoreError } from "../../errors.ts";
import type { JsonObject } from "../../shared/json.ts";
import {
  type CapturedBlock,
  type Columns,
  foreignViewSentence,
  hasOtherColumns,
  type LastDocuments,
  lastDocuments,
  patchState,
  type Snapshots,
  type Store,
  type StoreOptions,
  type SummaryQuestion,
  type TableSpec,
  type TableSummary,
  type ViewSpec,
  withDocuments,
  withSchema,
} from "../store/index.ts";
import { adviceFor, knownAdviceFor } from "./faults.ts";
import { DatabaseFile } from "./file.ts";
import { claim } from "./ownership.ts";
import { createFile, fileExists } from "./paths.ts";
import { mergeRows, replaceRows } from "./rows.ts";
import { SnapshotFile } from "./snapshots.ts";
import { firstLine, quoteTable } from "./sql.ts";
import { changeState, readState } from "./state.ts";
import { readSummary } from "./summary.ts";
import { changeColumns, readColumns } from "./tables.ts";
import { FORMAT_VERSION, upgrade } from "./upgrade.ts";
import { changeViews } from "./views.ts";

/**
 * A store in a DuckDB file: schema `main` has a table for each stream and a column for each top-level
 * field, schema `source_aircall` what the store has to remember. See `OpenStore` and `Store`.
 */
export async function openDuckDbStore(path: string, options: StoreOptions): Promise<Store> {
  const { source } = options;
  if (!(await fileExists(path))) await createFile(path, (draft) => createDatabase(draft, source));
  const file = await DatabaseFile.open(path);
  try {
    const writer = await file.connect();
    const version = await claim(file, writer, { path, source });
    if (version < FORMAT_VERSION) await file.transaction(writer, () => upgrade(writer));
    const store = new DuckDbStore(file, path, writer, await file.connect());
    await store.prepare(options);
    return store;
  } catch (cause) {
    await file.close();
    if (cause instanceof StoreError) throw cause;
    const advice = knownAdviceFor(cause) ?? "choose another file";
    throw new StoreError(`${path} cannot be used (${firstLine(cause)}); ${advice}.`, { cause });
  }
}

async function createDatabase(path: string, source: string): Promise<void> {
  const file = await DatabaseFile.open(path);
  try {
    await claim(file, await file.connect(), { path, source });
  } finally {
    await file.close();
  }
}

interface Table extends Pick<TableSpec, "keyField" | "merges"> {
  readonly columns: Columns;
}

class DuckDbStore implements Store {
  readonly #file: DatabaseFile;
  readonly #path: string;
  readonly #writer: DuckDBConnection;
  /** Apart from the writer, so that it sees what is committed and nothing else. */
  readonly #reader: DuckDBConnection;
  #tables: ReadonlyMap<string, Table> = new Map();
  #views: readonly ViewSpec[] = [];
  #state: JsonObject = {};

  constructor(file: DatabaseFile, path: string, writer: DuckDBConnection, reader: DuckDBConnection) {
    this.#file = file;
    this.#path = path;
    this.#writer = writer;
    this.#reader = reader;
  }

  /** Reads the state and makes the tables ready for documents; to be called first and once. */
  async prepare({ tables, views = [], world }: StoreOptions): Promise<void> {
    this.#state = await readState(this.#writer);
    this.#views = views;
    let foreign: readonly string[] = [];
    await this.#atomically(async () => {
      this.#tables = await this.#prepareTables(tables);
      foreign = await this.#changeViews(this.#tables);
    });
    for (const name of foreign) world.log.warn(foreignViewSentence(this.#path, name));
  }

  get state(): JsonObject {
    return this.#state;
  }

  async commit(blocks: readonly CapturedBlock[], patch: JsonObject = {}): Promise<void> {
    const documents = lastDocuments(blocks, (name) => this.#table(name));
    const { state, changes } = patchState(this.#state, blocks, patch);
    if (documents.size === 0 && changes.size === 0) return;
    const tables = new Map(this.#tables);
    await this.#atomically(async () => {
      for (const [name, captured] of documents) tables.set(name, await this.#write(name, captured));
      if (hasOtherColumns(this.#tables, tables)) await this.#changeViews(tables);
      await changeState(this.#writer, changes);
    });
    this.#tables = tables;
    this.#state = state;
  }

  async rowCounts(): Promise<ReadonlyMap<string, number>> {
    await this.#file.checkPlace();
    const counts = new Map<string, number>();
    try {
      for (const name of this.#tables.keys()) {
        const result = await this.#reader.runAndReadAll(`SELECT count(*) FROM ${quoteTable(name)}`);
        counts.set(name, Number(result.value(0, 0)));
      }
    } catch (cause) {
      throw this.#unreadable(cause);
    }
    return counts;
  }

  async snapshotsAt(path: string): Promise<Snapshots> {
    return SnapshotFile.at(path, this.#file, this.#writer);
  }

  async summary(question: SummaryQuestion): Promise<TableSummary> {
    try {
      return await readSummary(this.#reader, question, this.#table(question.table).columns);
    } catch (cause) {
      throw this.#unreadable(cause);
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  #unreadable(cause: unknown): StoreError {
    return new StoreError(`${this.#path} cannot be read (${firstLine(cause)}); fix the cause above.`, {
      cause,
    });
  }

  async #prepareTables(specs: readonly TableSpec[]): Promise<ReadonlyMap<string, Table>> {
    const tables = new Map<string, Table>();
    for (const { name, keyField, documentSchema, merges = false } of specs) {
      const known = await readColumns(this.#writer, name);
      const columns = withSchema(known, keyField, documentSchema);
      await changeColumns(this.#writer, name, known, columns);
      tables.set(name, { keyField, merges, columns });
    }
    return tables;
  }

  #changeViews(tables: ReadonlyMap<string, Table>): Promise<readonly string[]> {
    return changeViews(this.#writer, this.#views, (name) => tables.get(name)?.columns);
  }

  #table(name: string): Table {
    const table = this.#tables.get(name);
    if (table === undefined) throw new Error(`the store was opened without a table "${name}"`);
    return table;
  }

  async #write(name: string, { replacing, merging }: LastDocuments): Promise<Table> {
    const { keyField, columns: known, ...others } = this.#table(name);
    const columns = withDocuments(known, [...replacing, ...merging]);
    await changeColumns(this.#writer, name, known, columns);
    await replaceRows(this.#writer, { table: name, keyField, columns, documents: replacing });
    await mergeRows(this.#writer, { table: name, keyField, columns, documents: merging });
    return { ...others, keyField, columns };
  }

  async #atomically(work: () => Promise<void>): Promise<void> {
    try {
      await this.#file.transaction(this.#writer, work);
    } catch (cause) {
      if (cause instanceof StoreError) throw cause;
      throw new StoreError(
        `${this.#path} could not be written (${firstLine(cause)}); ${adviceFor(cause)} and run again, which goes on from what is saved.`,
        { cause },
      );
    }
  }
}
