import { StoreError } from "../../errors.ts";
import type { JsonObject } from "../../shared/json.ts";
import type { Log } from "../../shared/ports.ts";
import {
  type CapturedBlock,
  type Columns,
  DEFAULT_SCHEMA,
  foreignViewSentence,
  hasOtherColumns,
  type LastDocuments,
  lastDocuments,
  type NameRules,
  patchState,
  type Store,
  type StoreOptions,
  type SummaryQuestion,
  schemaPlace,
  type TableSpec,
  type TableSummary,
  textWithoutNul,
  type ViewSpec,
  withDocuments,
  withSchema,
} from "../store/index.ts";
import { LONGEST_NAME_BYTES } from "./address.ts";
import { comment } from "./comments.ts";
import type { Client } from "./connect.ts";
import { faultText, isFault } from "./faults.ts";
import { claim } from "./ownership.ts";
import { mergeRows, replaceRows } from "./rows.ts";
import type { Schema } from "./schema.ts";
import { Session } from "./session.ts";
import { readSettings } from "./settings.ts";
import { quoteTable } from "./sql.ts";
import { changeState, readState } from "./state.ts";
import { readSummary } from "./summary.ts";
import { changeColumns, readColumns } from "./tables.ts";
import { changeViews, releaseViews, type Unmade } from "./views.ts";

/** What a column of PostgreSQL can be called. The names that it reserves are those of its system columns. */
const NAMES: NameRules = {
  longestBytes: LONGEST_NAME_BYTES,
  reserved: ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"],
};

/**
 * A store in a schema of a PostgreSQL database: a table for each stream with a column for each top-level field, and tables called
 * `source_aircall_…` with what the store has to remember. See `OpenStore` and `Store`.
 */
export async function openPostgresStore(address: string, options: StoreOptions): Promise<Store> {
  const { source, schema: name = DEFAULT_SCHEMA, world } = options;
  const schema: Schema = { name, place: schemaPlace(address, name).name };
  let session: Session | undefined;
  try {
    const settings = await readSettings(address, world.env);
    session = await Session.open(settings, schema, world, (client) => claim(client, schema, source));
    const store = new PostgresStore(session, schema, world.log);
    await store.prepare(options);
    return store;
  } catch (cause) {
    await session?.close();
    if (cause instanceof StoreError || world.signal.aborted) throw cause;
    throw new StoreError(`${faultText(`${schema.place} cannot be opened`, cause)}.`, { cause });
  }
}

interface Table extends Pick<TableSpec, "keyField" | "merges"> {
  readonly columns: Columns;
}

class PostgresStore implements Store {
  readonly #session: Session;
  readonly #schema: Schema;
  readonly #log: Pick<Log, "warn">;
  readonly #reported = new Set<string>();
  #tables: ReadonlyMap<string, Table> = new Map();
  #views: readonly ViewSpec[] = [];
  #state: JsonObject = {};

  constructor(session: Session, schema: Schema, log: Pick<Log, "warn">) {
    this.#session = session;
    this.#schema = schema;
    this.#log = log;
  }

