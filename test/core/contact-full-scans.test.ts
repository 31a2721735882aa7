import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/shared/json.ts";
import { digest } from "../../src/streams/digest.ts";
import { Follower } from "../support/capture.ts";
import { TestClock } from "../support/clock.ts";
import { isDeep } from "../support/draws.ts";
import { idsOf, Replica } from "../support/replica.ts";
import { expectAmong } from "../support/sets.ts";
import type { World } from "../support/world.ts";
import { addContacts, DAY_MS, HOUR_MS, MINUTE_MS, worldOf } from "./contact-world.ts";

const rowOf = (world: World, id: number) =>
  ([...world.emulator.truth("contacts")] as JsonObject[]).find((row) => row.id === id) ?? {};

/** The last byte of a digest, by which the state tells one version of a contact from another. */
const markOf = (row: JsonObject) => Buffer.from(digest({ ...row, _meta: { op: "u" } }), "base64url").at(-1);

/** A last name with which the contact has that mark. */
function nameWithMark(row: JsonObject, mark: number | undefined): string {
  for (let tries = 0; ; tries++) {
    const name = `Edited ${tries}`;
    if (markOf({ ...row, last_name: name }) === mark) return name;
  }
}

test("a change that moves no time of change is captured by the full scan of the day, in a new process too", async () => {
  await using world = await worldOf(0);
  const { contacts } = world.emulator.account;
  const ids = addContacts(world, 90);
  const replica = new Replica(world, "contacts");
  await replica.pass();
  contacts.editSilently(ids[4] ?? 0, { lastName: "Silent" });
  expect(await replica.pass()).toEqual([]);
  world.clock.advance(DAY_MS);
  expect(idsOf(await replica.pass())).toEqual([ids[4]]);
  expect(replica.documents).toEqual(replica.truth());
  world.clock.advance(DAY_MS);
  expect(await replica.pass()).toEqual([]);
});

test("what an incremental read has captured is not captured again by the full scan of the day, in a new process either", async () => {
  await using world = await worldOf(0);
  const { contacts } = world.emulator.account;
  const ids = addContacts(world, 60);
  const replica = new Replica(world, "contacts");
  await replica.pass();
  for (const id of ids.slice(0, 20)) {
    world.clock.advance(1_000);
    contacts.edit(id, { lastName: "Edited" });
  }
  expect(await replica.pass()).toHaveLength(20);
  world.clock.advance(DAY_MS);
  expect(await replica.pass()).toEqual([]);
});

test("a change that leaves its contact with the same mark is captured while the process lives", async () => {
  await using world = await worldOf(0, new TestClock());
  const { contacts } = world.emulator.account;
  const [id = 0] = addContacts(world, 3);
  const before = rowOf(world, id);
  await using follower = new Follower(world, ["contacts"]);
  await follower.pass(HOUR_MS);
  contacts.editSilently(id, { lastName: nameWithMark(before, markOf(before)) });
  await follower.pass(2 * DAY_MS);
  expect(follower.documents).toHaveLength(4);
  expect(follower.documents.at(-1)).toMatchObject(rowOf(world, id));
  expect(rowOf(world, id)).not.toEqual(before);
});

test("in one session of three days every change is captured, and nothing twice", async () => {
  await using world = await worldOf(200, new TestClock());
  const { contacts } = world.emulator.account;
  const [edited = 0, silent = 0, removed = 0] = idsOf(new Replica(world, "contacts").truth()).map(Number);
  await using follower = new Follower(world, ["contacts"]);
  await follower.pass(0.25 * DAY_MS);
  contacts.edit(edited, { lastName: "Edited" });
  await follower.pass(0.25 * DAY_MS);
  contacts.remove(removed);
  await follower.pass(0.75 * DAY_MS);
  contacts.editSilently(silent, { lastName: "Edited" });
  await follower.pass(0.25 * DAY_MS);
  contacts.add();
  await follower.pass(1.5 * DAY_MS);
  const { documents, state } = follower;
  const given = documents.map((document) => JSON.stringify(document));
  expect(new Set(given).size).toBe(given.length);
  const rows = new Map(documents.map((document) => [document.id, document]));
  const kept = [...rows.values()].filter(({ _meta }) => _meta.op === "u");
  const truth = new Replica(world, "contacts").truth();
  expect(sorted(kept.map(({ _meta, ...row }) => row))).toEqual(sorted(truth));
  const next = new Replica(world, "contacts", {
    state: (state.bindingStateV1 as JsonObject).contacts as JsonObject,
  });
  expect(await next.pass()).toEqual([]);
});

const sorted = (rows: readonly JsonObject[]) =>
  [...rows].sort((left, right) => Number(left.id) - Number(right.id));

test("a session whose full scan fails amid contacts of one second captures none of them twice", async () => {
  await using world = await worldOf(0, new TestClock());
  for (let count = 0; count < 120; count++) world.emulator.account.contacts.add();
  addContacts(world, 1);
  const fault = world.emulator.faults.add({ kind: "cut", match: /order=asc.*page=3/, every: 1, times: 6 });
  await using follower = new Follower(world, ["contacts"]);
  const documents = await follower.pass(HOUR_MS);
  expect(fault.struck).toBe(6);
  expect(world.ports.log.lines).toContainEqual(expect.stringMatching(/^error /));
  expect(documents).toHaveLength(121);
});

