import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { findPrograms, startPostgres, VOLATILE } from "../support/postgres-server.ts";

export interface PostgresServer extends AsyncDisposable {
  /** The settings with which Meltano's loader reaches it. */
  readonly settings: Readonly<Record<string, string>>;
  /** Each row as the object that PostgreSQL itself makes of it. */
  rows(sql: string): Promise<Record<string, unknown>[]>;
}

/** The user that needs a password. */
const USER = "guarded";
const PASSWORD = "only-for-tests";

/** A server on 127.0.0.1 whose data are deleted in the end; `undefined` where no server is installed. */
export async function postgresServer(): Promise<PostgresServer | undefined> {
  const programs = findPrograms();
  if (programs === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "source-aircall-postgres-"));
  const port = await freePort();
  const stop = await startPostgres(programs, folder, {
    ...VOLATILE,
    listen_addresses: "127.0.0.1",
    port: String(port),
  });
  const client = new pg.Client({ host: "127.0.0.1", port, user: "postgres", database: "postgres" });
  await client.connect();
  await client.query(`CREATE ROLE ${USER} LOGIN PASSWORD '${PASSWORD}'`);
  await client.query(`GRANT CREATE ON DATABASE postgres TO ${USER}`);
  return {
    settings: {
      TARGET_POSTGRES_HOST: "127.0.0.1",
      TARGET_POSTGRES_PORT: String(port),
      TARGET_POSTGRES_USER: USER,
      TARGET_POSTGRES_PASSWORD: PASSWORD,
      TARGET_POSTGRES_DATABASE: "postgres",
    },
    async rows(sql) {
      const { rows } = await client.query(`SELECT to_jsonb(selected) AS row FROM (${sql}) AS selected`);
      return rows.map(({ row }) => row);
    },
    async [Symbol.asyncDispose]() {
      await client.end();
      await stop();
      rmSync(folder, { recursive: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
