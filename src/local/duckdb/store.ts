import {
  type DuckDBConnection,
  type DuckDBValueConverter,
  type Json,
  JsonDuckDBValueConverter,
} from "@duckdb/node-api";
import type { Document } from "../../engine/index.ts";
import { StoreError } from "../../errors.ts";
import type { JsonObject } from "../../shared/json.ts";
import type { Store, TableSpec, Transaction } from "../store.ts";
import { type Columns, withDocuments, withSchema } from "./columns.ts";
import { createFile, DatabaseFile, fileExists } from "./file.ts";
import { claim } from "./ownership.ts";
import { lastOfEachKey, replaceRows } from "./rows.ts";
import { firstLine } from "./sql.ts";
import { changeColumns, readColumns } from "./tables.ts";

/** What `openDuckDbStore` needs. */
export interface DuckDbStoreOptions {
  /** The database file; one that is missing is created. */
  readonly path: string;
  readonly tables: readonly TableSpec[];
  /** Where the rows come from, such as an API origin. A file holds the rows of one source only. */
  readonly source: string;
}

/**
 * A store in a DuckDB file: schema `main` holds a table a stream and a column a top-level field,
 * schema `source_aircall` what the store has to remember. Values stay as the documents give them, a
 * field that is absent or null is NULL, and a column that a value does not fit is widened. Throws a
 * `StoreError` when the file cannot be opened or is not for this source.
 */
export async function openDuckDbStore({ path, tables, source }: DuckDbStoreOptions): Promise<Store> {
  if (!(await fileExists(path))) await createFile(path, (connection) => claim(connection, path, source));
  const file = await DatabaseFile.open(path);
  try {
    const writer = await file.connect();
    await claim(writer, path, source);
    const store = new DuckDbStore(file, path, writer, await file.connect());
    await store.prepare(tables);
    return store;
  } catch (cause) {
    file.close();
    if (cause instanceof StoreError) throw cause;
    throw new StoreError(`${path} cannot be used (${firstLine(cause)}); choose another file.`, { cause });
  }
}

interface Table {
  readonly keyField: string;
  readonly columns: Columns;
}

class DuckDbStore implements Store {
  readonly #file: DatabaseFile;
  readonly #path: string;
  readonly #writer: DuckDBConnection;
  /** Apart from the writer, so that a question sees what is committed and nothing else. */
  readonly #reader: DuckDBConnection;
  #tables: ReadonlyMap<string, Table> = new Map();
  #state: JsonObject = {};

  constructor(file: DatabaseFile, path: string, writer: DuckDBConnection, reader: DuckDBConnection) {
    this.#file = file;
    this.#path = path;
    this.#writer = writer;
    this.#reader = reader;
  }

  /** Reads the state and makes the tables ready for documents; to be called first and once. */
  async prepare(specs: readonly TableSpec[]): Promise<void> {
    const result = await this.#writer.runAndReadAll("SELECT state FROM source_aircall.state");
    this.#state = JSON.parse(String(result.value(0, 0)));
    await this.#atomically(() => this.#prepareTables(specs));
  }

  get state(): JsonObject {
    return this.#state;
  }

  async commit({ documents, state }: Transaction): Promise<void> {
    const tables = new Map(this.#tables);
    await this.#atomically(async () => {
      for (const [name, captured] of documents) tables.set(name, await this.#write(name, captured));
      await this.#writer.run("UPDATE source_aircall.state SET state = $state", {
        state: JSON.stringify(state),
      });
    });
    this.#tables = tables;
    this.#state = state;
  }

  async query(sql: string): Promise<Record<string, unknown>[]> {
    try {
      return (await this.#reader.runAndReadAll(sql)).convertRowObjects(plainValue);
    } catch (cause) {
      throw new StoreError(`${this.#path} cannot answer (${firstLine(cause)}); change the question.`, {
        cause,
      });
    }
  }

  async close(): Promise<void> {
    this.#file.close();
  }

  async #prepareTables(specs: readonly TableSpec[]): Promise<void> {
    const tables = new Map<string, Table>();
    for (const { name, keyField, documentSchema } of specs) {
      const known = await readColumns(this.#writer, name);
      const columns = withSchema(known, keyField, documentSchema);
      await changeColumns(this.#writer, name, known, columns);
      tables.set(name, { keyField, columns });
    }
    this.#tables = tables;
  }

  async #write(name: string, captured: readonly Document[]): Promise<Table> {
    const table = this.#tables.get(name);
    if (table === undefined) throw new Error(`there is no table "${name}"`);
    const documents = [...lastOfEachKey(captured, table.keyField)];
    const columns = withDocuments(table.columns, documents);
    await changeColumns(this.#writer, name, table.columns, columns);
    await replaceRows(this.#writer, name, table.keyField, columns, documents);
    return { ...table, columns };
  }

  async #atomically(work: () => Promise<void>): Promise<void> {
    try {
      await this.#writer.run("BEGIN");
      await work();
      await this.#writer.run("COMMIT");
    } catch (cause) {
      // Fails where DuckDB has rolled back by itself; what matters is the first error.
      await this.#writer.run("ROLLBACK").catch(() => undefined);
      throw new StoreError(
        `${this.#path} could not be written (${firstLine(cause)}); ${advice(cause)} and run again, which goes on from what is saved.`,
        { cause },
      );
    }
  }
}

function advice(cause: unknown): string {
  const isFull = /No space left|File too large|Disk quota|not enough space/i.test(firstLine(cause));
  return isFull ? "free some disk space" : "see to the cause";
}

/** An integer that a JSON number holds exactly is a number; else as `JsonDuckDBValueConverter` has it. */
const plainValue: DuckDBValueConverter<Json> = (value, type, converter) => {
  const isSafeInteger = typeof value === "bigint" && Number.isSafeInteger(Number(value));
  return isSafeInteger ? Number(value) : JsonDuckDBValueConverter(value, type, converter);
};
