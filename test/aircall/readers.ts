import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as settle } from "node:timers/promises";
import type { Emulator } from "../../emulator/index.ts";
import { RequestBudget } from "../../src/aircall/budget.ts";
import type { RequestEvent } from "../../src/aircall/client.ts";
import type { ClientOptions } from "../../src/aircall/client-options.ts";
import type { Credentials } from "../../src/aircall/credentials.ts";
import type { Endpoint } from "../../src/aircall/endpoint.ts";
import { AircallReader } from "../../src/aircall/reader.ts";
import { RETRY_POLICY } from "../../src/aircall/retry.ts";
import type { Json, JsonObject } from "../../src/shared/json.ts";
import type { Ports } from "../../src/shared/ports.ts";
import { Redactor } from "../../src/shared/redactor.ts";
import { leapingClock } from "../support/clock.ts";
import { CONFIG, startWorld, testPorts } from "../support/world.ts";

export const TAGS: Endpoint = { path: "/v1/tags", bodyKey: "tags", holds: "list" };
export const ATTEMPTS = RETRY_POLICY.maxAttempts;

const nobody = new AbortController().signal;

/** An emulator of a small account, and readers of it, in a time that leaps over every wait. */
export function worldOf(account: NonNullable<Parameters<typeof startWorld>[0]>["account"]) {
  return startWorld({ account: { calls: 0, contacts: 0, ...account } }, leapingClock());
}

export function readerWith(
  ports: Ports,
  origin: string,
  {
    budget = new RequestBudget({ requests: 1_000, windowMs: 60_000, clock: ports.clock }),
    credentials = { apiId: CONFIG.api_id, apiToken: CONFIG.api_token },
    events = [],
    ...others
  }: {
    budget?: RequestBudget;
    credentials?: Credentials;
    events?: RequestEvent[];
  } & Pick<ClientOptions, "redactBody" | "retryWaitMs"> = {},
): AircallReader {
  const redactor = new Redactor([credentials.apiId, credentials.apiToken]);
  const client = { credentials, origin, budget, ports, redactor, ...others };
  return new AircallReader({ client, signal: nobody, onEvent: (event) => events.push(event) });
}

/** A server that is no Aircall, and a reader that takes it for one. Dispose of it with `await using`. */
export async function impostor(answer: RequestListener, options: Parameters<typeof readerWith>[2] = {}) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ports = testPorts(leapingClock());
  return {
    ports,
    origin,
    reader: readerWith(ports, origin, options),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const pagesOf = (reader: AircallReader, endpoint: Endpoint) => Array.fromAsync(reader.pages(endpoint));

export const idsOf = (pages: readonly { rows: readonly Json[] }[]) =>
  pages.flatMap(({ rows }) => rows.map((row) => (row as JsonObject).id));

export const requested = (emulator: Emulator, path: string) =>
  emulator.requests.recent.filter(({ target }) => target.startsWith(path));

export async function waitFor(isSo: () => boolean): Promise<void> {
  while (!isSo()) await settle();
}
