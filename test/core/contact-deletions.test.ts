import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Document } from "../../src/engine/index.ts";
import { Follower } from "../support/capture.ts";
import { TestClock } from "../support/clock.ts";
import { draws, holdsForAll } from "../support/draws.ts";
import { idsOf, Replica } from "../support/replica.ts";
import type { World } from "../support/world.ts";
import { addContacts, DAY_MS, HOUR_MS, MINUTE_MS, NEXT_SCAN_MS, worldOf } from "./contact-world.ts";

const deletedIds = (documents: readonly Document[]) =>
  documents.filter(({ _meta }) => _meta.op === "d").map(({ id }) => Number(id));

const askedByIdIn = (world: World) =>
  world.emulator.requests.recent.filter(({ target }) => /\/v1\/contacts\/\d+/.test(target)).length;

test("a deletion is found by the full scan of the day, and no earlier", async () => {
  await using world = await worldOf(0);
  const { contacts } = world.emulator.account;
  const ids = addContacts(world, 130);
  const replica = new Replica(world, "contacts");
  await replica.pass();
  const removed = [ids[0], ids[60], ids[129]].map(Number);
  for (const id of removed) contacts.remove(id);
  world.clock.advance(NEXT_SCAN_MS - MINUTE_MS);
  expect(await replica.pass()).toEqual([]);
  world.clock.advance(MINUTE_MS);
  const deletions = await replica.pass();
  expect(deletedIds(deletions)).toEqual(removed);
  expect(deletions[0]).toEqual({ id: removed[0], _meta: { op: "d" } });
  expect(deletions).toHaveLength(3);
  expect(replica.documents).toEqual(replica.truth());
  world.clock.advance(DAY_MS);
  expect(await replica.pass()).toEqual([]);
});

test("a capture that runs once a night finds each night what was deleted on the day", async () => {
  await using world = await worldOf(0);
  const { contacts } = world.emulator.account;
  const ids = addContacts(world, 130);
  world.emulator.faults.add({ kind: "edit", every: 1, edit: () => world.clock.advance(1_000) });
  const replica = new Replica(world, "contacts");
  for (const [night, id] of ids.slice(0, 5).entries()) {
    const beganMs = world.clock.now();
    const isEarly = night % 2 === 0;
    expect(deletedIds(await replica.pass())).toEqual(ids.slice(Math.max(0, night - 1), night));
    contacts.remove(id);
    world.clock.advance(beganMs + DAY_MS - world.clock.now() + (isEarly ? -1 : 1) * MINUTE_MS);
  }
});

test("when all contacts are gone, all are deleted by the second full scan that finds none", async () => {
  await using world = await worldOf(0);
  const replica = new Replica(world, "contacts");
  const ids = addContacts(world, 130);
  await replica.pass();
  for (const id of ids) world.emulator.account.contacts.remove(id);
  world.clock.advance(NEXT_SCAN_MS);
  expect(await replica.pass()).toEqual([]);
  expect(world.ports.log.lines).toContainEqual(
    expect.stringMatching(/^warn Aircall lists no contacts, where it listed 130 before/),
  );
  world.clock.advance(NEXT_SCAN_MS);
  expect(deletedIds(await replica.pass())).toEqual(ids);
  expect(replica.documents).toEqual([]);
  expect(replica.ownState.known).toEqual({});
});

test("a list without contacts is not believed where contacts were listed since it was seen first", async () => {
  await using world = await worldOf(0);
  const replica = new Replica(world, "contacts");
  addContacts(world, 30);
  await replica.pass();
  world.clock.advance(NEXT_SCAN_MS);
  const body = { meta: { total: 0, next_page_link: null }, contacts: [] };
  const outage = { kind: "status", status: 200, match: "/v1/contacts?", every: 1, body } as const;
  for (let night = 0; night < 3; night++) {
    world.emulator.faults.add(outage);
    expect(await replica.pass()).toEqual([]);
    expect(replica.ownState).toHaveProperty("emptySince");
    world.emulator.faults.clear();
    world.clock.advance(HOUR_MS);
    await replica.pass();
    expect(replica.ownState).not.toHaveProperty("emptySince");
    world.clock.advance(NEXT_SCAN_MS);
  }
  expect(askedByIdIn(world)).toBe(0);
});

test("a contact that lives and that the list missed is not taken for deleted", async () => {
  await using world = await worldOf(0);
  const { contacts } = world.emulator.account;
  const ids = addContacts(world, 130);
  const replica = new Replica(world, "contacts");
  await replica.pass();
  const [first = 0, late = 0] = [ids[0], ids[120]];
  contacts.remove(late);
  world.clock.advance(DAY_MS);
  world.emulator.faults.add({
    kind: "edit",
    match: /order=asc.*page=2/,
    edit: () => {
      contacts.remove(first);
      contacts.restore(late);
    },
  });
  world.emulator.requests.clear();
  expect(await replica.pass()).toEqual([]);
  expect(askedByIdIn(world)).toBe(1);
  world.clock.advance(DAY_MS);
  expect(deletedIds(await replica.pass())).toEqual([first]);
  expect(replica.documents).toEqual(replica.truth());
});

test("a contact that comes back is captured again, by whatever finds it first", async () => {
  await using world = await worldOf(0, new TestClock());
  const { contacts } = world.emulator.account;
  const [one = 0, other = 0] = addContacts(world, 3);
  await using follower = new Follower(world, ["contacts"]);
  await follower.pass(HOUR_MS);
  for (const id of [one, other]) contacts.remove(id);
  await follower.pass(29 * HOUR_MS);
  for (const id of [one, other]) contacts.restore(id);
  contacts.edit(one, {});
  await follower.pass(2 * DAY_MS);
  const { documents } = follower;
  const opsOf = (id: number) => documents.filter((doc) => doc.id === id).map(({ _meta }) => _meta.op);
  expect(opsOf(one)).toEqual(["u", "d", "u"]);
  expect(opsOf(other)).toEqual(["u", "d", "u"]);
});

