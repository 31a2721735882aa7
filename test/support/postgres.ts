import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import pg from "pg";
import { inject, onTestFinished } from "vitest";
import type { Json, JsonObject } from "../../src/shared/json.ts";
import { CERTIFICATE } from "./postgres-server.ts";
import { doorIn } from "./postgres-setup.ts";

const server = inject("postgres");

/** Whether there is a PostgreSQL server for tests. */
export const hasPostgres = server !== undefined;

export const { folder, port } = server ?? { folder: "", port: 0 };

/** The certificate of the server. */
export const CERTIFICATE_FILE = join(folder, "data", CERTIFICATE);

/** The path of the server's socket. */
export const SOCKET = `${folder}/.s.PGSQL.${port}`;

/** The user of the tests' captures: no administrator, who may make schemas in the database. */
const USER = "capture";

/** The password of the user `guarded`, the only one who needs one. */
export const PASSWORD = "a secret: \\ word";

/** The address of the database as a user reaches it. */
export const addressAs = (user: string) => `postgres://${user}@/postgres?host=${folder}&port=${port}`;

export const ADDRESS = addressAs(USER);

/** The server starts with the first file that imports this one. */
const administrator = hasPostgres ? await startServer() : undefined;

/** Runs a statement as an administrator, without the connector's own code. */
export async function runPostgres(sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  if (administrator === undefined) throw new Error("there is no PostgreSQL server for tests");
  return (await administrator.query(sql, values)).rows;
}

async function startServer(): Promise<pg.Client> {
  const answer = await text(connect(doorIn(folder)));
  if (answer !== "ready") throw new Error(answer);
  const client = new pg.Client({ host: folder, port, user: "postgres", database: "postgres" });
  await client.connect();
  // Several workers begin together.
  await client.query("SELECT pg_advisory_lock(1)");
  const { rows } = await client.query("SELECT FROM pg_roles WHERE rolname = $1", [USER]);
  if (rows.length === 0)
    await client.query(
      `CREATE ROLE ${USER} LOGIN; CREATE ROLE guarded LOGIN PASSWORD '${PASSWORD}';
       GRANT CREATE ON DATABASE postgres TO ${USER}, guarded`,
    );
  await client.query("SELECT pg_advisory_unlock(1)");
  return client;
}

let schemas = 0;

/** The name of a schema that is not there yet. It is gone when the test is finished. */
export function newSchema(): string {
  const schema = `test_${process.pid}_${schemas++}`;
  onTestFinished(async () => {
    await runPostgres(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
  });
  return schema;
}

/** The types that the columns of a table have, by the fields that they hold. */
export async function postgresTypes(schema: string, table: string): Promise<Record<string, string>> {
  const columns = await runPostgres(
    `SELECT field, format_type(atttypid, atttypmod) AS type FROM "${schema}".source_aircall_fields
       JOIN pg_attribute ON attrelid = format('%I.%I', $1::text, table_name)::regclass AND attname = column_name
      WHERE table_name = $2 ORDER BY position`,
    [schema, table],
  );
  return Object.fromEntries(columns.map(({ field, type }) => [JSON.parse(String(field)), String(type)]));
}

/** Each row of a table as the object that it was made from, without its null fields. */
export async function postgresObjects(schema: string, table: string): Promise<JsonObject[]> {
  const fields = await runPostgres(
    `SELECT field, column_name FROM "${schema}".source_aircall_fields WHERE table_name = $1 ORDER BY position`,
    [table],
  );
  const texts = fields.map(({ column_name }, index) => {
    const name = pg.escapeIdentifier(String(column_name));
    return `to_jsonb(${name})::text AS value_${index}`;
  });
  const rows = await runPostgres(`SELECT ${texts.join(", ")} FROM "${schema}"."${table}"`);
  return rows.map((row) => {
    const values = fields.map(({ field }, index): [string, Json] => {
      const value = row[`value_${index}`];
      return [JSON.parse(String(field)), typeof value === "string" ? JSON.parse(value) : null];
    });
    return Object.fromEntries(values.filter(([, value]) => value !== null));
  });
}

/** The rows of a view, with instants in UTC. */
export async function postgresView(schema: string, view: string): Promise<JsonObject[]> {
  const rows = await runPostgres(`SELECT row_to_json(v)::text AS row FROM "${schema}"."${view}" AS v`);
  const types = await runPostgres(
    `SELECT attname, format_type(atttypid, atttypmod) AS type FROM pg_attribute
      WHERE attrelid = format('%I.%I', $1::text, $2::text)::regclass AND attnum > 0`,
    [schema, view],
  );
  const instants = new Set(
    types.filter(({ type }) => type === "timestamp with time zone").map(({ attname }) => attname),
  );
  return rows.map(({ row }) => {
    const values = Object.entries(JSON.parse(String(row)) as JsonObject).map(
      ([name, value]): [string, Json] => [
        name,
        instants.has(name) && typeof value === "string" ? new Date(value).toISOString() : value,
      ],
    );
    return Object.fromEntries(values);
  });
}
