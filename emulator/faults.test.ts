import { expect, test } from "vitest";
import { AUTHORIZATION, ids, NOON_SECONDS, open, QUIET } from "./testing.ts";

test("a status fault strikes from the nth matching request, the given number of times, with its headers", async () => {
  const { emulator, get } = await open();
  const planned = emulator.faults.add({
    match: "/v1/calls",
    nth: 2,
    times: 2,
    kind: "status",
    status: 503,
    headers: { "retry-after": "7" },
  });
  const calls = () => get("/v1/calls?per_page=1");
  expect((await get("/v1/tags")).status).toBe(200);
  expect((await calls()).status).toBe(200);
  const struck = await calls();
  expect([struck.status, struck.headers.get("retry-after")]).toEqual([503, "7"]);
  expect((await calls()).status).toBe(503);
  expect((await calls()).status).toBe(200);
  expect(planned.struck).toBe(2);
});

test("a periodic fault strikes one request in five until it is removed", async () => {
  const { emulator, get } = await open();
  const planned = emulator.faults.add({ match: /ping/, every: 5, kind: "status", status: 500 });
  const statuses: number[] = [];
  for (let count = 0; count < 11; count++) statuses.push((await get("/v1/ping")).status);
  expect(statuses.flatMap((status, index) => (status === 500 ? [index] : []))).toEqual([0, 5, 10]);
  planned.remove();
  for (let count = 0; count < 5; count++) expect((await get("/v1/ping")).status).toBe(200);
});

test("a reset breaks the connection before any answer", async () => {
  const { emulator, get } = await open();
  emulator.faults.add({ kind: "reset" });
  await expect(get("/v1/ping")).rejects.toThrow("fetch failed");
  expect(emulator.requests.recent[0]?.status).toBeNull();
  expect((await get("/v1/ping")).status).toBe(200);
});

test("a cut answer has its head and not all of its body", async () => {
  const { emulator, get } = await open();
  emulator.faults.add({ kind: "cut" });
  const answer = await fetch(`${emulator.url}/v1/calls`, { headers: { authorization: AUTHORIZATION } });
  expect(answer.status).toBe(200);
  await expect(answer.text()).rejects.toThrow();
  expect((await get("/v1/calls")).status).toBe(200);
});

test("a slow answer is late but complete", async () => {
  const { emulator, get } = await open();
  emulator.faults.add({ kind: "slow", delayMs: 30 });
  const askedAtMs = performance.now();
  expect((await get("/v1/ping")).body).toEqual({ ping: "pong" });
  expect(performance.now() - askedAtMs).toBeGreaterThan(25);
});

test("a list can lose its key", async () => {
  const { emulator, get } = await open();
  emulator.faults.add({ kind: "missingKey" });
  const { status, body } = await get("/v1/calls");
  expect(status).toBe(200);
  expect(Object.keys(body)).toEqual(["meta"]);
});

test("a web page can replace the answer", async () => {
  const { emulator } = await open();
  emulator.faults.add({ kind: "html" });
  const answer = await fetch(`${emulator.url}/v1/calls`, { headers: { authorization: AUTHORIZATION } });
  expect([answer.status, answer.headers.get("content-type")]).toEqual([
    200,
    expect.stringContaining("text/html"),
  ]);
  expect(await answer.text()).toContain("<p>");
});

test("a hanging answer ends when the emulator closes", async () => {
  const { emulator, get } = await open();
  const arrived = new Promise<void>((resolve) => emulator.faults.add({ kind: "edit", edit: resolve }));
  emulator.faults.add({ kind: "hang" });
  const outcome = expect(get("/v1/ping")).rejects.toThrow();
  await arrived;
  await emulator.close();
  await outcome;
});

test("the account can change between two pages", async () => {
  const { emulator, rows } = await open({ account: QUIET });
  const { calls } = emulator.account;
  const firstId = calls.add(4, { startedAtSeconds: NOON_SECONDS - 60 });
  emulator.faults.add({ match: /&page=2/, kind: "edit", edit: () => calls.remove(firstId) });
  expect(ids(await rows("/v1/calls?per_page=2&page=1", "calls"))).toEqual([firstId, firstId + 1]);
  expect(ids(await rows("/v1/calls?per_page=2&page=2", "calls"))).toEqual([firstId + 3]);
});
