import { expect, test } from "vitest";
import { AUTHORIZATION, open, QUIET, unsigned } from "./testing.ts";

const HEADERS = { authorization: AUTHORIZATION };

test.each([
  "/v1/ping",
  "/v1/calls?per_page=50&page=2&order=desc",
  "/v1/calls/1",
  "/v1/contacts?order_by=updated_at",
  "/v1/webhooks",
  "/v1/tags?per_page=50&page=201",
  "/v1/nothing",
])("%s is answered within the process as over HTTP", async (target) => {
  const { emulator, get } = await open();
  const overHttp = await get(target);
  const answer = await emulator.fetch(new URL(target, emulator.url), { headers: HEADERS });
  expect(answer.status).toBe(overHttp.status);
  expect(answer.headers.get("content-type")).toBe(overHttp.headers.get("content-type"));
  expect(unsigned(await answer.json())).toEqual(unsigned(overHttp.body));
  expect(emulator.requests.recent[1]).toEqual(emulator.requests.recent[0]);
});

test("a connection within the process breaks as a socket does", async () => {
  const { emulator } = await open({ account: QUIET });
  const ping = () => emulator.fetch(`${emulator.url}/v1/ping`, { headers: HEADERS });
  emulator.faults.add({ kind: "reset" });
  await expect(ping()).rejects.toThrow("fetch failed");
  emulator.faults.add({ kind: "cut" });
  const cut = await ping();
  expect(cut.status).toBe(200);
  await expect(cut.text()).rejects.toThrow("terminated");
  expect(emulator.requests.recent.map(({ status }) => status)).toEqual([null, null]);
  expect((await ping()).status).toBe(200);
});

test("a request within the process ends with its signal, and with the emulator", async () => {
  const { emulator } = await open({ account: QUIET });
  const ping = (signal?: AbortSignal) =>
    emulator.fetch(`${emulator.url}/v1/ping`, { headers: HEADERS, signal: signal ?? null });
  emulator.faults.add({ kind: "hang", times: 2 });
  const aborting = new AbortController();
  const aborted = expect(ping(aborting.signal)).rejects.toThrow("enough");
  aborting.abort(new Error("enough"));
  await aborted;
  const hanging = expect(ping()).rejects.toThrow("fetch failed");
  await emulator.close();
  await hanging;
  await expect(ping()).rejects.toThrow("fetch failed");
});

test("a request in process ends when its signal is aborted by what happens before the answer", async () => {
  const { emulator } = await open({ account: QUIET });
  const aborting = new AbortController();
  emulator.faults.add({ kind: "edit", edit: () => aborting.abort(new Error("enough")) });
  emulator.faults.add({ kind: "hang" });
  const ping = emulator.fetch(`${emulator.url}/v1/ping`, { headers: HEADERS, signal: aborting.signal });
  await expect(ping).rejects.toThrow("enough");
  await emulator.close();
});
