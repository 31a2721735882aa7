import { describe, expect, test } from "vitest";
import { isJsonObject } from "../../src/shared/json.ts";
import { leapingClock } from "../support/clock.ts";
import { isDeep } from "../support/draws.ts";
import { idsOf, Replica } from "../support/replica.ts";
import { tampering } from "../support/tampering.ts";
import { connectorTo, startWorld } from "../support/world.ts";
import { addContacts, DAY_MS, HOUR_MS, MINUTE_MS, worldOf } from "./contact-world.ts";

const YEAR_SECONDS = 365 * 86_400;
const NOTHING = { calls: 0, contacts: 0, users: 0, numbers: 0, teams: 0, tags: 0, webhooks: 0 };

/** An account whose contacts have such an `updated_at`, which Aircall orders by their creation. */
async function worldWithUpdatedAt(updatedAt: unknown) {
  const clock = leapingClock();
  const world = await startWorld({ account: NOTHING }, clock);
  const fetch = tampering(world.emulator.fetch, ({ contacts }) => {
    for (const row of Array.isArray(contacts) ? contacts : []) {
      if (isJsonObject(row)) Object.assign(row, { updated_at: updatedAt });
    }
  });
  const connector = connectorTo(world.emulator, clock, { fetch, log: world.ports.log });
  return { ...world, connector };
}

describe("contacts that an import left with a change before their creation", () => {
  test("are all captured, however old the newest change is", async () => {
    await using world = await worldOf(0);
    const { contacts } = world.emulator.account;
    const replica = new Replica(world, "contacts");
    const old = addContacts(world, 61);
    world.clock.advance(30 * DAY_MS);
    const longAgo = Math.floor(world.clock.now() / 1000) - YEAR_SECONDS;
    const imported = Array.from({ length: 59 }, () => {
      world.clock.advance(1_000);
      return contacts.add({ editedAt: [longAgo] });
    });
    await replica.pass();
    expect(idsOf(replica.documents).toSorted()).toEqual([...old, ...imported].toSorted());
    expect(replica.documents).toEqual(replica.truth());
    expect(await replica.pass()).toEqual([]);
  });

  test("are captured by the next incremental read, and once", async () => {
    await using world = await worldOf(0);
    const { contacts } = world.emulator.account;
    const replica = new Replica(world, "contacts");
    addContacts(world, 130);
    await replica.pass();
    world.clock.advance(10 * MINUTE_MS);
    const imported = Array.from({ length: 70 }, () => contacts.add({ editedAt: [1_600_000_000] }));
    expect(idsOf(await replica.pass()).toSorted()).toEqual(imported.toSorted());
    expect(await replica.pass()).toEqual([]);
    world.clock.advance(DAY_MS);
    expect(await replica.pass()).toEqual([]);
    expect(replica.documents).toEqual(replica.truth());
  });

  test("are captured by the full scan of the day where a deletion hides them from the count", async () => {
    await using world = await worldOf(0);
    const { contacts } = world.emulator.account;
    const replica = new Replica(world, "contacts");
    const [gone = 0] = addContacts(world, 5);
    await replica.pass();
    world.clock.advance(10 * MINUTE_MS);
    contacts.remove(gone);
    const imported = contacts.add({ editedAt: [1_600_000_000] });
    expect(await replica.pass()).toEqual([]);
    world.clock.advance(DAY_MS);
    expect(idsOf(await replica.pass()).toSorted()).toEqual([gone, imported].toSorted());
    expect(replica.documents).toEqual(replica.truth());
  });
});

test.each([null, 0, -1, "2026-01-01", 1e300])(
  "contacts whose updated_at is %j are all captured, and new ones with the next read",
  async (updatedAt) => {
    await using world = await worldWithUpdatedAt(updatedAt);
    const replica = new Replica(world, "contacts");
    const ids = addContacts(world, 120);
    await replica.pass();
    expect(idsOf(replica.documents).toSorted()).toEqual(ids.toSorted());
    world.clock.advance(10 * MINUTE_MS);
    const added = addContacts(world, 3);
    expect(idsOf(await replica.pass()).toSorted()).toEqual(added.toSorted());
    expect(await replica.pass()).toEqual([]);
  },
);

/** A world whose lists of contacts hide some of them: all lists, or only those of a window of time. */
async function worldThatHides(hidden: ReadonlySet<unknown>, where: "in windows" | "everywhere") {
  const clock = leapingClock();
  const world = await startWorld({ account: NOTHING }, clock);
  const fetch = tampering(world.emulator.fetch, (body, { searchParams }) => {
    if (!Array.isArray(body.contacts) || (where === "in windows" && !searchParams.has("from"))) return;
    body.contacts = body.contacts.filter((row) => !isJsonObject(row) || !hidden.has(row.id));
  });
  return { ...world, connector: connectorTo(world.emulator, clock, { fetch, log: world.ports.log }) };
}

