import { describe, expect, test } from "vitest";
import type { Account } from "../../emulator/index.ts";
import type { ListedStreamName } from "../../src/streams/index.ts";
import { capture, Follower } from "../support/capture.ts";
import { leapingClock, TestClock } from "../support/clock.ts";
import { idsOf, Replica } from "../support/replica.ts";
import { startWorld } from "../support/world.ts";

const HOUR_MS = 3_600_000;

const SMALL = { calls: 0, contacts: 0, users: 6, numbers: 3, teams: 2, tags: 70, webhooks: 3 };

const smallWorld = (account = {}, clock = leapingClock()) =>
  startWorld({ account: { ...SMALL, ...account } }, clock);

interface List {
  stream: ListedStreamName;
  add(account: Account): number;
  edit(account: Account, id: number): void;
  remove(account: Account, id: number): void;
}

const lists: List[] = [
  {
    stream: "users",
    add: ({ users }) => users.add(),
    edit: ({ users }, id) => users.edit(id, { name: "Renamed" }),
    remove: ({ users }, id) => users.remove(id),
  },
  {
    stream: "numbers",
    add: ({ numbers }) => numbers.add(),
    edit: ({ numbers }, id) => numbers.edit(id, { name: "Renamed" }),
    remove: ({ numbers }, id) => numbers.remove(id),
  },
  {
    stream: "teams",
    add: ({ teams }) => teams.add(),
    edit: ({ teams }, id) => teams.edit(id, { userIds: [] }),
    remove: ({ teams }, id) => teams.remove(id),
  },
  {
    stream: "tags",
    add: ({ tags }) => tags.add(),
    edit: ({ tags }, id) => tags.edit(id, { color: "#123456" }),
    remove: ({ tags }, id) => tags.remove(id),
  },
  {
    stream: "webhooks",
    add: ({ webhooks }) => webhooks.add(),
    edit: ({ webhooks }, id) => webhooks.edit(id, { url: "https://moved.test/" }),
    remove: ({ webhooks }, id) => webhooks.remove(id),
  },
];

describe.each(lists)("$stream", ({ stream, add, edit, remove }) => {
  test("captures what is new, what has changed and what is gone, and nothing else", async () => {
    await using world = await smallWorld();
    const { account } = world.emulator;
    const replica = new Replica(world, stream);
    expect(idsOf(await replica.pass())).toHaveLength(replica.truth().length);
    const [edited = 0, removed = 0] = idsOf(replica.truth()).map(Number);
    const added = add(account);
    edit(account, edited);
    remove(account, removed);
    const changes = await replica.pass();
    expect(changes.map(({ id, _meta }) => [id, _meta.op])).toEqual([
      [edited, "u"],
      [added, "u"],
      [removed, "d"],
    ]);
    expect(changes.at(-1)).toEqual({ id: removed, _meta: { op: "d" } });
    expect(replica.documents).toEqual(replica.truth());
    expect(await replica.pass()).toEqual([]);
  });
});

test("a session that goes on captures each change once", async () => {
  await using world = await smallWorld({ tags: 3 }, new TestClock());
  const { tags } = world.emulator.account;
  const [edited, removed] = tags.listed;
  await using follower = new Follower(world, ["tags"]);
  expect(await follower.pass(1)).toHaveLength(3);
  tags.edit(edited?.id ?? 0, { name: "Renamed" });
  tags.remove(removed?.id ?? 0);
  const changes = await follower.pass(6 * HOUR_MS);
  expect(world.emulator.requests.total).toBeGreaterThan(3);
  expect(changes.map(({ id, _meta }) => [id, _meta.op])).toEqual([
    [edited?.id, "u"],
    [removed?.id, "d"],
  ]);
});

test("what has been deleted is a new object when it comes back", async () => {
  await using world = await smallWorld({ tags: 3 });
  const replica = new Replica(world, "tags");
  await replica.pass();
  const { tags } = world.emulator.account;
  const [tag] = tags.listed;
  const row = replica.rows.get(String(tag?.id));
  tags.remove(tag?.id ?? 0);
  await replica.pass();
  world.emulator.faults.add({
    kind: "status",
    status: 200,
    match: "/v1/tags",
    body: { meta: { total: 3, next_page_link: null }, tags: [row, ...replica.truth()] },
  });
  expect((await replica.pass()).map(({ id, _meta }) => [id, _meta.op])).toEqual([[tag?.id, "u"]]);
});