  /** Reads the state and makes the tables ready for documents; to be called first and once. */
  async prepare({ tables: specs, views = [] }: StoreOptions): Promise<void> {
    this.#views = views;
    let unmade: Unmade | undefined;
    await this.#atomically(async (client) => {
      this.#state = await readState(client, this.#schema.name);
      const tables = await this.#prepareTables(client, specs);
      unmade = await this.#changeViews(client, tables);
      this.#tables = tables;
    });
    if (unmade) this.#reportUnmade(unmade);
  }

  get state(): JsonObject {
    return this.#state;
  }

  async commit(blocks: readonly CapturedBlock[], patch: JsonObject = {}): Promise<void> {
    const documents = lastDocuments(blocks, (name) => this.#table(name), textWithoutNul);
    const { state, changes } = patchState(this.#state, blocks, patch);
    if (documents.size === 0 && changes.size === 0) return;
    let tables = new Map(this.#tables);
    await this.#atomically(async (client) => {
      tables = new Map(this.#tables);
      for (const [name, captured] of documents) tables.set(name, await this.#write(client, name, captured));
      if (hasOtherColumns(this.#tables, tables)) await this.#changeViews(client, tables);
      await changeState(client, this.#schema.name, changes);
    });
    this.#tables = tables;
    this.#state = state;
  }

  async rowCounts(): Promise<ReadonlyMap<string, number>> {
    const names = [...this.#tables.keys()];
    try {
      return await this.#session.read(async (client) => {
        const counts = new Map<string, number>();
        for (const name of names) {
          const { rows } = await client.query(
            `SELECT count(*) AS count FROM ${quoteTable(this.#schema.name, name)}`,
          );
          counts.set(name, Number(rows[0].count));
        }
        return counts;
      });
    } catch (cause) {
      throw this.#fault("cannot be read", cause);
    }
  }

  async summary(question: SummaryQuestion): Promise<TableSummary> {
    const { columns } = this.#table(question.table);
    const table = quoteTable(this.#schema.name, question.table);
    try {
      return await this.#session.read((client) => readSummary(client, table, question, columns));
    } catch (cause) {
      throw this.#fault("cannot be read", cause);
    }
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  async #prepareTables(client: Client, specs: readonly TableSpec[]): Promise<ReadonlyMap<string, Table>> {
    const schema = this.#schema.name;
    const known = await readColumns(client, schema);
    const tables = new Map<string, Table>();
    for (const { name, keyField, documentSchema, merges = false } of specs) {
      const before: Columns = known.get(name) ?? new Map();
      const columns = withSchema(before, keyField, documentSchema, NAMES);
      await changeColumns(client, { schema, table: name, keyField, before, after: columns });
      tables.set(name, { keyField, merges, columns });
    }
    await comment(
      client,
      schema,
      specs.map((spec) => ({ ...spec, columns: tables.get(spec.name)?.columns ?? new Map() })),
    );
    return tables;
  }

  #changeViews(client: Client, tables: ReadonlyMap<string, Table>): Promise<Unmade> {
    return changeViews(client, this.#schema.name, this.#views, (name) => tables.get(name)?.columns);
  }

  #reportUnmade({ foreign, refused }: Unmade): void {
    for (const name of foreign) this.#log.warn(foreignViewSentence(this.#schema.place, name));
    for (const [name, reason] of refused)
      this.#log.warn(
        `${this.#schema.place} does not have the view ${name}, which the server refuses: ${reason}.`,
      );
  }

  #table(name: string): Table {
    const table = this.#tables.get(name);
    if (table === undefined) throw new Error(`the store was opened without a table "${name}"`);
    return table;
  }

  async #write(client: Client, table: string, { replacing, merging }: LastDocuments): Promise<Table> {
    const schema = this.#schema.name;
    const { keyField, columns: before, ...others } = this.#table(table);
    const columns = withDocuments(before, [...replacing, ...merging], NAMES);
    if ([...before.values()].some(({ field, kind }) => columns.get(field)?.kind !== kind)) {
      const over = this.#views.filter((view) => view.table === table);
      await releaseViews(client, schema, over);
    }
    await changeColumns(client, { schema, table, keyField, before, after: columns });
    const rows = {
      schema,
      table,
      keyField,
      columns,
      onReplaced: (field: string) => this.#replaced(table, field),
    };
    await replaceRows(client, { ...rows, documents: replacing });
    await mergeRows(client, { ...rows, documents: merging });
    return { ...others, keyField, columns };
  }

  /** Reports once that a field has characters that are not stored. */
  #replaced(table: string, field: string): void {
    const name = JSON.stringify([table, field]);
    if (this.#reported.has(name)) return;
    this.#reported.add(name);
    this.#log.warn(
      `${table}: The field ${JSON.stringify(field)} has U+0000 or half of a character, which PostgreSQL cannot store. U+FFFD takes its place.`,
    );
  }

  async #atomically(work: (client: Client) => Promise<void>): Promise<void> {
    try {
      await this.#session.transaction(work);
    } catch (cause) {
      throw this.#fault("could not be written", cause, " and run again, which goes on from what is saved");
    }
  }

  /** An error of this program, such as a document without a key, is not a fault of the server. */
  #fault(what: string, cause: unknown, after = ""): unknown {
    if (!isFault(cause)) return cause;
    return new StoreError(`${faultText(`${this.#schema.place} ${what}`, cause)}${after}.`, { cause });
  }
}
