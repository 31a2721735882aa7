import { expect, test } from "vitest";
import { startEmulator } from "./index.ts";
import { AUTHORIZATION, open } from "./testing.ts";

test("ping answers pong to the correct credentials", async () => {
  const { get } = await open();
  expect(await get("/v1/ping")).toMatchObject({ status: 200, body: { ping: "pong" } });
});

test("no header is a 401; wrong credentials and a malformed header are a 403", async () => {
  const { emulator } = await open();
  const answerTo = async (headers: Record<string, string>) => {
    const answer = await fetch(`${emulator.url}/v1/ping`, { headers });
    return [answer.status, await answer.json()];
  };
  expect(await answerTo({})).toEqual([401, { message: "Unauthorized" }]);
  expect(await answerTo({ authorization: `Basic ${btoa("emulator-id:wrong")}` })).toEqual([
    403,
    { message: "Forbidden" },
  ]);
  expect(await answerTo({ authorization: "nonsense" })).toEqual([403, { message: "Forbidden" }]);
});

test("v1 serves the availabilities of users, but no users", async () => {
  const { get } = await open();
  for (const path of ["/v1/users", "/v1/users/500001", "/v1/nothing"]) {
    expect(await get(path)).toMatchObject({ status: 404, body: { message: "Not Found" } });
  }
  expect((await get("/v1/users/availabilities")).status).toBe(200);
});

test("an unknown id is a 404", async () => {
  const { get } = await open();
  for (const path of ["/v1/calls/9007199254740991", "/v1/calls/abc", "/v1/contacts/1", "/v2/users/1"]) {
    const { status, body } = await get(path);
    expect(status).toBe(404);
    expect(body).toMatchObject({ error: "Not Found", troubleshoot: expect.any(String) });
  }
});

test("requests are recorded with their path, status and time", async () => {
  const { emulator, get, clock } = await open();
  await get("/v1/calls?per_page=1");
  clock.advance(5_000);
  await get("/v1/calls/41");
  expect(emulator.requests.total).toBe(2);
  expect(Object.fromEntries(emulator.requests.byPath)).toEqual({ "/v1/calls": 1, "/v1/calls/:id": 1 });
  expect(emulator.requests.recent[1]).toEqual({
    method: "GET",
    target: "/v1/calls/41",
    status: 404,
    atMs: clock.now(),
  });
});

test("close ends a request that waits for the latency", async () => {
  const emulator = await startEmulator({ latencyMs: 3_600_000 });
  const pending = fetch(`${emulator.url}/v1/ping`, { headers: { authorization: AUTHORIZATION } });
  const outcome = expect(pending).rejects.toThrow();
  const probe = await fetch(`${emulator.url}/v1/ping`, { signal: AbortSignal.timeout(20) }).catch(
    () => "waiting",
  );
  expect(probe).toBe("waiting");
  await emulator.close();
  await outcome;
});