test("contacts that no window of time holds are captured from the list without one, and deletions are found", async () => {
  const hidden = new Set<unknown>();
  await using world = await worldThatHides(hidden, "in windows");
  const ids = addContacts(world, 180);
  for (const id of ids.slice(90, 110)) hidden.add(id);
  const replica = new Replica(world, "contacts");
  await replica.pass();
  expect(replica.documents).toEqual(replica.truth());
  const [shown = 0, unlisted = 0] = [ids[0], ids[100]];
  for (const id of [shown, unlisted]) world.emulator.account.contacts.remove(id);
  world.clock.advance(DAY_MS);
  expect(idsOf(await replica.pass()).toSorted()).toEqual([shown, unlisted].toSorted());
  expect(await replica.pass()).toEqual([]);
  expect(replica.documents).toEqual(replica.truth());
});

test("while Aircall counts more contacts than it lists, the stream ends with an error and deletes nothing", async () => {
  const hidden = new Set<unknown>();
  await using world = await worldThatHides(hidden, "everywhere");
  const { contacts } = world.emulator.account;
  const [gone = 0, ...ids] = addContacts(world, 130);
  const replica = new Replica(world, "contacts");
  await replica.pass();
  contacts.remove(gone);
  for (const id of ids.slice(0, 60)) hidden.add(id);
  world.clock.advance(DAY_MS);
  const [added = 0] = addContacts(world, 1);
  expect(idsOf(await replica.pass())).toEqual([added]);
  expect(world.ports.log.lines).toContainEqual(
    expect.stringMatching(/^error Aircall counts 130 contacts, but lists 70 of them/),
  );
  hidden.clear();
  world.clock.advance(DAY_MS);
  expect(idsOf(await replica.pass())).toEqual([gone]);
  expect(replica.documents).toEqual(replica.truth());
});

test("a full scan that another process began is held against the total, too", async () => {
  const hidden = new Set<unknown>();
  await using world = await worldThatHides(hidden, "in windows");
  const ids = addContacts(world, 180);
  for (const id of ids.slice(90, 110)) hidden.add(id);
  const replica = new Replica(world, "contacts");
  await replica.pass(60);
  expect(replica.ownState).toHaveProperty("backfill");
  await replica.pass();
  expect(replica.documents).toEqual(replica.truth());
});

test("a contact whose change lies ahead of the clock hides no later change, and is captured once", async () => {
  const clock = leapingClock();
  await using world = await startWorld({ account: NOTHING }, clock);
  const aheadUntil = new Map<unknown, number>();
  const updatedAt = (row: unknown) =>
    isJsonObject(row) ? (aheadUntil.get(row.id) ?? Number(row.updated_at)) : 0;
  const fetch = tampering(world.emulator.fetch, (body, { searchParams }) => {
    if (!Array.isArray(body.contacts)) return;
    for (const row of body.contacts) if (isJsonObject(row)) row.updated_at = updatedAt(row);
    if (searchParams.has("order_by")) body.contacts.sort((one, other) => updatedAt(other) - updatedAt(one));
  });
  const connector = connectorTo(world.emulator, clock, { fetch, log: world.ports.log });
  const replica = new Replica({ ...world, connector }, "contacts");
  const isAhead = (id: number) => aheadUntil.set(id, Math.floor((clock.now() + 20 * HOUR_MS) / 1000));
  const [edited = 0, first = 0, second = 0] = addContacts(world, 40);
  isAhead(first);
  expect(await replica.pass()).toHaveLength(40);
  clock.advance(HOUR_MS);
  isAhead(second);
  expect(idsOf(await replica.pass())).toEqual([second]);
  for (const lastName of ["Example", "Sample"]) {
    clock.advance(HOUR_MS);
    world.emulator.account.contacts.edit(edited, { lastName });
    expect(idsOf(await replica.pass())).toEqual([edited]);
    expect(await replica.pass()).toEqual([]);
  }
});

test.runIf(isDeep)(
  "contacts without a time of change are captured where they are more than one query serves",
  async () => {
    await using world = await worldWithUpdatedAt(null);
    const count = 10_060;
    for (let index = 0; index < count; index++) {
      if (index % 20 === 0) world.clock.advance(10 * MINUTE_MS);
      world.emulator.account.contacts.add();
    }
    const replica = new Replica(world, "contacts");
    await replica.pass();
    expect(replica.documents).toHaveLength(count);
    world.clock.advance(10 * MINUTE_MS);
    const added = addContacts(world, 2);
    expect(idsOf(await replica.pass()).toSorted()).toEqual(added);
    expect(await replica.pass()).toEqual([]);
  },
);

test.each([-20, 20])("contacts are all captured by a clock that is wrong by %i hours", async (hours) => {
  await using world = await worldOf(0);
  addContacts(world, 60);
  const replica = new Replica(world, "contacts");
  world.clock.aheadMs = hours * 60 * MINUTE_MS;
  await replica.pass();
  expect(replica.documents).toEqual(replica.truth());
});
