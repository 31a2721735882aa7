import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { createAdaptorServer } from "@hono/node-server";
import { Hono, type MiddlewareHandler } from "hono";
import { Account } from "./account/account.ts";
import { authenticate } from "./auth.ts";
import { fetchInProcess } from "./connection.ts";
import { Events } from "./events/events.ts";
import { FaultPlan } from "./faults.ts";
import { enforceLimit, Limiter } from "./limiter.ts";
import { type EmulatorOptions, resolveOptions } from "./options.ts";
import { RequestRecord, recordRequests } from "./requests.ts";
import { STREAMS, type StreamName } from "./routes/index.ts";
import { type EmulatorApp, queryFrom, type World } from "./routes/stream.ts";
import { strikeFaults } from "./strike.ts";

/** A running emulator of the Aircall API. */
export interface Emulator {
  /** The origin on which it listens, without a trailing slash. */
  readonly url: string;
  /** Works as a request over HTTP does, but without a socket. Faults, delays and `close` apply to it as well. */
  readonly fetch: typeof fetch;
  /** The data of the account, and the methods that change it. */
  readonly account: Account;
  /** What the webhooks of the account receive. */
  readonly events: Events;
  readonly faults: FaultPlan;
  /** The rate limiter of the company. Tests may change its `limit`. */
  readonly limiter: Limiter;
  readonly requests: RequestRecord;
  /** All rows that a list would return now, in ascending order, without HTTP requests. */
  truth(stream: StreamName, parameters?: Record<string, string>): IterableIterator<unknown>;
  /** Stops listening and closes every connection, including those of unanswered requests. */
  close(): Promise<void>;
}

export async function startEmulator(options: Partial<EmulatorOptions> = {}): Promise<Emulator> {
  const resolved = resolveOptions(options);
  const world: World = { account: new Account(resolved), options: resolved };
  const requests = new RequestRecord();
  const faults = new FaultPlan();
  const limiter = new Limiter(resolved);
  const closing = new AbortController();

  const app: EmulatorApp = new Hono();
  app.use(recordRequests(requests, resolved.clock));
  if (resolved.latencyMs > 0) app.use(waitBefore(resolved.latencyMs, closing.signal));
  app.use(authenticate(resolved.apiId));
  app.use(enforceLimit(limiter, resolved));
  app.use(strikeFaults(faults, closing.signal));
  serveRoutes(app, world);

  const server = createAdaptorServer({ fetch: app.fetch, hostname: resolved.host }) as Server;
  await listen(server, resolved);
  const events = new Events(world.account, resolved);
  return {
    url: originOf(server),
    fetch: fetchInProcess(app.fetch, closing.signal),
    account: world.account,
    events,
    faults,
    limiter,
    requests,
    truth: (stream, parameters) => truthOf(world, stream, parameters),
    close: () => {
      closing.abort();
      events.close();
      return close(server);
    },
  };
}

function serveRoutes(app: EmulatorApp, world: World): void {
  app.get("/v1/ping", (context) => context.json({ ping: "pong" }));
  for (const stream of Object.values(STREAMS)) stream.serve(app, world);
  app.notFound((context) => context.json({ message: "Not Found" }, 404));
}

function* truthOf(world: World, stream: StreamName, parameters: Record<string, string> = {}) {
  const selection = STREAMS[stream].rows(world, queryFrom(new URLSearchParams(parameters)));
  for (let position = 0; position < selection.total; position++) yield selection.row(position);
}

function waitBefore(latencyMs: number, closing: AbortSignal): MiddlewareHandler {
  return async (_, next) => {
    await delay(latencyMs, undefined, { signal: closing }).catch(() => undefined);
    return next();
  };
}

function listen(server: Server, { host, port }: EmulatorOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve());
  });
}

function originOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
