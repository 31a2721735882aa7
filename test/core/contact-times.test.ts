import { describe, expect, test } from "vitest";
import { isJsonObject } from "../../src/shared/json.ts";
import { leapingClock } from "../support/clock.ts";
import { idsOf, Replica } from "../support/replica.ts";
import { tampering } from "../support/tampering.ts";
import { connectorTo, startWorld } from "../support/world.ts";
import { addContacts, DAY_MS, MINUTE_MS, worldOf } from "./contact-world.ts";

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

test.each([-20, 20])("contacts are all captured by a clock that is wrong by %i hours", async (hours) => {
  await using world = await worldOf(0);
  addContacts(world, 60);
  const replica = new Replica(world, "contacts");
  world.clock.aheadMs = hours * 60 * MINUTE_MS;
  await replica.pass();
  expect(replica.documents).toEqual(replica.truth());
});
