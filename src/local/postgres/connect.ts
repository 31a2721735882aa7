import pg from "pg";
import { StoreError } from "../../errors.ts";
import { REFUSES_TLS } from "./faults.ts";
import type { Settings } from "./settings.ts";
import { quoteText } from "./sql.ts";

export type Client = pg.Client;

/** Finds a peer that is gone while nothing is sent, as behind a firewall that forgets connections. */
const KEEP_ALIVE_AFTER_MS = 10_000;

const OLDEST_SERVER = 13;

/** A reader may hold a table for long, and a change of columns that waits for it holds up all other readers. */
export const LONGEST_LOCK_WAIT = "5s";

/** Timeouts that a database or a role may have set for people. */
const TIMEOUTS = [
  "statement_timeout",
  "idle_in_transaction_session_timeout",
  "idle_session_timeout",
  "transaction_timeout",
];

/**
 * An open connection to the database, with the settings of this program. Rejects with what the driver or the server reports, or a
 * `StoreError` if the server is one that this program cannot use. `place` is for messages.
 */
export async function connect(settings: Settings, place: string): Promise<Client> {
  const client = await openAsServerCan(settings);
  try {
    await prepare(client, place);
    return client;
  } catch (cause) {
    await client.end().catch(() => undefined);
    throw cause;
  }
}

async function openAsServerCan(settings: Settings): Promise<Client> {
  const { options, isOptional } = settings.tls;
  try {
    return await open(settings, options);
  } catch (error) {
    if (options && isOptional && error instanceof Error && error.message === REFUSES_TLS)
      return open(settings, undefined);
    throw error;
  }
}

async function open(settings: Settings, ssl: pg.ClientConfig["ssl"]): Promise<Client> {
  const { host, port, user, database, applicationName, options, connectTimeoutMs } = settings;
  const client = new pg.Client({
    ...{ host, port, user, database, options },
    application_name: applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    ssl: ssl ?? false,
    // The driver would look for it in the variables of the process by itself.
    password: () => passwordOf(settings),
  });
  // A connection may be lost while nothing is asked; what is asked next then fails.
  client.on("error", () => {});
  try {
    await client.connect();
    return client;
  } catch (cause) {
    // What this process has refused by itself, such as for want of a password, has left the connection open.
    await client.end().catch(() => undefined);
    throw cause;
  }
}

async function passwordOf({ password, user }: Settings): Promise<string> {
  const found = await password();
  if (found !== undefined) return found;
  throw new StoreError(
    `The server asks for the password of ${user}. Set PGPASSWORD, or write it into the file ~/.pgpass, and try again.`,
  );
}

/** Makes the settings of a connection, and makes sure that the server is one that this program can use. */
async function prepare(client: Client, place: string): Promise<void> {
  await client.query(
    `SET client_min_messages = warning; SET extra_float_digits = 1; SET lock_timeout = '${LONGEST_LOCK_WAIT}';
     SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN (${TIMEOUTS.map(quoteText)})`,
  );
  const { rows } = await client.query(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::integer / 10000 AS major,
            current_setting('server_encoding') AS encoding`,
  );
  const { version, major, encoding } = rows[0];
  if (major < OLDEST_SERVER)
    throw new StoreError(
      `${place} is on PostgreSQL ${version}, and ${OLDEST_SERVER} is the oldest supported version; update the server or choose another one.`,
    );
  if (encoding !== "UTF8")
    throw new StoreError(
      `${place} is in a database with the encoding ${encoding}, which cannot hold all texts; create a database with the encoding UTF8.`,
    );
}
