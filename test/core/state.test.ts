import { expect, test } from "vitest";
import type { Block } from "../../src/engine/index.ts";
import { capture } from "../support/capture.ts";
import { leapingClock } from "../support/clock.ts";
import { Replica } from "../support/replica.ts";
import { startWorld } from "../support/world.ts";

const account = { calls: 200, days: 20, contacts: 100, users: 3, numbers: 2, teams: 1, tags: 3, webhooks: 0 };
const world = () => startWorld({ account }, leapingClock());

test("the state that a session begins with stays as it was", async () => {
  await using aircall = await world();
  const interrupted = new Replica(aircall, "calls");
  await interrupted.pass(60);
  const before = structuredClone(interrupted.state);
  for await (const _ of capture(aircall.connector, ["calls"], { state: interrupted.state }));
  expect(interrupted.state).toEqual(before);
});

test("a checkpoint that was yielded stays as it was", async () => {
  await using aircall = await world();
  const blocks = capture(aircall.connector, ["calls"]);
  const { value: first } = await blocks.next();
  const { patch } = first as Block;
  const before = structuredClone(patch);
  for await (const _ of blocks);
  expect(patch).toEqual(before);
});

test.each([
  ["calls", { settledThrough: 5, recent: { a: "another shape" } }],
  ["contacts", { watermark: 5, atWatermark: { a: 1 } }],
] as const)(
  "state of %s that cannot be read is cleared away, and everything captured once",
  async (stream, state) => {
    await using aircall = await world();
    const replica = new Replica(aircall, stream, { state });
    expect((await replica.pass()).length).toBeGreaterThan(0);
    expect(await replica.pass()).toEqual([]);
  },
);
