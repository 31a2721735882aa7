import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/shared/json.ts";
import { streams } from "../../src/streams/index.ts";
import { draws, holdsForAll } from "../support/draws.ts";
import { idsOf, Replica } from "../support/replica.ts";
import { StreamRuns } from "../support/stream-runs.ts";
import { DAY_MS, MINUTE_MS, NEXT_SCAN_MS, worldOf } from "./contact-world.ts";

test("all contacts are read, and then what is added or edited and nothing else", async () => {
  await using world = await worldOf(300);
  const { contacts } = world.emulator.account;
  const replica = new Replica(world, "contacts");
  await replica.pass();
  expect(replica.documents).toEqual(replica.truth());
  expect(replica.rows.size).toBeGreaterThan(200);
  expect(await replica.pass()).toEqual([]);
  world.clock.advance(MINUTE_MS);
  const added = contacts.add();
  const edited = Number(replica.truth()[7]?.id);
  contacts.edit(edited, { lastName: "Renamed" });
  expect(idsOf(await replica.pass()).sort()).toEqual([added, edited].sort());
  expect(replica.documents).toEqual(replica.truth());
  world.clock.advance(5 * MINUTE_MS);
  expect(await replica.pass()).toEqual([]);
});

test("an edit that was yielded before a failure and that no checkpoint covers is captured again", async () => {
  await using world = await worldOf(100);
  const runs = new StreamRuns(world, streams.contacts);
  const [first] = await runs.toRest();
  world.clock.advance(MINUTE_MS);
  world.emulator.account.contacts.edit(Number(first?.id), { lastName: "Renamed" });
  expect(await runs.toDocument()).toMatchObject({ id: first?.id, last_name: "Renamed" });
  expect(idsOf(await runs.toRest())).toEqual([first?.id]);
});

test("a change that shows a little later than one made after it is captured", async () => {
  await using world = await worldOf(0);
  const { contacts } = world.emulator.account;
  const [one, other] = [contacts.add(), contacts.add()];
  const replica = new Replica(world, "contacts");
  await replica.pass();
  world.clock.advance(10 * MINUTE_MS);
  contacts.edit(other, { lastName: "Quick" });
  expect(idsOf(await replica.pass())).toEqual([other]);
  world.clock.advance(-30_000);
  contacts.edit(one, { lastName: "Slow" });
  world.clock.advance(30_000);
  expect(idsOf(await replica.pass())).toEqual([one]);
});

test("edits of one second are each captured, before and after a poll within that second", async () => {
  await using world = await worldOf(0);
  const { contacts } = world.emulator.account;
  const [one, two, three] = [contacts.add(), contacts.add(), contacts.add()];
  const replica = new Replica(world, "contacts");
  await replica.pass();
  world.clock.advance(MINUTE_MS);
  contacts.edit(one, { lastName: "First" });
  expect(idsOf(await replica.pass())).toEqual([one]);
  contacts.edit(two, { lastName: "Second" });
  expect(idsOf(await replica.pass())).toEqual([two]);
  contacts.edit(two, { lastName: "Third" });
  contacts.edit(three, { lastName: "Fourth" });
  expect(idsOf(await replica.pass()).sort()).toEqual([two, three].sort());
  expect(await replica.pass()).toEqual([]);
  expect(replica.documents).toEqual(replica.truth());
});

test("a contact that is deleted while changes are read loses nobody else's edit", async () => {
  await using world = await worldOf(300);
  const { contacts } = world.emulator.account;
  const replica = new Replica(world, "contacts");
  await replica.pass();
  const ids = idsOf(replica.truth()).map(Number).slice(0, 80);
  for (const id of ids) {
    world.clock.advance(1_000);
    contacts.edit(id, { lastName: `Edited ${id}` });
  }
  const newest = ids.at(-1) ?? 0;
  world.emulator.faults.add({
    kind: "edit",
    match: /order_by=updated_at.*page=2/,
    edit: () => contacts.remove(newest),
  });
  await replica.pass();
  expect(world.emulator.account.contacts.find(newest)).toBeUndefined();
  await replica.pass();
  expect(replica.documents.filter(({ id }) => id !== newest)).toEqual(replica.truth());
});

test("a contact that is edited while changes are read is captured with the next poll", async () => {
  await using world = await worldOf(300);
  const { contacts } = world.emulator.account;
  const replica = new Replica(world, "contacts");
  await replica.pass();
  const ids = idsOf(replica.truth()).map(Number).slice(0, 80);
  for (const id of ids) {
    world.clock.advance(1_000);
    contacts.edit(id, { lastName: "Edited" });
  }
  world.emulator.faults.add({
    kind: "edit",
    match: /order_by=updated_at.*page=2/,
    edit: () => contacts.edit(ids[0] ?? 0, { lastName: "Edited twice" }),
  });
  await replica.pass();
  await replica.pass();
  expect(replica.documents).toEqual(replica.truth());
});

