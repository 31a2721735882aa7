import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { ConfigError } from "../errors.ts";
import type { Log } from "../shared/ports.ts";
import { statusApp } from "./app.ts";
import { Readings } from "./readings.ts";
import type { StatusSources } from "./sources.ts";

/** Where the page is served. */
export interface StatusAddress {
  readonly host: string;
  /** 0 is any free port. */
  readonly port: number;
}

/** A few people and programs look at a capture. Further connections are closed. */
const MOST_CONNECTIONS = 64;

/** No request has a body, and no more headers than a browser sends. */
const SERVER_OPTIONS = {
  maxHeaderSize: 16 * 1_024,
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
};

/** A reader that takes nothing for so long is cut off. */
const IDLE_TIMEOUT_MS = 30_000;

/** The page over HTTP, while the capture runs. */
export class StatusServer {
  readonly #server: Server;
  readonly #readings: Readings;

  /** Throws a `ConfigError` if the port cannot be opened. */
  static async listen(address: StatusAddress, sources: StatusSources, log: Log): Promise<StatusServer> {
    const readings = new Readings(sources);
    const { fetch } = statusApp(sources, readings, log);
    const server = createAdaptorServer({
      fetch,
      serverOptions: SERVER_OPTIONS,
      overrideGlobalObjects: false,
    }) as Server;
    server.maxConnections = MOST_CONNECTIONS;
    server.setTimeout(IDLE_TIMEOUT_MS);
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error) => reject(cannotListen(error, address)));
      server.listen(address.port, address.host, resolve);
    });
    // The system has no room for another connection. Those that are open go on.
    server.removeAllListeners("error").on("error", () => {});
    return new StatusServer(server, readings);
  }

  private constructor(server: Server, readings: Readings) {
    this.#server = server;
    this.#readings = readings;
  }

  get url(): string {
    const { address, port, family } = this.#server.address() as AddressInfo;
    return `http://${family === "IPv6" ? `[${address}]` : address}:${port}/`;
  }

  /** Closes the port and all connections. Resolves when the store is no longer being read. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
    await this.#readings.settled();
  }
}

function cannotListen({ code }: NodeJS.ErrnoException, { host, port }: StatusAddress): ConfigError {
  const place = `Port ${port} at ${host}, at which --status serves its page,`;
  if (code === "EADDRINUSE")
    return new ConfigError(`${place} is in use. Choose another port, or stop the program that uses it.`);
  if (code === "EACCES" || code === "EPERM")
    return new ConfigError(`${place} may not be opened by this user. Choose a port from 1024 on.`);
  return new ConfigError(`${place} cannot be opened (${code}). Correct the address.`);
}