describe("changes are read when that is due", () => {
  test("during a full scan that takes long", async () => {
    await using world = await worldOf(0);
    const ids = addContacts(world, 260);
    world.emulator.faults.add({
      kind: "edit",
      match: /order=asc/,
      every: 1,
      edit: () => world.clock.advance(3 * MINUTE_MS),
    });
    world.emulator.faults.add({
      kind: "edit",
      match: /order=asc.*page=2/,
      edit: () => world.emulator.account.contacts.edit(ids[0] ?? 0, { lastName: "Edited" }),
    });
    const given = idsOf(await new Replica(world, "contacts").pass());
    expect(given.lastIndexOf(ids[0] ?? 0)).toBeLessThan(given.indexOf(ids[200] ?? 0));
    expect(given.filter((id) => id === ids[0])).toHaveLength(2);
    expect(given).toHaveLength(261);
  });

  test("while missing contacts are asked for one by one", async () => {
    await using world = await worldOf(0);
    const ids = addContacts(world, 20);
    const { contacts } = world.emulator.account;
    const replica = new Replica(world, "contacts");
    await replica.pass();
    for (const id of ids.slice(0, 10)) contacts.remove(id);
    world.clock.advance(DAY_MS);
    world.emulator.faults.add({
      kind: "edit",
      match: /contacts\/\d+/,
      every: 1,
      edit: () => world.clock.advance(MINUTE_MS),
    });
    world.emulator.faults.add({
      kind: "edit",
      match: /contacts\/\d+/,
      edit: () => contacts.edit(ids[15] ?? 0, { lastName: "Edited" }),
    });
    expect(idsOf(await replica.pass())).toEqual([...ids.slice(0, 5), ids[15], ...ids.slice(5, 10)]);
    expect(replica.documents).toEqual(replica.truth());
  });
});

test("a contact that is missed since one came and then one went is captured by the next incremental read", async () => {
  await using world = await worldOf(0);
  const { contacts } = world.emulator.account;
  const ids = addContacts(world, 300);
  const replica = new Replica(world, "contacts");
  await replica.pass();
  const edited = ids.slice(0, 130);
  for (const id of edited) {
    world.clock.advance(1_000);
    contacts.edit(id, { lastName: "Edited" });
  }
  const newest = edited.at(-1) ?? 0;
  const during = (page: number, edit: () => void) =>
    world.emulator.faults.add({
      kind: "edit",
      match: new RegExp(`order_by=updated_at&page=${page}`),
      edit: () => {
        world.clock.advance(1_000);
        edit();
      },
    });
  during(2, () => contacts.add());
  during(3, () => contacts.remove(newest));
  const first = idsOf(await replica.pass());
  const skipped = edited.filter((id) => id !== newest && !first.includes(id));
  expect(skipped).toHaveLength(1);
  expectAmong(skipped, idsOf(await replica.pass()));
  world.clock.advance(DAY_MS);
  await replica.pass();
  expect(replica.documents).toEqual(replica.truth());
});

// Ten thousand edits, and the full scan that finds them, are for the deep run.
test.runIf(isDeep)(
  "more changes than Aircall serves are all captured after a restart, whatever their marks",
  async () => {
    await using world = await worldOf(0);
    const { contacts } = world.emulator.account;
    const ids: number[] = [];
    for (let day = 0; day < 3; day++) {
      world.clock.advance(DAY_MS);
      for (let count = 0; count < 3_400; count++) ids.push(contacts.add());
    }
    const replica = new Replica(world, "contacts");
    await replica.pass();
    world.clock.advance(HOUR_MS);
    const [first = 0] = ids;
    const before = markOf(rowOf(world, first));
    contacts.edit(first, { lastName: "Edited" });
    contacts.editSilently(first, { lastName: nameWithMark(rowOf(world, first), before) });
    world.clock.advance(1_000);
    for (const id of ids.slice(1)) contacts.edit(id, { lastName: "Edited" });
    const edited = new Set(idsOf(await replica.pass()));
    expect(edited.size).toBe(ids.length);
    world.emulator.requests.clear();
    expect(await replica.pass()).toEqual([]);
    expect(world.emulator.requests.recent.some(({ target }) => target.includes("from="))).toBe(false);
    world.clock.advance(MINUTE_MS);
    const added = contacts.add();
    expect(idsOf(await replica.pass())).toContain(added);
  },
);

test("an ID that is no positive whole number is skipped with a warning", async () => {
  await using world = await worldOf(0);
  const row = { created_at: 1_700_000_000, updated_at: 1_700_000_000 };
  const rows = [0, -1, 1.5, 2 ** 53, "7", 8].map((id) => ({ ...row, id }));
  const body = { meta: { total: 6, next_page_link: null }, contacts: rows };
  world.emulator.faults.add({ kind: "status", status: 200, match: "/v1/contacts", every: 1, body });
  expect(new Set(idsOf(await new Replica(world, "contacts").pass()))).toEqual(new Set([8]));
  expect(world.ports.log.lines).toContainEqual(
    expect.stringMatching(/^warn skipped a row.*"id" cannot be used$/),
  );
});
