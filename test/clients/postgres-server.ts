import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, globSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { Unavailable } from "./environment.ts";

const run = promisify(execFile);

/** A server that refuses to run as root runs as one of these then. */
const OTHER_USERS = ["postgres", "nobody"];

const ATTEMPTS = 300;
const BETWEEN_ATTEMPTS_MS = 100;

export interface PostgresServer extends AsyncDisposable {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/**
 * A server of this machine's PostgreSQL on 127.0.0.1, with its data in a folder that is deleted in the end. Throws
 * `Unavailable` where PostgreSQL is not installed.
 */
export async function startPostgres(): Promise<PostgresServer> {
  const programs = postgresPrograms();
  const identity = await ordinaryUser();
  const folder = mkdtempSync(join(tmpdir(), "source-aircall-postgres-"));
  if (identity.uid !== undefined) chownSync(folder, identity.uid, identity.gid ?? identity.uid);
  const [user, password, database] = ["warehouse", "only-for-tests", "postgres"];
  const data = join(folder, "data");
  const options = {
    ...identity,
    cwd: folder,
    env: { PATH: process.env.PATH, PW: password, LC_ALL: "C.UTF-8" },
  };
  const initdb = `exec "$0" --pgdata "$1" --username "$2" --auth scram-sha-256 --encoding UTF8 --no-sync --pwfile <(printf %s "$PW")`;
  await run("bash", ["-c", initdb, join(programs, "initdb"), data, user], options);
  const port = await freePort();
  const settings = ["-k", folder, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"];
  const server = spawn(join(programs, "postgres"), ["-D", data, "-p", String(port), ...settings], {
    ...options,
    stdio: "ignore",
  });
  const ended = once(server, "exit");
  await Promise.race([isReady(programs, port), ended.then(() => fail())]);
  return {
    ...{ port, user, password, database },
    async [Symbol.asyncDispose]() {
      server.kill("SIGINT");
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

function postgresPrograms(): string {
  const inPath = (process.env.PATH ?? "").split(":");
  const debian = globSync("/usr/lib/postgresql/*/bin").sort().reverse();
  const found = [...inPath, ...debian]
    .map((folder) => join(folder, "initdb"))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Unavailable("PostgreSQL is not installed (there is no initdb)");
  return dirname(realpathSync(found));
}

async function ordinaryUser(): Promise<{ uid?: number; gid?: number }> {
  if (userInfo().uid !== 0) return {};
  for (const name of OTHER_USERS) {
    const id = await run("id", ["-u", name]).catch(() => undefined);
    if (id) return { uid: Number(id.stdout), gid: Number((await run("id", ["-g", name])).stdout) };
  }
  throw new Unavailable("PostgreSQL does not run as root, and there is no other user");
}

/** Resolves when the server accepts connections. */
async function isReady(programs: string, port: number): Promise<void> {
  const ready = () => run(join(programs, "pg_isready"), ["-h", "127.0.0.1", "-p", String(port)]);
  for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
    if (await ready().catch(() => undefined)) return;
    await setTimeout(BETWEEN_ATTEMPTS_MS);
  }
  await ready();
}

function fail(): never {
  throw new Error("the PostgreSQL server ended at its start");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
