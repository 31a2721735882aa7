import { describe, expect, test } from "vitest";
import { RequestBudget } from "../../src/aircall/budget.ts";
import { AircallWebhooks } from "../../src/aircall/index.ts";
import { AccessRefused, CredentialsRefused, RequestInvalid, SourceUnavailable } from "../../src/errors.ts";
import { Redactor } from "../../src/shared/redactor.ts";
import { leapingClock } from "../support/clock.ts";
import { CONFIG, startWorld } from "../support/world.ts";
import { ATTEMPTS } from "./readers.ts";

const ADDRESS = "https://events.acme.test/path";
const EVENTS = ["call.ended", "call.tagged"];

async function worldWith(webhookCount: number) {
  const world = await startWorld(
    { account: { calls: 0, contacts: 0, webhooks: webhookCount } },
    leapingClock(),
  );
  const { ports, clock, emulator } = world;
  const client = {
    credentials: { apiId: CONFIG.api_id, apiToken: CONFIG.api_token },
    origin: emulator.url,
    budget: new RequestBudget({ requests: 1_000, windowMs: 60_000, clock }),
    redactor: new Redactor(),
    ports,
  };
  const webhooks = new AircallWebhooks({ client, signal: new AbortController().signal, purpose: "webhook" });
  return { ...world, webhooks, sent: () => emulator.requests.recent.map(({ method }) => method) };
}

test("webhooks are created, changed, listed over several pages and removed", async () => {
  await using world = await worldWith(70);
  const { webhooks, emulator } = world;
  const made = await webhooks.create(ADDRESS, EVENTS);
  expect(made).toEqual({
    id: made.id,
    url: ADDRESS,
    active: true,
    events: EVENTS,
    token: expect.any(String),
  });
  emulator.account.webhooks.edit(Number(emulator.account.webhooks.locate(made.id)?.id), { active: false });
  expect(await webhooks.list()).toHaveLength(71);
  expect((await webhooks.list()).at(-1)).toEqual({ ...made, active: false });
  const changed = await webhooks.update(made.id, `${ADDRESS}/moved`, ["call.ended"]);
  expect(changed).toEqual({ ...made, url: `${ADDRESS}/moved`, events: ["call.ended"] });
  await webhooks.remove(made.id);
  await webhooks.remove(made.id);
  expect(await webhooks.list()).toHaveLength(70);
});

test("rows that lack what makes a webhook are left out, and others are read as far as they go", async () => {
  await using world = await worldWith(0);
  const rows = [
    { webhook_id: "uuid", id: 1, url: ADDRESS, active: false, events: ["call.ended", null], token: "t0ken" },
    { id: 2, url: ADDRESS },
    { id: 3 },
    { url: ADDRESS },
    null,
  ];
  world.emulator.faults.add({ kind: "status", status: 200, body: { webhooks: rows, meta: { total: 5 } } });
  expect(await world.webhooks.list()).toEqual([
    { id: "uuid", url: ADDRESS, active: false, events: ["call.ended"], token: "t0ken" },
    { id: "2", url: ADDRESS, active: true, events: [], token: undefined },
  ]);
});

describe("a failure after which nobody knows what was done", () => {
  const faults = [
    ["a broken answer", { kind: "cut" }],
    ["a broken connection", { kind: "reset" }],
    ["HTTP 500", { kind: "status", status: 500 }],
    ["HTTP 408", { kind: "status", status: 408 }],
    ["an answer that is not JSON", { kind: "html" }],
  ] as const;

  test.each(faults)("such as %s keeps a creation from being repeated", async (_, fault) => {
    await using world = await worldWith(0);
    world.emulator.faults.add({ ...fault, method: "POST", every: 1 });
    await expect(world.webhooks.create(ADDRESS, EVENTS)).rejects.toThrow(SourceUnavailable);
    expect(world.sent()).toEqual(["POST"]);
  });

  test.each(faults)("such as %s does not keep a change and a deletion from it", async (_, fault) => {
    await using world = await worldWith(1);
    const [{ id } = { id: "" }] = await world.webhooks.list();
    world.emulator.faults.add({ ...fault, method: "PUT", times: 2 });
    world.emulator.faults.add({ ...fault, method: "DELETE", times: ATTEMPTS - 1, every: 1 });
    expect(await world.webhooks.update(id, ADDRESS, EVENTS)).toMatchObject({ url: ADDRESS, events: EVENTS });
    if (fault.kind !== "html") await world.webhooks.remove(id);
    expect(world.emulator.account.webhooks.size).toBe(fault.kind === "html" ? 1 : 0);
  });
});

test("a creation that was refused as one request too many is repeated", async () => {
  await using world = await worldWith(0);
  world.emulator.faults.add({ kind: "status", status: 429, method: "POST" });
  await world.webhooks.create(ADDRESS, EVENTS);
  expect(world.sent()).toEqual(["POST", "POST"]);
  expect(world.emulator.account.webhooks.size).toBe(1);
});

test("what Aircall does not accept is told apart from what the key may not do", async () => {
  await using world = await worldWith(1);
  await expect(world.webhooks.create("http://acme.test", EVENTS)).rejects.toThrow(RequestInvalid);
  await expect(world.webhooks.create(ADDRESS, ["call.vanished"])).rejects.toThrow("call.vanished");
  world.emulator.account.webhooks.rules.keyMayWrite = false;
  await expect(world.webhooks.create(ADDRESS, EVENTS)).rejects.toThrow(AccessRefused);
  world.emulator.faults.add({ kind: "status", status: 403, every: 1 });
  await expect(world.webhooks.create(ADDRESS, EVENTS)).rejects.toThrow(CredentialsRefused);
});

test("each request has its line in the log, without what it sends", async () => {
  await using world = await worldWith(0);
  const lines: string[] = [];
  const debug = (message: string, fields = {}) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  Object.assign(world.ports.log, { debug });
  const { id, token } = await world.webhooks.create(ADDRESS, EVENTS);
  await world.webhooks.remove(id);
  expect(lines.map((line) => line.split(" {")[0])).toEqual([
    "POST /v1/webhooks",
    `DELETE /v1/webhooks/${id}`,
  ]);
  expect(lines.join()).toContain('"purpose":"webhook"');
  for (const secret of [ADDRESS, token]) expect(lines.join()).not.toContain(secret);
});
