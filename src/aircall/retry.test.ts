import { describe, expect, test } from "vitest";
import { BLOCK_MS, decideRetry, type Outcome, RETRY_POLICY, statedWaitMs } from "./retry.ts";

const NOW_MS = Date.UTC(2026, 5, 15, 12);
const answered = (status: number, waitMs?: number): Outcome => ({
  kind: "answered",
  status,
  detail: `HTTP ${status}`,
  ...(waitMs !== undefined && { waitMs }),
});
const decide = (outcome: Outcome, attempt = 1, random = () => 0.5, elapsedMs = 0) =>
  decideRetry(outcome, { attempt, elapsedMs }, RETRY_POLICY, random);

describe("which outcomes are retried", () => {
  test.each([300, 304, 400, 401, 403, 404, 405, 409, 410, 422])("%i is final", (status) => {
    expect(decide(answered(status))).toMatchObject({ retry: false });
    expect(decide(answered(status, 1_000))).toMatchObject({ retry: false });
  });

  test.each([408, 500, 501, 502, 503, 504, 520, 599])("%i is retried after a random wait", (status) => {
    expect(decide(answered(status))).toMatchObject({ retry: true, afterMs: 250 });
  });

  test.each(["no-answer", "unreadable"] as const)("%s is retried after a random wait", (kind) => {
    expect(decide({ kind, detail: "it broke" })).toMatchObject({ retry: true, afterMs: 250 });
  });

  test("429 without a stated wait is retried after the block, without randomness", () => {
    for (const random of [0, 0.999]) {
      expect(decide(answered(429), 1, () => random)).toMatchObject({ retry: true, afterMs: BLOCK_MS });
    }
  });

  test.each([408, 429, 500, 503])("a wait that comes with %i is observed in full", (status) => {
    for (const waitMs of [1, 7_000, 3_600_000]) {
      for (const attempt of [1, 5]) {
        expect(decide(answered(status, waitMs), attempt)).toMatchObject({ retry: true, afterMs: waitMs });
      }
    }
  });

  test.each<Outcome>([
    answered(429),
    answered(429, 10),
    answered(500),
    answered(503, 10),
    { kind: "no-answer", detail: "" },
    { kind: "unreadable", detail: "" },
  ])("the last attempt is the last for %o", (outcome) => {
    expect(decide(outcome, RETRY_POLICY.maxAttempts - 1).retry).toBe(true);
    for (const attempt of [RETRY_POLICY.maxAttempts, RETRY_POLICY.maxAttempts + 1]) {
      expect(decide(outcome, attempt).retry).toBe(false);
    }
  });

  test("a wait of more than an hour ends the attempts, and is reported", () => {
    const decision = decide({ kind: "answered", status: 429, waitMs: 3_601_000, detail: "HTTP 429" }, 1);
    expect(decision).toEqual({ retry: false, because: "a wait of 3601 s would exceed the limit of 60 min" });
  });

  test("no attempt is made later than an hour after the first, whatever the waits", () => {
    const lastMs = RETRY_POLICY.longestMs - 600_000;
    expect(decide(answered(429, 600_000), 5, undefined, lastMs)).toMatchObject({ retry: true });
    expect(decide(answered(429, 600_000), 5, undefined, lastMs + 1)).toMatchObject({ retry: false });
    expect(decide(answered(500), 2, undefined, RETRY_POLICY.longestMs)).toMatchObject({ retry: false });
  });

  test.each<[string, Outcome, number]>([
    ["a retry would get the same answer", answered(400), 1],
    ["a transient fault", answered(500), 1],
    ["a transient fault", { kind: "no-answer", detail: "ECONNRESET" }, 5],
    ["the server stated the wait", answered(503, 7_000), 1],
    ["rate limited without a stated wait", answered(429), 1],
    ["6 attempts failed", answered(500), 6],
    ["a wait of 7200 s would exceed the limit of 60 min", answered(503, 7_200_000), 1],
  ])("a decision states its reason: %s", (because, outcome, attempt) => {
    expect(decide(outcome, attempt).because).toBe(because);
  });

  test("random waits double up to their ceiling", () => {
    const policy = { ...RETRY_POLICY, maxAttempts: 10, firstWaitMs: 500, longestWaitMs: 3_000 };
    const longest = (attempt: number) => {
      const decision = decideRetry(
        answered(500),
        { attempt, elapsedMs: 0 },
        policy,
        () => 1 - Number.EPSILON,
      );
      return decision.retry ? decision.afterMs : undefined;
    };
    expect([1, 2, 3, 4, 5].map(longest)).toEqual([500, 1_000, 2_000, 3_000, 3_000]);
  });
});

