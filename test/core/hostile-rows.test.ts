import { describe, expect, test } from "vitest";
import { isJsonObject, type Json, type JsonObject } from "../../src/shared/json.ts";
import { type ListedStreamName, streams } from "../../src/streams/index.ts";
import { capture } from "../support/capture.ts";
import { leapingClock } from "../support/clock.ts";
import { LIST_OF } from "../support/lists.ts";
import { idsOf, Replica } from "../support/replica.ts";
import { type Tamper, tampering } from "../support/tampering.ts";
import type { World } from "../support/world.ts";
import { connectorTo, startWorld } from "../support/world.ts";

const DAY_MS = 86_400_000;
const SMALL = { calls: 0, contacts: 0, users: 6, numbers: 6, teams: 6, tags: 6, webhooks: 6 };
const LISTS: ListedStreamName[] = [
  ...(["calls", "contacts", "users", "user_availablity"] as const),
  ...(["teams", "numbers", "tags", "webhooks"] as const),
];

/** A small account, behind answers that a test tampers with. */
async function tamperedWorld(account: Partial<typeof SMALL> = {}) {
  const clock = leapingClock();
  const world = await startWorld({ account: { ...SMALL, ...account } }, clock);
  const api: { tamper: Tamper } = { tamper: () => {} };
  const fetch = tampering(world.emulator.fetch, (body, target) => api.tamper(body, target));
  const connector = connectorTo(world.emulator, clock, { fetch, log: world.ports.log });
  world.emulator.account.calls.add(6, { startedAtSeconds: Math.floor(clock.now() / 1000) - 3 * 3_600 });
  for (let added = 0; added < 6; added++) {
    clock.advance(1_000);
    world.emulator.account.contacts.add();
  }
  return { ...world, connector, api };
}

/** Whatever answers hold the row of this key, another comes in its place. */
function replacing(
  stream: ListedStreamName,
  key: string | number,
  change: (row: JsonObject) => Json,
): Tamper {
  const { keyField } = streams[stream];
  const { bodyKey } = LIST_OF[stream];
  const changed = (row: Json) => (isJsonObject(row) && row[keyField] === key ? change(row) : row);
  return (body) => {
    const held = body[bodyKey];
    if (Array.isArray(held)) body[bodyKey] = held.map(changed);
    else if (held !== undefined) body[bodyKey] = changed(held);
  };
}

const warnings = (world: World) => world.ports.log.lines.filter((line) => line.includes("skipped a row"));

describe.each(LISTS)("%s: a row", (stream) => {
  test.each<[string, (row: JsonObject) => Json]>([
    ["that is no object", () => "junk"],
    ["that is null", () => null],
    ["without an ID", ({ id: _, ...row }) => row],
    ["with an ID that is text", (row) => ({ ...row, id: String(row.id) })],
    ["with an ID beyond what a number holds", (row) => ({ ...row, id: 2 ** 53 })],
    ["with an ID below 1", (row) => ({ ...row, id: -Number(row.id) })],
  ])("%s is reported, and its neighbours are captured and live on", async (_, change) => {
    await using world = await tamperedWorld();
    const replica = new Replica(world, stream);
    const [first, victim = 0, ...others] = idsOf(replica.truth());
    world.api.tamper = replacing(stream, victim, change);
    await replica.pass();
    expect(idsOf(replica.documents)).toEqual([first, ...others]);
    expect(warnings(world)).toHaveLength(1);
    world.api.tamper = () => {};
    world.clock.advance(2 * DAY_MS);
    await replica.pass();
    expect(idsOf(replica.documents)).toEqual([first, victim, ...others]);

    world.clock.advance(2 * DAY_MS);
    world.api.tamper = replacing(stream, victim, change);
    expect((await replica.pass()).filter(({ _meta }) => _meta.op === "d")).toEqual([]);
    expect(idsOf(replica.documents)).toEqual([first, victim, ...others]);
  });

  test("that is there twice is captured once, and what differs in the second is not believed", async () => {
    await using world = await tamperedWorld();
    const replica = new Replica(world, stream);
    world.api.tamper = (body) => {
      const { bodyKey } = LIST_OF[stream];
      const rows = body[bodyKey];
      if (Array.isArray(rows))
        body[bodyKey] = rows.flatMap((row) => [row, { ...(row as JsonObject), more: 1 }]);
    };
    await replica.pass();
    expect(replica.documents).toEqual(replica.truth());
    world.clock.advance(60_000);
    expect(await replica.pass()).toEqual([]);
  });
});