test("a checkpoint names only what has changed, and none is made when nothing has", async () => {
  await using world = await smallWorld();
  const replica = new Replica(world, "tags");
  await replica.pass();
  const [tag] = world.emulator.account.tags.listed;
  const pass = () => Array.fromAsync(capture(world.connector, ["tags"], { state: replica.state }));
  expect(await pass()).toEqual([]);
  world.emulator.account.tags.edit(tag?.id ?? 0, { name: "Renamed" });
  expect((await pass()).map(({ patch }) => patch)).toEqual([
    { digests: { [tag?.id ?? 0]: expect.any(String) } },
  ]);
});

test("a company with a new name replaces the one with the old", async () => {
  await using world = await smallWorld();
  const replica = new Replica(world, "company");
  await replica.pass();
  const before = world.emulator.account.companyName;
  world.emulator.account.renameCompany("Renamed Ltd");
  expect(await replica.pass()).toEqual([
    expect.objectContaining({ name: "Renamed Ltd", _meta: { op: "u" } }),
    { name: before, _meta: { op: "d" } },
  ]);
  expect(replica.documents).toEqual(replica.truth());
});

test("a user's availability is a change each time, and inside other objects it is none", async () => {
  await using world = await smallWorld();
  const availabilities = new Replica(world, "user_availablity");
  const teams = new Replica(world, "teams");
  await availabilities.pass();
  await teams.pass();
  world.clock.advance(8 * 3_600_000);
  expect((await availabilities.pass()).length).toBeGreaterThan(0);
  expect(availabilities.documents).toEqual(availabilities.truth());
  expect(await teams.pass()).toEqual([]);
});

test("the secret of a webhook is never captured", async () => {
  await using world = await smallWorld();
  const replica = new Replica(world, "webhooks");
  const documents = await replica.pass();
  expect(documents).toHaveLength(3);
  for (const { token } of world.emulator.account.webhooks.listed) {
    expect(JSON.stringify([documents, replica.state])).not.toContain(token);
  }
});

