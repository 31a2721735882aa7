import { describe, expect, test } from "vitest";
import { EVENT_NAMES } from "./account/event-names.ts";
import type { Emulator } from "./index.ts";
import { AUTHORIZATION, NOON_SECONDS, open, QUIET, type Row } from "./testing.ts";

const URL_OF_OURS = "https://ours.example.test/aircall";

const webhookIn = ({ body }: { body: Record<string, unknown> }) => body.webhook as Row;

const seeded = ({ account }: Emulator) => {
  const [webhook] = account.webhooks.listed;
  if (!webhook) throw new Error("the account has no webhook");
  return webhook;
};

test("there are 67 documented events, those of users in two versions", () => {
  expect(EVENT_NAMES).toHaveLength(67);
  expect(new Set(EVENT_NAMES).size).toBe(EVENT_NAMES.length);
});

describe("creating a webhook", () => {
  test("answers with 201 and the row of the list, and the webhook is active at once", async () => {
    const { write, rows } = await open({ account: QUIET });
    const answer = await write("POST", "/v1/webhooks", {
      url: URL_OF_OURS,
      custom_name: "Ours",
      events: ["call.ended"],
    });
    expect(answer.status).toBe(201);
    expect(webhookIn(answer)).toMatchObject({ url: URL_OF_OURS, active: true, events: ["call.ended"] });
    expect(webhookIn(answer)).not.toHaveProperty("custom_name");
    expect(webhookIn(answer).token).toMatch(/^[0-9a-f]{32}$/);
    expect((await rows("/v1/webhooks", "webhooks")).at(-1)).toEqual(webhookIn(answer));
    expect(new Date(String(webhookIn(answer).created_at)).getTime() / 1000).toBe(NOON_SECONDS);
  });

  test.each([
    ["without events", {}],
    ["with an empty list of events", { events: [] }],
  ])("%s subscribes it to all of them", async (_, events) => {
    const { write } = await open({ account: QUIET });
    expect(webhookIn(await write("POST", "/v1/webhooks", { url: URL_OF_OURS, ...events })).events).toEqual(
      EVENT_NAMES,
    );
  });

  test("gives each webhook a token of its own", async () => {
    const { write, emulator } = await open({ account: QUIET });
    for (let made = 0; made < 5; made++) await write("POST", "/v1/webhooks", { url: URL_OF_OURS });
    expect(new Set(emulator.account.webhooks.listed.map(({ token }) => token)).size).toBe(6);
  });

  test.each([
    ["without url", {}],
    ["with an empty url", { url: "" }],
    ["with what is no url", { url: "aircall" }],
    ["with an http address", { url: "http://ours.example.test/" }],
    ["with an http address of this machine", { url: "http://127.0.0.1:8080/" }],
    ["with an event that there is not", { url: URL_OF_OURS, events: ["call.ended", "call.vanished"] }],
    ["with events that are no list", { url: URL_OF_OURS, events: "call.ended" }],
  ])("%s is refused with 400", async (_, body) => {
    const { write, emulator } = await open({ account: QUIET });
    expect((await write("POST", "/v1/webhooks", body)).status).toBe(400);
    expect(emulator.account.webhooks.size).toBe(QUIET.webhooks);
  });

  test("without JSON is refused with 400", async () => {
    const { emulator } = await open({ account: QUIET });
    const send = (type: string, body: string) =>
      fetch(`${emulator.url}/v1/webhooks`, {
        method: "POST",
        headers: { authorization: AUTHORIZATION, "content-type": type },
        body,
      });
    expect((await send("text/plain", JSON.stringify({ url: URL_OF_OURS }))).status).toBe(400);
    expect((await send("application/json", "{")).status).toBe(400);
  });

  test("is refused with 400 where there are 100", async () => {
    const { write, emulator } = await open({ account: { ...QUIET, webhooks: 99 } });
    expect((await write("POST", "/v1/webhooks", { url: URL_OF_OURS })).status).toBe(201);
    expect((await write("POST", "/v1/webhooks", { url: URL_OF_OURS })).status).toBe(400);
    expect(emulator.account.webhooks.size).toBe(100);
  });

  test("takes an http address of this machine, and any event, where the account does", async () => {
    const { write } = await open({ account: QUIET, httpOnThisMachine: true, eventNames: "any" });
    const body = { url: "http://127.0.0.1:8080/", events: ["call.vanished"] };
    expect(webhookIn(await write("POST", "/v1/webhooks", body))).toMatchObject(body);
    expect((await write("POST", "/v1/webhooks", { url: "http://ours.example.test/" })).status).toBe(400);
  });
});

