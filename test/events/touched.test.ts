import { expect, test } from "vitest";
import { startEventWorld } from "../support/event-world.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const QUIET = { calls: 0, contacts: 0, users: 3, numbers: 2, teams: 1, tags: 3, webhooks: 0 };

test("a change of a call is captured within five seconds, at any age of the call", async () => {
  await using world = await startEventWorld({ account: QUIET });
  const { calls } = world.emulator.account;
  const { nowSeconds } = world.emulator.account;
  const ids = [20 * MINUTE_MS, 9 * HOUR_MS, 40 * 24 * HOUR_MS].map((ageMs) =>
    calls.add(1, { startedAtSeconds: nowSeconds - ageMs / SECOND_MS }),
  );
  await using follower = world.follow(["calls"]);
  await follower.pass(2 * MINUTE_MS);
  for (const id of ids) {
    calls.archive(id);
    expect(await follower.pass(5 * SECOND_MS)).toEqual([expect.objectContaining({ id, archived: true })]);
  }
});

test("a call that begins, is answered and ends is captured within five seconds of each", async () => {
  await using world = await startEventWorld({ account: QUIET });
  const { calls } = world.emulator.account;
  await using follower = world.follow(["calls"]);
  await follower.pass(10 * SECOND_MS);
  const id = calls.ring();
  const statuses: unknown[] = [];
  const seen = async () => statuses.push(...(await follower.pass(5 * SECOND_MS)).map(({ status }) => status));
  await seen();
  calls.answer(id);
  await seen();
  calls.end(id);
  await seen();
  expect(statuses).toEqual(["initial", "answered", "done"]);
});

test("several events of one call are one read", async () => {
  await using world = await startEventWorld({ account: QUIET });
  const { calls, tags } = world.emulator.account;
  const id = calls.ring();
  calls.end(id);
  await using follower = world.follow(["calls"]);
  await follower.pass(2 * HOUR_MS);
  const before = world.emulator.requests.total;
  for (const { id: tagId } of tags.listed) calls.tag(id, tagId);
  calls.archive(id);
  expect(await follower.pass(5 * SECOND_MS)).toHaveLength(1);
  expect(world.emulator.requests.total - before).toBe(1);
});

test("a contact is captured within five seconds of its creation, edit and deletion", async () => {
  await using world = await startEventWorld({ account: { ...QUIET, contacts: 3 } });
  const { contacts } = world.emulator.account;
  await using follower = world.follow(["contacts"]);
  await follower.pass(2 * MINUTE_MS);
  const id = contacts.add();
  expect(await follower.pass(5 * SECOND_MS)).toEqual([expect.objectContaining({ id })]);
  await follower.pass(10 * SECOND_MS);
  contacts.edit(id, { information: "Asked to be called back" });
  expect(await follower.pass(5 * SECOND_MS)).toEqual([
    expect.objectContaining({ id, information: "Asked to be called back" }),
  ]);
  await follower.pass(10 * SECOND_MS);
  contacts.remove(id);
  expect(await follower.pass(5 * SECOND_MS)).toEqual([{ id, _meta: { op: "d" } }]);
});

test.each(["users", "numbers"] as const)(
  "the list of %s is captured within five seconds of a change",
  async (stream) => {
    await using world = await startEventWorld({ account: QUIET });
    const list = world.emulator.account[stream];
    await using follower = world.follow([stream]);
    await follower.pass(2 * MINUTE_MS);
    const id = list.add();
    expect(await follower.pass(5 * SECOND_MS)).toEqual([expect.objectContaining({ id })]);
    await follower.pass(10 * SECOND_MS);
    list.remove(id);
    expect(await follower.pass(5 * SECOND_MS)).toEqual([{ id, _meta: { op: "d" } }]);
  },
);

test.each([
  { listed: "in progress", listInProgress: true, readsOfCall: 3 },
  { listed: "only once they have ended", listInProgress: false, readsOfCall: 4 },
])(
  "where one page has all recent calls and calls are listed $listed, events take the place of polls",
  async ({ listInProgress, readsOfCall }) => {
    await using world = await startEventWorld({ account: QUIET, listInProgress });
    const { calls } = world.emulator.account;
    await using follower = world.follow(["calls"]);
    await follower.pass(2 * MINUTE_MS);
    const { requests } = world.emulator;
    requests.clear();
    for (let minute = 0; minute < 10; minute++) {
      const id = calls.ring();
      await follower.pass(20 * SECOND_MS);
      calls.end(id);
      const captured = await follower.pass(5 * SECOND_MS);
      expect(captured).toEqual([expect.objectContaining({ id, status: "done" })]);
      await follower.pass(35 * SECOND_MS);
    }
    // When a call begins, when it ends, and at the second event of its end.
    const reads = (requests.byPath.get("/v1/calls") ?? 0) + (requests.byPath.get("/v1/calls/:id") ?? 0);
    expect(reads).toBe(10 * readsOfCall);
  },
);

test("calls are read again between the ages as long as no event has come, and no longer", async () => {
  await using world = await startEventWorld({ account: QUIET });
  const { calls } = world.emulator.account;
  calls.end(calls.ring());
  await using follower = world.follow(["calls"]);
  const windows = () =>
    world.emulator.requests.recent.filter(({ target }) => target.startsWith("/v1/calls?")).length;
  const windowsIn = async (durationMs: number) => {
    const before = windows();
    await follower.pass(durationMs);
    return windows() - before;
  };
  await follower.pass(HOUR_MS);
  // A poll a minute, and the re-reads.
  expect(await windowsIn(10 * MINUTE_MS)).toBeGreaterThan(14);
  calls.ring();
  await follower.pass(MINUTE_MS);
  expect(await windowsIn(10 * MINUTE_MS)).toBeLessThan(13);
});
