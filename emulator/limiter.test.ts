import { expect, test } from "vitest";
import { Limiter } from "./limiter.ts";
import { MINUTE_MS, NOON_MS, open } from "./testing.ts";

const LIMIT = { limit: 3, windowMs: MINUTE_MS, blockMs: MINUTE_MS, rateHeaders: "refused" } as const;

function statuses(limiter: Limiter, instantsMs: number[]): boolean[] {
  return instantsMs.map((instantMs) => limiter.admit(NOON_MS + instantMs).allowed);
}

test("a request beyond the limit blocks all requests for a minute", async () => {
  const { emulator, get, clock } = await open({ limit: 2 });
  const status = async () => (await get("/v1/ping")).status;
  expect([await status(), await status(), await status()]).toEqual([200, 200, 429]);
  clock.advance(MINUTE_MS - 1);
  expect(await status()).toBe(429);
  clock.advance(1);
  expect(await status()).toBe(200);
  expect(emulator.requests.refused).toBe(2);
});

test("only a refusal states the limit, unless configured otherwise", async () => {
  const { get } = await open({ limit: 1 });
  expect((await get("/v1/ping")).headers.get("x-aircallapi-limit")).toBeNull();
  const { headers } = await get("/v1/ping");
  expect(headers.get("x-aircallapi-limit")).toBe("1");
  expect(headers.get("x-aircallapi-remaining")).toBe("0");
  expect(headers.get("x-aircallapi-reset")).toBe(String((NOON_MS + MINUTE_MS) / 1000));
  const always = await open({ limit: 5, rateHeaders: "always" });
  expect((await always.get("/v1/ping")).headers.get("x-aircallapi-remaining")).toBe("4");
});

test("a request without credentials does not count", async () => {
  const { emulator, get } = await open({ limit: 1 });
  await fetch(`${emulator.url}/v1/ping`);
  expect((await get("/v1/ping")).status).toBe(200);
});

test("a fixed window resets all at once", () => {
  const limiter = new Limiter({ ...LIMIT, windowShape: "fixed" });
  expect(statuses(limiter, [50_000, 55_000, 59_999, 60_000, 60_001, 60_002, 60_003])).toEqual([
    true,
    true,
    true,
    true,
    true,
    true,
    false,
  ]);
});

test("a sliding window drops requests one by one", () => {
  const limiter = new Limiter({ ...LIMIT, windowShape: "sliding" });
  expect(statuses(limiter, [0, 30_000, 59_999, 60_000, 60_001])).toEqual([true, true, true, true, false]);
});

test("the limit of a company can change", async () => {
  const { emulator, get } = await open({ limit: 5 });
  const status = async () => (await get("/v1/ping")).status;
  expect([await status(), await status()]).toEqual([200, 200]);
  emulator.limiter.limit = 2;
  expect(await status()).toBe(429);
});