describe("nothing is taken for deleted", () => {
  test("by a full scan that failed, nor by the rest of it in another process", async () => {
    await using world = await worldOf(0);
    const ids = addContacts(world, 130);
    const replica = new Replica(world, "contacts");
    await replica.pass();
    const removed = [ids[3], ids[100]].map(Number);
    for (const id of removed) world.emulator.account.contacts.remove(id);
    world.clock.advance(DAY_MS);
    const fault = world.emulator.faults.add({ kind: "cut", match: /order=asc.*page=2/, every: 1 });
    expect(await replica.pass()).toEqual([]);
    fault.remove();
    expect(await replica.pass()).toEqual([]);
    expect(askedByIdIn(world)).toBe(0);
    world.clock.advance(DAY_MS);
    expect(deletedIds(await replica.pass())).toEqual(removed);
  });

  test.each([500, 403])("where Aircall answers %i for it, and others are all the same", async (status) => {
    await using world = await worldOf(0);
    const ids = addContacts(world, 20);
    const replica = new Replica(world, "contacts");
    await replica.pass();
    const removed = [3, 4, 5, 6].map((index) => ids[index] ?? 0);
    for (const id of removed) world.emulator.account.contacts.remove(id);
    world.emulator.faults.add({ kind: "status", status, match: new RegExp(`contacts/${ids[5]}`), every: 1 });
    world.clock.advance(DAY_MS);
    expect(deletedIds(await replica.pass())).toEqual(removed.filter((id) => id !== ids[5]));
    expect(world.ports.log.lines).toContainEqual(
      expect.stringMatching(/^warn left to a later reading: .*contacts/),
    );
  });

  test("when Aircall will not say whether the contact is there", async () => {
    await using world = await worldOf(0);
    const [removed = 0] = addContacts(world, 3);
    const replica = new Replica(world, "contacts");
    await replica.pass();
    world.emulator.account.contacts.remove(removed);
    world.clock.advance(DAY_MS);
    const fault = world.emulator.faults.add({
      kind: "status",
      status: 500,
      match: /contacts\/\d+/,
      every: 1,
    });
    expect(await replica.pass()).toEqual([]);
    expect(fault.struck).toBeGreaterThan(0);
  });

  test("when it was added during the full scan, behind what had been read", async () => {
    await using world = await worldOf(0);
    const ids = addContacts(world, 130);
    const replica = new Replica(world, "contacts");
    await replica.pass();
    world.clock.advance(DAY_MS);
    world.emulator.faults.add({
      kind: "edit",
      match: /order=asc.*page=2/,
      edit: () => {
        world.clock.advance(10 * MINUTE_MS);
        ids.push(world.emulator.account.contacts.add());
      },
    });
    world.emulator.requests.clear();
    expect(idsOf(await replica.pass())).toEqual([ids.at(-1)]);
    expect(askedByIdIn(world)).toBe(0);
  });
});

test("wherever full scans are interrupted, no contact is lost and none that lives is taken for deleted", async () => {
  const kind = fc.constantFrom("edit", "silent", "remove", "add", "import");
  const change = fc.record({ kind, position: fc.nat() });
  const session = fc.record({
    hours: fc.constantFrom(0, 1, 25),
    messages: fc.integer({ min: 1, max: 40 }),
    before: fc.array(change, { maxLength: 4 }),
    during: fc.array(change, { maxLength: 2 }),
    page: fc.integer({ min: 1, max: 4 }),
  });
  await holdsForAll(
    "contacts in pieces",
    fc.array(session, { maxLength: 7 }),
    draws(15, 600),
    async (sessions) => {
      await using world = await worldOf(0);
      const { contacts } = world.emulator.account;
      addContacts(world, 170);
      const replica = new Replica(world, "contacts");
      if (sessions.length % 2 === 0) await replica.pass();
      const acts: Record<string, (id: number, position: number) => unknown> = {
        edit: (id, position) => contacts.edit(id, { lastName: `Edited ${position}` }),
        silent: (id, position) => contacts.editSilently(id, { lastName: `Edited ${position}` }),
        remove: (id) => contacts.remove(id),
        add: () => contacts.add(),
        import: (_, position) => contacts.add({ editedAt: [1_600_000_000 + (position % 1_000)] }),
      };
      const apply = ({ kind, position }: { kind: string; position: number }) => {
        const alive = contacts.listed("created_at");
        world.clock.advance(1_000);
        acts[kind]?.(alive[position % alive.length]?.id ?? 0, position);
      };
      for (const { hours, messages, before, during, page } of sessions) {
        world.clock.advance(hours * 60 * MINUTE_MS);
        before.forEach(apply);
        const match = new RegExp(`page=${page}&`);
        world.emulator.faults.add({ kind: "edit", match, edit: () => during.forEach(apply) });
        for (const id of deletedIds(await replica.pass(messages))) expect(contacts.find(id)).toBeUndefined();
        world.emulator.faults.clear();
      }
      await replica.pass();
      for (let day = 0; day < 2; day++) {
        world.clock.advance(DAY_MS);
        await replica.pass();
      }
      expect(replica.documents).toEqual(replica.truth());
      expect(await replica.pass()).toEqual([]);
      expect(world.ports.log.lines.filter((line) => line.startsWith("error"))).toEqual([]);
    },
  );
});