test("the number of skipped rows is an event", async () => {
  await using world = await tamperedWorld();
  world.api.tamper = replacing("tags", idsOf(new Replica(world, "tags").truth())[0] ?? 0, () => null);
  const counts: number[] = [];
  const blocks = capture(world.connector, ["tags"], {
    onEvent: (event) => {
      if (event.kind === "skipped") counts.push(event.rows);
    },
  });
  await Array.fromAsync(blocks);
  expect(counts).toEqual([1]);
});

describe("nothing counts as deleted while a row cannot be used", () => {
  test.each<ListedStreamName>(["tags", "contacts"])("in %s, and it does once all can", async (stream) => {
    await using world = await tamperedWorld();
    const replica = new Replica(world, stream);
    await replica.pass();
    const [removed = 0, broken = 0] = idsOf(replica.truth());
    if (stream === "tags") world.emulator.account.tags.remove(Number(removed));
    else world.emulator.account.contacts.remove(Number(removed));
    world.api.tamper = replacing(stream, broken, (row) => ({ ...row, id: null }));
    world.clock.advance(2 * DAY_MS);
    expect(await replica.pass()).toEqual([]);
    world.api.tamper = () => {};
    world.clock.advance(2 * DAY_MS);
    expect(await replica.pass()).toEqual([{ id: removed, _meta: { op: "d" } }]);
  });
});

const TIMES: [string, Json | undefined][] = [
  ["missing", undefined],
  ["null", null],
  ["text", "2026-06-15T12:00:00Z"],
  ["before there was Aircall", -62_135_596_800],
  ["of the year 9999", 253_402_300_799],
  ["in milliseconds", 1_781_524_800_000],
];

const withField =
  (name: string, value: Json | undefined) =>
  ({ [name]: _, ...row }: JsonObject): JsonObject =>
    value === undefined ? row : { ...row, [name]: value };

describe.each(TIMES)("an instant that is %s", (_, value) => {
  test("makes a call malformed, and no other", async () => {
    await using world = await tamperedWorld();
    const replica = new Replica(world, "calls");
    const [victim = 0, ...others] = idsOf(replica.truth());
    world.api.tamper = replacing("calls", victim, withField("started_at", value));
    await replica.pass();
    expect(idsOf(replica.documents)).toEqual(others);
    world.api.tamper = () => {};
    world.clock.advance(DAY_MS);
    await replica.pass();
    expect(replica.documents).toEqual(replica.truth());
  });

  test.each(["updated_at", "created_at"])(
    "in %s leaves a contact well-formed, and hides no later change",
    async (name) => {
      await using world = await tamperedWorld();
      const { contacts } = world.emulator.account;
      const replica = new Replica(world, "contacts");
      const ids = idsOf(replica.truth()).map(Number);
      const [edited = 0] = ids;
      const victim = ids.at(-1) ?? 0;
      world.api.tamper = replacing("contacts", victim, withField(name, value));
      await replica.pass();
      expect(idsOf(replica.documents)).toEqual(ids);
      expect(replica.rows.get(String(victim))?.[name]).toEqual(value);
      world.clock.advance(60_000);
      contacts.edit(edited, { lastName: "Edited" });
      contacts.edit(victim, { lastName: "Edited" });
      expect(new Set(idsOf(await replica.pass()))).toEqual(new Set([edited, victim]));
      expect(await replica.pass()).toEqual([]);
    },
  );
});

test("contacts that do not say when they were changed are captured all the same", async () => {
  await using world = await tamperedWorld();
  const replica = new Replica(world, "contacts");
  world.api.tamper = (body) => {
    for (const contact of (body.contacts ?? []) as JsonObject[]) delete contact.updated_at;
  };
  await replica.pass();
  expect(idsOf(replica.documents)).toEqual(idsOf(replica.truth()));
  world.clock.advance(2 * DAY_MS);
  world.emulator.requests.clear();
  expect(await replica.pass()).toEqual([]);
  // None is missing from the full scan, to be asked for by its ID.
  expect(world.emulator.requests.recent.filter(({ target }) => /contacts\/\d/.test(target))).toEqual([]);
});

test.each<[string, Json]>([
  ["status", 7],
  ["ended_at", "soon"],
  ["duration", { s: [] }],
])("a call with %s of a strange type is captured as it is", async (name, value) => {
  await using world = await tamperedWorld();
  const replica = new Replica(world, "calls");
  const [id = 0] = idsOf(replica.truth());
  world.api.tamper = replacing("calls", id, withField(name, value));
  await replica.pass();
  expect(replica.rows.get(String(id))?.[name]).toEqual(value);
});

