import { type Columns, isMadeView, type ViewSpec, viewChanges, viewComment } from "../store/index.ts";
import type { Client } from "./connect.ts";
import { isPassing } from "./faults.ts";
import { firstLine, quoteName, quoteTable, quoteText } from "./sql.ts";
import { postgresViews } from "./view-dialect.ts";

const VIEWS = "source_aircall_views";

/** What became of views that could not be made. */
export interface Unmade {
  /** Something that this program did not make has the name. */
  readonly foreign: readonly string[];
  /** Why the server refuses the view, by its name. */
  readonly refused: ReadonlyMap<string, string>;
}

/**
 * Makes the views that the tables have columns for, and makes those again whose tables have changed. What this program did not make
 * stays as it is, and a view that the server refuses fails nothing else. Runs inside a transaction.
 */
export async function changeViews(
  client: Client,
  schema: string,
  views: readonly ViewSpec[],
  columnsOf: (table: string) => Columns | undefined,
): Promise<Unmade> {
  const queries = await readQueries(client, schema);
  const comments = await readComments(client, schema);
  const commentOn = (name: string) => comments.get(name);
  const { changed, foreign } = viewChanges(views, columnsOf, postgresViews(schema), { queries, commentOn });
  const refused = new Map<string, string>();
  for (const { view, query } of changed) {
    const reason = await refusalOf(client, () => makeView(client, schema, view, query));
    if (reason !== undefined) refused.set(view.name, reason);
  }
  return { foreign, refused };
}

/**
 * Lets go of the columns that the views over a table read, which PostgreSQL would not change otherwise. The views stay, without
 * rows, for those who may read them and for the views of others, until they are made again in the same transaction.
 */
export async function releaseViews(
  client: Client,
  schema: string,
  views: readonly ViewSpec[],
): Promise<void> {
  const { name, type } = postgresViews(schema);
  const queries = await readQueries(client, schema);
  const comments = await readComments(client, schema);
  for (const view of views) {
    if (!queries.has(view.name) || !isMadeView(comments.get(view.name) ?? "")) continue;
    const columns = view.columns.map(
      (column) => `CAST(NULL AS ${type(column.type)}) AS ${name(column.name)}`,
    );
    await client.query(
      `CREATE OR REPLACE VIEW ${quoteTable(schema, view.name)} AS SELECT ${columns.join(", ")} WHERE false`,
    );
    await client.query(`UPDATE ${quoteTable(schema, VIEWS)} SET query = '' WHERE name = $1`, [view.name]);
  }
}

/** The queries that views were made with. PostgreSQL spells them in its own way. */
async function readQueries(client: Client, schema: string): Promise<ReadonlyMap<string, string>> {
  await client.query(
    `CREATE TABLE IF NOT EXISTS ${quoteTable(schema, VIEWS)} (name text PRIMARY KEY, query text NOT NULL)`,
  );
  const { rows } = await client.query(`SELECT name, query FROM ${quoteTable(schema, VIEWS)}`);
  return new Map(rows.map(({ name, query }) => [name, query]));
}

/** The comments on everything that has a name of its own in the schema. PostgreSQL drops a comment with its view. */
async function readComments(client: Client, schema: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query(
    `SELECT c.relname AS name, coalesce(obj_description(c.oid, 'pg_class'), '') AS comment
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1`,
    [schema],
  );
  return new Map(rows.map(({ name, comment }) => [name, comment]));
}

async function makeView(client: Client, schema: string, view: ViewSpec, query: string): Promise<void> {
  const name = quoteTable(schema, view.name);
  if (
    (await refusalOf(client, () => client.query(`CREATE OR REPLACE VIEW ${name} AS ${query}`))) !== undefined
  ) {
    // The columns of an earlier version may have been others.
    await client.query(`DROP VIEW IF EXISTS ${name}`);
    await client.query(`CREATE VIEW ${name} AS ${query}`);
  }
  const comments = view.columns.map(
    (column) => `COMMENT ON COLUMN ${name}.${quoteName(column.name)} IS ${quoteText(column.description)}`,
  );
  await client.query([`COMMENT ON VIEW ${name} IS ${quoteText(viewComment(view))}`, ...comments].join("; "));
  await client.query(
    `INSERT INTO ${quoteTable(schema, VIEWS)} VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET query = EXCLUDED.query`,
    [view.name, query],
  );
}

/** Why the server refuses the work, of which nothing is left then. Throws a fault that may pass. */
async function refusalOf(client: Client, work: () => Promise<unknown>): Promise<string | undefined> {
  await client.query("SAVEPOINT view");
  try {
    await work();
    await client.query("RELEASE SAVEPOINT view");
    return undefined;
  } catch (cause) {
    if (isPassing(cause)) throw cause;
    await client.query("ROLLBACK TO SAVEPOINT view; RELEASE SAVEPOINT view");
    return firstLine(cause);
  }
}
