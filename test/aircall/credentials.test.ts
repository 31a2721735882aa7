import { expect, test } from "vitest";
import type { Fault } from "../../emulator/index.ts";
import type { RequestEvent } from "../../src/aircall/client.ts";
import { ConnectionRejected, ConnectorError, CredentialsRefused } from "../../src/errors.ts";
import type { LogFields, Ports } from "../../src/shared/ports.ts";
import { CONFIG } from "../support/world.ts";
import { impostor, pagesOf, readerWith, requested, TAGS, worldOf } from "./readers.ts";

const SECRET = "token-that-nobody-may-see";

test("a key of any characters is sent as Basic authorization", async () => {
  const sent: (string | null)[] = [];
  await using world = await worldOf({});
  const ports: Ports = {
    ...world.ports,
    fetch: (input, init) => {
      sent.push(new Headers(init?.headers).get("authorization"));
      return fetch(input, init);
    },
  };
  const credentials = { apiId: "id", apiToken: "a:tökén" };
  await expect(readerWith(ports, world.emulator.url, { credentials }).ping()).rejects.toThrow(
    CredentialsRefused,
  );
  expect(sent).toEqual(["Basic aWQ6YTp0w7Zrw6lu"]);
});

test("a redirect is not followed, wherever it leads", async () => {
  await using world = await worldOf({});
  const headers = { location: `${world.emulator.url}/v1/ping` };
  world.emulator.faults.add({ kind: "status", status: 302, headers, match: "/v1/tags", every: 1 });
  await expect(pagesOf(world.reader(), TAGS)).rejects.toThrow(ConnectionRejected);
  expect(requested(world.emulator, "/v1/ping")).toEqual([]);
});

test("no failure tells the key, neither in its error nor in the log", async () => {
  const told: string[] = [];
  const remember = (message: string, fields?: LogFields) => told.push(JSON.stringify([message, fields]));
  const log = { debug: remember, info: remember, warn: remember, error: remember };
  await using world = await worldOf({});
  const events: RequestEvent[] = [];
  const reader = readerWith({ ...world.ports, log }, world.emulator.url, { events });
  const kinds: Fault[] = [
    { kind: "status", status: 400 },
    { kind: "status", status: 403 },
    { kind: "status", status: 429 },
    { kind: "status", status: 500 },
    { kind: "reset" },
    { kind: "html" },
  ];
  for (const kind of kinds) {
    const fault = world.emulator.faults.add({ ...kind, every: 1 });
    const error = await reader.get(TAGS, {}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConnectorError);
    told.push(`${error} ${JSON.stringify(error)} ${error instanceof Error ? error.stack : ""}`);
    fault.remove();
  }
  const text = [...told, JSON.stringify(events)].join("\n");
  expect(text).toContain(`"attempt":6`);
  const { api_id, api_token } = CONFIG;
  for (const secret of [api_id, api_token, btoa(`${api_id}:${api_token}`)])
    expect(text).not.toContain(secret);
});

test.each([
  ["an error", 400, { errors: `unknown token ${SECRET}` }],
  ["a refusal", 403, { message: `Basic ${Buffer.from(`id:${SECRET}`).toString("base64")}` }],
  ["a fault", 503, { message: SECRET }],
  ["an error long before it", 400, { message: `${"x".repeat(190)}${SECRET}` }],
])("%s that repeats the key tells it to nobody", async (_, status, body) => {
  await using server = await impostor((_, response) => response.writeHead(status).end(JSON.stringify(body)), {
    credentials: { apiId: "id", apiToken: SECRET },
  });
  const error = await Array.fromAsync(server.reader.pages(TAGS)).catch((thrown: unknown) => thrown);
  expect(String(error)).toContain("[hidden]");
  const told = JSON.stringify([String(error), server.ports.log.lines]);
  expect(told).not.toContain(SECRET.slice(0, 8));
  expect(told).not.toContain(Buffer.from(`id:${SECRET}`).toString("base64"));
});
