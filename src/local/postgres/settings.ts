import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { StoreError } from "../../errors.ts";
import { type Parameters, parseAddress } from "./address.ts";
import { passwordIn } from "./passfile.ts";
import { type Env, readService, type Service } from "./service-file.ts";
import { type Tls, tlsFor } from "./tls.ts";

/** How a server is reached. */
export interface Settings {
  /** A name, an IP address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly applicationName: string;
  readonly options: string | undefined;
  readonly connectTimeoutMs: number;
  readonly tls: Tls;
  /** `undefined` where no password is set. Rejects with a `StoreError` if the passfile may be read by others. */
  readonly password: () => Promise<string | undefined>;
}

const DEFAULT_PORT = 5432;
const DEFAULT_CONNECT_TIMEOUT_SECONDS = 10;

interface Range {
  readonly least: number;
  readonly most: number;
}

const PORTS: Range = { least: 1, most: 65_535 };
/** 0 waits without an end, as in libpq. */
const TIMEOUT_SECONDS: Range = { least: 0, most: 3_600 };

/** Where servers have their sockets: Debian and most other systems, and PostgreSQL by itself. */
const SOCKET_FOLDERS = ["/var/run/postgresql", "/tmp"];

/** The variables of libpq for its parameters. */
const VARIABLES = {
  application_name: "PGAPPNAME",
  connect_timeout: "PGCONNECT_TIMEOUT",
  dbname: "PGDATABASE",
  host: "PGHOST",
  options: "PGOPTIONS",
  passfile: "PGPASSFILE",
  password: "PGPASSWORD",
  port: "PGPORT",
  service: "PGSERVICE",
  sslcert: "PGSSLCERT",
  sslkey: "PGSSLKEY",
  sslmode: "PGSSLMODE",
  sslrootcert: "PGSSLROOTCERT",
  user: "PGUSER",
} as const satisfies Record<keyof Required<Service>, string>;

/**
 * How to reach the database of an address. What the address leaves out is looked up as libpq does: in the service file, then in
 * the environment. Rejects with a `StoreError` if something is missing or not supported.
 */
export async function readSettings(address: string, env: Env): Promise<Settings> {
  const named = parseAddress(address);
  const found = await completed(named, env);
  const port = checkedNumber("port", found.port || DEFAULT_PORT, PORTS);
  const host = found.host || defaultHost(port);
  const user = found.user || userOfSystem();
  const database = found.dbname || user;
  const passfile = found.passfile || (env.HOME ? join(env.HOME, ".pgpass") : "");
  return {
    ...{ host, port, user, database },
    applicationName: found.application_name || "source-aircall",
    options: found.options,
    connectTimeoutMs:
      1_000 *
      checkedNumber(
        "connect_timeout",
        found.connect_timeout || DEFAULT_CONNECT_TIMEOUT_SECONDS,
        TIMEOUT_SECONDS,
      ),
    tls: tlsFor(host, found, env.HOME),
    password: async () => found.password ?? passwordIn(passfile, { host, port, database, user }),
  };
}

function checkedNumber(
  name: "port" | "connect_timeout",
  value: string | number,
  { least, most }: Range,
): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new StoreError(
    `The ${name} of the database must be a whole number from ${least} to ${most}. Correct it in the address, in the service file or in ${VARIABLES[name]}.`,
  );
}

async function completed(named: Parameters, env: Env): Promise<Service> {
  const variables = Object.entries(VARIABLES).map(([name, variable]) => [name, env[variable] || undefined]);
  const ofEnvironment = Object.fromEntries(variables.filter(([, value]) => value !== undefined)) as Service;
  const service = named.service ?? ofEnvironment.service;
  return { ...ofEnvironment, ...(service ? await readService(service, env) : {}), ...named };
}

function defaultHost(port: number): string {
  return SOCKET_FOLDERS.find((folder) => existsSync(`${folder}/.s.PGSQL.${port}`)) ?? "localhost";
}

function userOfSystem(): string {
  try {
    return userInfo().username;
  } catch {
    throw new StoreError(
      "The address names no user, and the user of this process has no name. Name one: postgres://user@host/database.",
    );
  }
}
