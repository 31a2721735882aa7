import { describe, expect, test } from "vitest";
import type { RequestEvent } from "../../src/aircall/client.ts";
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