describe("nothing counts as deleted", () => {
  test("when a row is deleted between two pages, until the list has been read whole", async () => {
    await using world = await smallWorld();
    const { tags } = world.emulator.account;
    const replica = new Replica(world, "tags");
    await replica.pass();
    const [first, second] = tags.listed;
    tags.remove(second?.id ?? 0);
    world.emulator.faults.add({ kind: "edit", match: /page=2/, edit: () => tags.remove(first?.id ?? 0) });
    expect(await replica.pass()).toEqual([]);
    expect(world.ports.log.lines).toContainEqual(expect.stringContaining("not read whole"));
    expect((await replica.pass()).map(({ _meta }) => _meta.op)).toEqual(["d", "d"]);
    expect(replica.documents).toEqual(replica.truth());
  });

  test("when a row is added between two pages, and the row itself is captured", async () => {
    await using world = await smallWorld();
    const { tags } = world.emulator.account;
    const replica = new Replica(world, "tags");
    await replica.pass();
    tags.remove(tags.listed[0]?.id ?? 0);
    world.emulator.faults.add({ kind: "edit", match: /page=2/, edit: () => tags.add() });
    expect((await replica.pass()).map(({ _meta }) => _meta.op)).toEqual(["u"]);
    expect((await replica.pass()).map(({ _meta }) => _meta.op)).toEqual(["d"]);
  });

  test("when as many rows are listed as counted, but one of them twice", async () => {
    await using world = await smallWorld({ tags: 3 });
    const replica = new Replica(world, "tags");
    await replica.pass();
    const [first, second] = replica.truth();
    const body = { meta: { total: 3, next_page_link: null }, tags: [first, second, second] };
    world.emulator.faults.add({ kind: "status", status: 200, match: "/v1/tags", body });
    expect(await replica.pass()).toEqual([]);
  });

  test("when the list comes back empty, until it has been empty for an hour, whichever process reads it", async () => {
    await using world = await smallWorld({ tags: 3 });
    const { tags } = world.emulator.account;
    const replica = new Replica(world, "tags");
    await replica.pass();
    for (const { id } of tags.listed) tags.remove(id);
    for (const minutes of [0, 1, 58]) {
      world.clock.advance(minutes * 60_000);
      expect(await replica.pass()).toEqual([]);
    }
    expect(world.ports.log.lines).toContainEqual(
      "warn Aircall lists no tags, where it listed 3 before. They count as deleted if the list is still empty after an hour.",
    );
    world.clock.advance(60_000);
    expect((await replica.pass()).map(({ _meta }) => _meta.op)).toEqual(["d", "d", "d"]);
    expect(replica.documents).toEqual([]);
    expect(replica.ownState).toEqual({ digests: {} });
  });

  test("when the list was empty for a while, came back, and is empty again", async () => {
    await using world = await smallWorld({ teams: 2 });
    const replica = new Replica(world, "teams");
    await replica.pass();
    const isEmpty = { kind: "status", status: 200, match: "/v1/teams" } as const;
    const outage = { ...isEmpty, body: { meta: { total: 0, next_page_link: null }, teams: [] } };
    for (const hours of [0, 2, 4]) {
      world.clock.advance(hours * HOUR_MS);
      world.emulator.faults.add(outage);
      expect(await replica.pass()).toEqual([]);
      expect(replica.ownState).toHaveProperty("emptySince");
      expect(await replica.pass()).toEqual([]);
      expect(replica.ownState).not.toHaveProperty("emptySince");
    }
    expect(replica.documents).toEqual(replica.truth());
  });

  test("when the list has rows again while its emptiness is being confirmed, and its time begins anew", async () => {
    await using world = await smallWorld({ tags: 2 });
    const replica = new Replica(world, "tags");
    await replica.pass();
    const body = { meta: { total: 0, next_page_link: null }, tags: [] };
    const outage = { kind: "status", status: 200, match: "/v1/tags", body } as const;
    for (const [hours, times] of [
      [0, 1],
      [2, 1],
      [0, 2],
    ] as const) {
      world.clock.advance(hours * HOUR_MS);
      world.emulator.faults.add({ ...outage, every: 1, times });
      expect(await replica.pass()).toEqual([]);
      world.emulator.faults.clear();
    }
    expect(replica.documents).toEqual(replica.truth());
  });

  test("when the list ends before its total, which is an error, and what it has is captured", async () => {
    await using world = await smallWorld();
    const { tags } = world.emulator.account;
    const replica = new Replica(world, "tags");
    await replica.pass();
    const [edited, ...others] = tags.listed;
    tags.edit(edited?.id ?? 0, { name: "Renamed" });
    const rows = replica.truth().filter(({ id }) => others.slice(0, 19).some((tag) => tag.id === id));
    const body = {
      meta: { total: 70, next_page_link: null },
      tags: [{ id: edited?.id, name: "Renamed" }, ...rows],
    };
    const fault = world.emulator.faults.add({
      kind: "status",
      status: 200,
      match: "/v1/tags",
      body,
      every: 1,
    });
    expect(idsOf(await replica.pass())).toEqual([edited?.id]);
    expect(world.ports.log.lines).toContainEqual(
      expect.stringMatching(/^error Aircall counts 70 tags, but lists 20 of them/),
    );
    fault.remove();
    await replica.pass();
    expect(replica.documents).toEqual(replica.truth());
  });

  test("when a reading shows some rows twice and others not at all, which the next reading shows", async () => {
    await using world = await smallWorld();
    const replica = new Replica(world, "tags");
    world.emulator.faults.add({
      kind: "status",
      status: 200,
      match: /page=2/,
      body: {
        meta: { total: 70, next_page_link: null },
        tags: replica.truth().slice(0, 20).toReversed(),
      },
    });
    expect(await replica.pass()).toHaveLength(70);
  });

  test("when the clock is set back while the list is empty", async () => {
    await using world = await smallWorld({ tags: 3 });
    const { tags } = world.emulator.account;
    const replica = new Replica(world, "tags");
    await replica.pass();
    for (const { id } of tags.listed) tags.remove(id);
    await replica.pass();
    world.clock.advance(-3 * HOUR_MS);
    expect(await replica.pass()).toEqual([]);
    world.clock.advance(HOUR_MS);
    expect(await replica.pass()).toHaveLength(3);
  });

  test.each<ListedStreamName>(["users", "numbers"])(
    "when the list of %s is empty and the company counts some",
    async (stream) => {
      await using world = await smallWorld();
      const replica = new Replica(world, stream);
      await replica.pass();
      const kept = replica.documents;
      const match = new RegExp(`/v[12]/${stream}`);
      const body = { meta: { total: 0, next_page_link: null }, [stream]: [] };
      const fault = world.emulator.faults.add({ kind: "status", status: 200, match, body, every: 1 });
      for (const hours of [0, 2, 24]) {
        world.clock.advance(hours * HOUR_MS);
        expect(await replica.pass()).toEqual([]);
      }
      expect(world.ports.log.lines).toContainEqual(
        expect.stringMatching(
          `^error Aircall lists no ${stream}, and yet its company has ${kept.length} of them`,
        ),
      );
      fault.remove();
      await replica.pass();
      expect(replica.documents).toEqual(replica.truth());
      expect(replica.documents).toHaveLength(kept.length);
    },
  );

  test("when a row has no key that can be used", async () => {
    await using world = await smallWorld({ tags: 2 });
    const replica = new Replica(world, "tags");
    await replica.pass();
    const [first] = replica.truth();
    const body = { meta: { total: 1, next_page_link: null }, tags: [first, { id: null }] };
    world.emulator.faults.add({ kind: "status", status: 200, match: "/v1/tags", body });
    expect(await replica.pass()).toEqual([]);
    expect(world.ports.log.lines).toContainEqual(expect.stringMatching(/^warn skipped a row/));
  });

  test("when the list does not say how many rows it has", async () => {
    await using world = await smallWorld({ tags: 2 });
    const replica = new Replica(world, "tags");
    await replica.pass();
    world.emulator.faults.add({ kind: "status", status: 200, match: "/v1/tags", body: { tags: [] } });
    expect(await replica.pass()).toEqual([]);
  });

  test("when the list breaks off, and what was read of it is read again", async () => {
    await using world = await smallWorld();
    const { tags } = world.emulator.account;
    const replica = new Replica(world, "tags");
    await replica.pass();
    const [edited, removed] = tags.listed;
    tags.edit(edited?.id ?? 0, { name: "Renamed" });
    tags.remove(removed?.id ?? 0);
    const fault = world.emulator.faults.add({ kind: "cut", match: /page=2/, every: 1 });
    expect(await replica.pass()).toEqual([]);
    fault.remove();
    expect((await replica.pass()).map(({ id, _meta }) => [id, _meta.op])).toEqual([
      [edited?.id, "u"],
      [removed?.id, "d"],
    ]);
  });

  test("when an answer lacks its list, which is asked for again", async () => {
    await using world = await smallWorld();
    const replica = new Replica(world, "tags");
    await replica.pass();
    const fault = world.emulator.faults.add({ kind: "missingKey", match: "/v1/tags" });
    expect(await replica.pass()).toEqual([]);
    expect(fault.struck).toBe(1);
    expect(replica.documents).toEqual(replica.truth());
  });

  test("when the list goes on beyond the cap, and its rows up to there are captured all the same", async () => {
    await using world = await smallWorld({ tags: 10_001 });
    const { tags } = world.emulator.account;
    const replica = new Replica(world, "tags");
    expect(await replica.pass()).toHaveLength(10_000);
    expect(world.ports.log.lines).toContainEqual(expect.stringMatching(/^error .*10000/));
    tags.remove(tags.listed[0]?.id ?? 0);
    tags.add();
    expect((await replica.pass()).map(({ _meta }) => _meta.op)).toEqual(["u"]);
  });
});

test("a list that has nothing in common with the state is captured, and reported as perhaps another company's", async () => {
  await using world = await smallWorld();
  const { account } = world.emulator;
  const replica = new Replica(world, "users");
  await replica.pass();
  const ids = idsOf(replica.truth()).map(Number);
  for (const id of ids.slice(1)) account.users.remove(id);
  account.users.add();
  await replica.pass();
  expect(world.ports.log.lines.join("\n")).not.toContain("another company");
  const rest = idsOf(replica.truth()).map(Number);
  for (let added = 0; added < 3; added++) account.users.add();
  await replica.pass();
  for (const id of idsOf(replica.truth())
    .map(Number)
    .slice(0, rest.length + 3))
    account.users.remove(id);
  account.users.add();
  await replica.pass();
  expect(world.ports.log.lines).toContain(
    "warn Aircall lists none of the 5 users that were captured before, but others. If the API key belongs to another company, capture it with a state and a destination of its own.",
  );
  expect(replica.documents).toEqual(replica.truth());
});