describe("the wait that an answer states", () => {
  const stated = (headers: Record<string, string>) => statedWaitMs(new Headers(headers), NOW_MS);
  const seconds = NOW_MS / 1000;

  test.each<[string, Record<string, string>, number | undefined]>([
    ["nothing", {}, undefined],
    ["seconds to wait", { "Retry-After": "7" }, 7_000],
    ["a reset in seconds", { "X-AircallApi-Reset": String(seconds + 42) }, 42_000],
    ["a reset in milliseconds", { "x-aircallapi-reset": String(NOW_MS + 1_500) }, 1_500],
    [
      "seconds to wait before a reset",
      { "retry-after": "3", "x-aircallapi-reset": String(seconds + 42) },
      3_000,
    ],
    [
      "a reset when Retry-After is no number",
      { "retry-after": "soon", "x-aircallapi-reset": String(seconds + 42) },
      42_000,
    ],
    ["the furthest reset that makes sense", { "x-aircallapi-reset": String(seconds + 120) }, 120_000],
    ["a reset too far ahead", { "x-aircallapi-reset": String(seconds + 121) }, undefined],
    ["a reset that has passed", { "x-aircallapi-reset": String(seconds - 1) }, undefined],
    ["a reset right now", { "x-aircallapi-reset": String(seconds) }, undefined],
    ["a reset of zero", { "x-aircallapi-reset": "0" }, undefined],
    ["a negative reset", { "x-aircallapi-reset": "-5" }, undefined],
    ["a reset in words", { "x-aircallapi-reset": "in a minute" }, undefined],
    ["a negative wait", { "retry-after": "-1" }, undefined],
    ["a date", { "retry-after": httpDate(NOW_MS + 90_000) }, 90_000],
    ["a date of RFC 850", { "retry-after": rfc850Date(NOW_MS + 90_000) }, 90_000],
    ["a date of asctime", { "retry-after": asctime(NOW_MS + 90_000) }, 90_000],
    [
      "a date by a server's clock that differs from ours",
      { "retry-after": httpDate(NOW_MS - 600_000), date: httpDate(NOW_MS - 630_000) },
      30_000,
    ],
    ["a date that has passed", { "retry-after": httpDate(NOW_MS - 1_000) }, undefined],
    ["a date that does not exist", { "retry-after": "Sun, 31 Feb 2094 08:49:37 GMT" }, undefined],
    [
      "a reset when the date has passed",
      { "retry-after": httpDate(NOW_MS - 1_000), "x-aircallapi-reset": String(seconds + 42) },
      42_000,
    ],
    ["an endless wait", { "retry-after": "Infinity" }, undefined],
    ["an empty wait", { "retry-after": "" }, undefined],
  ])("%s", (_, headers, waitMs) => {
    expect(stated(headers)).toBe(waitMs);
  });
});

/** As most servers write it. */
function httpDate(ms: number): string {
  return new Date(ms).toUTCString();
}

function rfc850Date(ms: number): string {
  const [, day, month, year, time] = httpDate(ms).split(" ");
  const name = new Date(ms).toLocaleDateString("en", { weekday: "long", timeZone: "UTC" });
  return `${name}, ${day}-${month}-${year?.slice(2)} ${time} GMT`;
}

function asctime(ms: number): string {
  const [name, day, month, year, time] = httpDate(ms).split(" ");
  return `${name?.slice(0, 3)} ${month} ${day?.replace(/^0/, " ")} ${time} ${year}`;
}
