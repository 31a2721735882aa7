import { describe, expect, test } from "vitest";
import { RequestBudget } from "../../src/aircall/budget.ts";
import type { RequestEvent } from "../../src/aircall/client.ts";
import type { LogFields } from "../../src/shared/ports.ts";
import { startWorld } from "../support/world.ts";
import { pagesOf, readerWith, TAGS, waitFor, worldOf } from "./readers.ts";

describe("an abort", () => {
  test("ends a request that hangs, with the abort's own reason", async () => {
    await using world = await worldOf({});
    const hang = world.emulator.faults.add({ kind: "hang" });
    const stop = new AbortController();
    const reading = pagesOf(world.reader(stop.signal), TAGS);
    await waitFor(() => hang.struck === 1);
    stop.abort(new Error("stop"));
    await expect(reading).rejects.toThrow("stop");
    expect(world.emulator.requests.total).toBe(0);
  });

  test("ends the wait before another attempt", async () => {
    await using world = await startWorld();
    world.emulator.faults.add({ kind: "status", status: 500 });
    const stop = new AbortController();
    const reading = pagesOf(world.reader(stop.signal), TAGS);
    await waitFor(() => world.clock.sleptMs.length > 0);
    stop.abort(new Error("stop"));
    await expect(reading).rejects.toThrow("stop");
  });

  test("before the first request lets none be sent", async () => {
    await using world = await worldOf({});
    await expect(pagesOf(world.reader(AbortSignal.abort(new Error("stop"))), TAGS)).rejects.toThrow("stop");
    expect(world.emulator.requests.total).toBe(0);
  });
});

test("whoever listens hears of every request and of what is waited for", async () => {
  await using world = await worldOf({ tags: 1 });
  const events: RequestEvent[] = [];
  world.emulator.faults.add({ kind: "status", status: 503, headers: { "retry-after": "5" } });
  const untilMs = world.clock.now() + 5_000;
  await pagesOf(readerWith(world.ports, world.emulator.url, { events }).for("snapshot", "snapshot"), TAGS);
  expect(events).toEqual([
    { kind: "request", purpose: "snapshot" },
    { kind: "wait", untilMs, because: expect.stringContaining("HTTP 503") },
    { kind: "request", purpose: "snapshot" },
  ]);
});

test("each request is a line of the debug log: what, why, after which wait, and with which result", async () => {
  await using world = await worldOf({ tags: 60 });
  const lines: unknown[] = [];
  const log = {
    ...world.ports.log,
    debug: (message: string, fields?: LogFields) => lines.push([message, fields]),
  };
  world.emulator.faults.add({ kind: "status", status: 503, headers: { "retry-after": "5" } });
  const reader = readerWith({ ...world.ports, log }, world.emulator.url).for("full scan", "backfill");
  await pagesOf(reader, TAGS);
  const common = { purpose: "full scan", waitedMs: 0, tookMs: 0 };
  expect(lines).toEqual([
    [
      "GET /v1/tags?page=1&per_page=50",
      { ...common, attempt: 1, outcome: expect.stringContaining("HTTP 503") },
    ],
    [
      "GET /v1/tags?page=1&per_page=50",
      { ...common, waitedMs: 5_000, attempt: 2, status: 200, rows: 50, bytes: expect.any(Number) },
    ],
    [
      "GET /v1/tags?page=2&per_page=50",
      { ...common, attempt: 1, status: 200, rows: 10, bytes: expect.any(Number) },
    ],
  ]);
});

test("requests that are refused together are reported in one warning", async () => {
  await using world = await startWorld({ account: { tags: 1, calls: 0 } });
  world.emulator.faults.add({ kind: "status", status: 429, times: 6 });
  const budget = new RequestBudget({ requests: 100, windowMs: 60_000, clock: world.clock });
  const reader = readerWith(world.ports, world.emulator.url, { budget });
  const six = Promise.all(Array.from({ length: 6 }, () => reader.ping()));
  await world.clock.runWhile(six);
  const warnings = world.ports.log.lines.filter((line) => line.startsWith("warn"));
  expect(warnings).toEqual([expect.stringContaining("all requests wait for 60 s")]);
});