describe("another call or contact than the one that was asked for", () => {
  test("is not taken for it when a call goes on", async () => {
    await using world = await tamperedWorld();
    const { calls } = world.emulator.account;
    const id = calls.ring();
    const replica = new Replica(world, "calls");
    await replica.pass();
    world.clock.advance(2 * 3_600_000);
    await replica.pass();
    const strange = idsOf(replica.truth())[0] ?? 0;
    world.api.tamper = (body) => {
      if (isJsonObject(body.call)) body.call = { ...body.call, id: strange, status: "answered", more: 1 };
    };
    world.clock.advance(3_600_000);
    expect((await replica.pass()).filter((document) => "more" in document)).toEqual([]);
    expect(idsOf(replica.documents)).toContain(id);
  });

  test("is no deletion of a contact that is missing from the list", async () => {
    await using world = await tamperedWorld();
    const replica = new Replica(world, "contacts");
    await replica.pass();
    const [hidden = 0] = idsOf(replica.truth());
    for (const answer of [null, { id: 8, more: 1 }, "gone"]) {
      world.clock.advance(2 * DAY_MS);
      world.api.tamper = (body) => {
        if (Array.isArray(body.contacts))
          body.contacts = body.contacts.filter((row) => idsOf([row as JsonObject])[0] !== hidden);
        else if ("contact" in body) body.contact = answer;
      };
      expect(await replica.pass()).toEqual([]);
    }
    expect(replica.documents).toEqual(replica.truth());
  });
});

describe("when no row of a list can be used, the stream ends and says so, and nothing is lost:", () => {
  test.each<ListedStreamName>([...LISTS, "company"])("%s", async (stream) => {
    await using world = await tamperedWorld({ users: 12, numbers: 12, teams: 12, tags: 12, webhooks: 12 });
    world.emulator.account.calls.add(12, { startedAtSeconds: Math.floor(world.clock.now() / 1000) - 7_200 });
    for (let added = 0; added < 12; added++) world.emulator.account.contacts.add();
    const replica = new Replica(world, stream);
    await replica.pass();
    const kept = replica.documents;
    const { bodyKey } = LIST_OF[stream];
    const strange = (row: Json) => ({ uuid: JSON.stringify(row) });
    world.api.tamper = (body) => {
      const held = body[bodyKey] ?? null;
      body[bodyKey] = Array.isArray(held) ? held.map(strange) : strange(held);
    };
    world.clock.advance(2 * DAY_MS);
    expect(await replica.pass()).toEqual([]);
    expect(world.ports.log.lines).toContainEqual(
      expect.stringMatching(/^error .*none can be used.*newer version/),
    );
    world.api.tamper = () => {};
    await replica.pass();
    expect(replica.documents).toEqual(replica.truth());
    expect(idsOf(kept)).toEqual(idsOf(replica.documents));
  });
});

describe("a company named", () => {
  test.each(["__proto__", "constructor", "toString", "null"])(
    "%s is kept and replaced like any other",
    async (name) => {
      await using world = await tamperedWorld();
      const replica = new Replica(world, "company");
      world.emulator.account.renameCompany(name);
      expect(await replica.pass()).toMatchObject([{ name, _meta: { op: "u" } }]);
      expect(await replica.pass()).toEqual([]);
      world.emulator.account.renameCompany("Example Ltd");
      expect((await replica.pass()).at(-1)).toEqual({ name, _meta: { op: "d" } });
      expect(await replica.pass()).toEqual([]);
      expect(replica.documents).toEqual(replica.truth());
    },
  );

  test.each<Json>([7, null, "", {}, ["Example Ltd"]])("%j is none", async (name) => {
    await using world = await tamperedWorld();
    const replica = new Replica(world, "company");
    world.api.tamper = (body) => {
      if (isJsonObject(body.company)) body.company.name = name;
    };
    expect(await replica.pass()).toEqual([]);
    expect(world.ports.log.lines).toContainEqual(expect.stringMatching(/^error .*none can be used/));
  });
});

test("a field with the name of ours is left out, and reported once", async () => {
  await using world = await tamperedWorld({ tags: 3 });
  const replica = new Replica(world, "tags");
  world.api.tamper = (body) => {
    for (const row of Array.isArray(body.tags) ? body.tags : [])
      if (isJsonObject(row)) row._meta = { op: "d" };
  };
  const documents = await replica.pass();
  expect(documents.map(({ _meta }) => _meta)).toEqual(Array(3).fill({ op: "u" }));
  expect(world.ports.log.lines.filter((line) => line.startsWith("warn"))).toEqual([
    expect.stringContaining('Aircall has a field "_meta" of its own'),
  ]);
});