test("whatever is edited between and during polls, every contact ends up as it is", async () => {
  const step = fc.record({
    edit: fc.array(fc.nat(199), { maxLength: 70 }),
    addCount: fc.nat(3),
    seconds: fc.nat(3),
    during: fc.option(fc.nat(199)),
  });
  await holdsForAll("edits", fc.array(step, { maxLength: 5 }), draws(8, 300), async (steps) => {
    await using world = await worldOf(300);
    const { contacts } = world.emulator.account;
    const replica = new Replica(world, "contacts");
    await replica.pass();
    const ids = idsOf(replica.truth()).map(Number);
    let edits = 0;
    const edit = (position: number) =>
      contacts.edit(ids[position % ids.length] ?? 0, { lastName: `Edit ${edits++}` });
    for (const { edit: positions, addCount, seconds, during } of steps) {
      world.clock.advance(seconds * 1_000);
      for (const position of positions) edit(position);
      for (let added = 0; added < addCount; added++) contacts.add();
      if (during !== null) {
        world.emulator.faults.add({
          kind: "edit",
          match: /order_by=updated_at.*page=2/,
          edit: () => edit(during),
        });
      }
      await replica.pass();
      world.emulator.faults.clear();
    }
    await replica.pass();
    expect(replica.documents).toEqual(replica.truth());
  });
});

test("a contact that changes behind the full scan is captured by the incremental read", async () => {
  await using world = await worldOf(300);
  const { contacts } = world.emulator.account;
  const replica = new Replica(world, "contacts");
  const [oldest] = replica.truth();
  world.emulator.faults.add({
    kind: "edit",
    match: /order=asc.*page=3/,
    edit: () => {
      world.clock.advance(1_000);
      contacts.edit(Number(oldest?.id), { lastName: "Edited" });
    },
  });
  await replica.pass();
  expect(replica.documents).toEqual(replica.truth());
});

test("more changes than Aircall serves are captured by another full scan", async () => {
  await using world = await worldOf(0);
  const { contacts } = world.emulator.account;
  const replica = new Replica(world, "contacts");
  await replica.pass();
  for (let day = 0; day < 3; day++) {
    world.clock.advance(DAY_MS);
    for (let count = 0; count < 3_400; count++) contacts.add();
  }
  world.emulator.requests.clear();
  await replica.pass();
  expect(replica.rows.size).toBe(10_200);
  expect(idsOf(replica.documents)).toEqual(idsOf(replica.truth()));
  expect(world.emulator.requests.recent.every(({ status }) => status === 200)).toBe(true);
  await replica.pass();
  expect(await replica.pass()).toEqual([]);
});

describe("the full scan", () => {
  test("goes on without a gap, wherever it is interrupted", async () => {
    const cuts = fc.array(fc.tuple(fc.integer({ min: 1, max: 160 }), fc.nat(90)), { maxLength: 6 });
    await holdsForAll("full scan in pieces", cuts, draws(6, 300), async (interruptions) => {
      await using world = await worldOf(300);
      const { contacts } = world.emulator.account;
      const replica = new Replica(world, "contacts");
      const ids = idsOf(replica.truth()).map(Number);
      for (const [messages, position] of interruptions) {
        await replica.pass(messages);
        world.clock.advance(MINUTE_MS);
        contacts.edit(ids[position] ?? 0, { lastName: "Edited" });
      }
      await replica.pass();
      expect(replica.documents).toEqual(replica.truth());
    });
  });

  test("goes on amid contacts of one second", async () => {
    await using world = await worldOf(0);
    const { contacts } = world.emulator.account;
    for (let count = 0; count < 120; count++) contacts.add();
    world.clock.advance(MINUTE_MS);
    contacts.add();
    const replica = new Replica(world, "contacts");
    const beginning = 1;
    expect(await replica.pass(beginning + 51)).toHaveLength(50);
    await replica.pass();
    expect(replica.documents).toEqual(replica.truth());
  });

  test("happens once a day with full_refresh, and only then", async () => {
    await using world = await worldOf(0);
    const ids = [1, 2, 3].map(() => world.emulator.account.contacts.add());
    const daily = new Replica(world, "contacts", { resource: { syncMode: "full_refresh" } });
    const incremental = new Replica(world, "contacts");
    for (const replica of [daily, incremental]) await replica.pass();
    world.clock.advance(NEXT_SCAN_MS - 1_000);
    expect(await daily.pass()).toEqual([]);
    world.clock.advance(1_000);
    expect(new Set(idsOf(await daily.pass()))).toEqual(new Set(ids));
    expect(await incremental.pass()).toEqual([]);
    expect(await daily.pass()).toEqual([]);
  });
});

test.each<JsonObject>([
  { x: 1 },
  { watermark: "2026-01-01" },
  { watermark: 5, atWatermark: [] },
  { updated_at: 1_700_000_000, backfill: "done" },
])("a state that another version left, such as %j, is begun afresh", async (state) => {
  await using world = await worldOf(120);
  const replica = new Replica(world, "contacts", { state });
  await replica.pass();
  expect(replica.documents).toEqual(replica.truth());
  expect(await replica.pass()).toEqual([]);
});

test("a malformed contact is skipped with a warning, and the others are captured", async () => {
  await using world = await worldOf(0);
  const row = { id: 1, created_at: 1_700_000_000, updated_at: 1_700_000_000 };
  const body = { meta: { total: 3, next_page_link: null }, contacts: [row, { ...row, id: null }, "junk"] };
  world.emulator.faults.add({ kind: "status", status: 200, match: "/v1/contacts", every: 1, body });
  const replica = new Replica(world, "contacts");
  expect(new Set(idsOf(await replica.pass()))).toEqual(new Set([1]));
  expect(world.ports.log.lines).toContainEqual(
    expect.stringMatching(/^warn skipped a row.*"id" cannot be used$/),
  );
});