describe("a webhook", () => {
  test("is read by its UUID and by its numeric ID", async () => {
    const { get, rows, emulator } = await open({ account: QUIET });
    const { id, uuid } = seeded(emulator);
    const [row] = await rows("/v1/webhooks", "webhooks");
    for (const known of [id, uuid]) expect(webhookIn(await get(`/v1/webhooks/${known}`))).toEqual(row);
    expect((await get("/v1/webhooks/31999")).status).toBe(404);
  });

  test("is deleted with 204, and once", async () => {
    const { write, emulator } = await open({ account: QUIET });
    const path = `/v1/webhooks/${seeded(emulator).uuid}`;
    expect((await write("DELETE", path)).status).toBe(204);
    expect((await write("DELETE", path)).status).toBe(404);
    expect(emulator.account.webhooks.size).toBe(0);
  });

  test("is changed in what the request names, but for its events, of which it then has all", async () => {
    const { write, emulator } = await open({ account: QUIET });
    const { uuid, url, token } = seeded(emulator);
    emulator.account.webhooks.edit(seeded(emulator).id, { active: false });
    const changed = webhookIn(await write("PUT", `/v1/webhooks/${uuid}`, { active: true }));
    expect(changed).toMatchObject({ url, token, active: true, events: EVENT_NAMES });
    const moved = { url: URL_OF_OURS, events: ["call.ended"], active: false };
    expect(webhookIn(await write("PUT", `/v1/webhooks/${uuid}`, moved))).toMatchObject(moved);
  });

  test("has events added and removed", async () => {
    const { write, emulator } = await open({ account: QUIET });
    const { id, uuid } = seeded(emulator);
    emulator.account.webhooks.edit(id, { events: ["call.ended"] });
    const change = async (action: string, events: string[]) =>
      webhookIn(await write("PUT", `/v1/webhooks/${uuid}?events_action=${action}`, { events })).events;
    expect(await change("add", ["call.ended", "call.tagged"])).toEqual(["call.ended", "call.tagged"]);
    expect(await change("remove", ["call.ended"])).toEqual(["call.tagged"]);
  });

  test.each([{ url: "http://ours.example.test/" }, { events: ["call.vanished"] }])(
    "is not changed by %j",
    async (body) => {
      const { write, emulator } = await open({ account: QUIET });
      const before = structuredClone(seeded(emulator));
      expect((await write("PUT", `/v1/webhooks/${before.uuid}`, { ...body, active: false })).status).toBe(
        400,
      );
      expect(seeded(emulator)).toEqual(before);
    },
  );
});

test("a key that may not write can read all the same", async () => {
  const { get, write, emulator } = await open({ account: QUIET, keyMayWrite: false });
  const path = `/v1/webhooks/${seeded(emulator).uuid}`;
  expect((await write("POST", "/v1/webhooks", { url: URL_OF_OURS })).status).toBe(403);
  expect((await write("PUT", path, { active: false })).status).toBe(403);
  expect((await write("DELETE", path)).status).toBe(403);
  expect((await get(path)).status).toBe(200);
  expect((await get("/v1/ping")).status).toBe(200);
});

test("a fault can strike one method alone", async () => {
  const { get, write, emulator } = await open({ account: QUIET });
  emulator.faults.add({ kind: "status", status: 503, method: "POST" });
  expect((await get("/v1/webhooks")).status).toBe(200);
  expect((await write("POST", "/v1/webhooks", { url: URL_OF_OURS })).status).toBe(503);
});
