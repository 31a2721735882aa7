import { chmod } from "node:fs/promises";
import { dirname } from "node:path";
import { onTestFinished } from "vitest";
import type { CapturedBlock, ColumnKind } from "../../src/local/store/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { columnTypes, newFile, readObjects, readView, runSql } from "../support/duckdb.ts";
import {
  ADDRESS,
  hasPostgres,
  newSchema,
  postgresObjects,
  postgresTypes,
  postgresView,
  runPostgres,
} from "../support/postgres.ts";
import { openCalls } from "../support/stored-calls.ts";

/** What the suite needs of a kind of store beside `openStore`. A store is read while nobody has it open. */
export interface StoreUnderTest {
  /** A target where there is nothing yet. It is gone when the test is finished. */
  newTarget(): string;
  /** Leaves the right to write the target, or to create it, to administrators. */
  protect(target: string): Promise<void>;
  /** The kinds of a table's columns, by their fields. */
  kinds(target: string, table: string): Promise<Record<string, ColumnKind>>;
  /** Each row of a table as the object that it was made from, without its null fields. */
  objects(target: string, table: string): Promise<JsonObject[]>;
  /** Each row of a view, as the store has it: instants as ISO 8601 with milliseconds in UTC, and JSON parsed. */
  rows(target: string, view: string): Promise<JsonObject[]>;
  /** Runs a statement in the schema of the tables. */
  run(target: string, sql: string): Promise<void>;
}

const KINDS: Readonly<Record<string, ColumnKind>> = {
  BIGINT: "integer",
  BOOLEAN: "boolean",
  DOUBLE: "number",
  JSON: "json",
  VARCHAR: "text",
  bigint: "integer",
  boolean: "boolean",
  "double precision": "number",
  jsonb: "json",
  text: "text",
};

const duckdb: StoreUnderTest = {
  newTarget: newFile,
  async protect(target) {
    await chmod(target, 0o444).catch(() => undefined);
    await chmod(dirname(target), 0o555);
    onTestFinished(() => chmod(dirname(target), 0o755));
  },
  kinds: async (target, table) => kindsOf(await columnTypes(target, table)),
  objects: readObjects,
  rows: readView,
  run: runSql,
};

const schemaOf = (target: string) => target.split("#")[1] ?? "";

const postgres: StoreUnderTest = {
  newTarget: () => `${ADDRESS}#${newSchema()}`,
  async protect(target) {
    const schema = schemaOf(target);
    await runPostgres(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
    await runPostgres(`REVOKE INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "${schema}" FROM capture`);
  },
  kinds: async (target, table) => kindsOf(await postgresTypes(schemaOf(target), table)),
  objects: (target, table) => postgresObjects(schemaOf(target), table),
  rows: (target, view) => postgresView(schemaOf(target), view),
  async run(target, sql) {
    await runPostgres(`SET search_path = "${schemaOf(target)}"; ${sql}; RESET search_path`);
  },
};

function kindsOf(types: Readonly<Record<string, string>>): Record<string, ColumnKind> {
  return Object.fromEntries(
    Object.entries(types).map(([field, type]) => [field, KINDS[type] ?? raise(type)]),
  );
}

function raise(type: string): never {
  throw new Error(`no kind of column should be stored as ${type}`);
}

/** Every kind of store that `openStore` opens. */
export const stores: Readonly<Record<string, StoreUnderTest>> = {
  DuckDB: duckdb,
  ...(hasPostgres && { PostgreSQL: postgres }),
};

/** A target with a store of calls that has committed each list of blocks in a transaction of its own, and is closed. */
export async function stored(
  { newTarget }: StoreUnderTest,
  ...transactions: CapturedBlock[][]
): Promise<string> {
  const target = newTarget();
  const store = await openCalls(target);
  for (const blocks of transactions) await store.commit(blocks);
  await store.close();
  return target;
}

export async function objectsById({ objects }: StoreUnderTest, target: string): Promise<JsonObject[]> {
  return (await objects(target, "calls")).sort((one, other) => Number(one.id) - Number(other.id));
}
