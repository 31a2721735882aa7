import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { writeSchema } from "../../src/protocols/flow/catalog.ts";
import type { Json, JsonObject } from "../../src/shared/json.ts";
import type { AircallEvent } from "../../src/streams/aircall-event.ts";
import { streams } from "../../src/streams/index.ts";
import { draws, holdsForAll } from "../support/draws.ts";
import { newFile, readObjects } from "../support/duckdb.ts";
import { openTarget } from "../support/open-target.ts";
import { EventRuns, eventOf, NOW } from "./event-runs.ts";

const { messages } = streams;

const NUMBER = { id: 9001, name: "Support FR", digits: "+33 1 89 00 00 01" };
const RECEIVED = eventOf("message.received", NOW, {
  id: "msg-5f0c",
  direction: "inbound",
  external_number: "+33 6 39 98 00 01",
  body: "Is my order on its way?",
  status: "received",
  channel: null,
  media_details: [
    { file_name: "photo.jpg", file_type: "image/jpeg", presigned_url: "https://media.example.test/p" },
  ],
  created_at: "2026-06-15T11:59:58.520Z",
  updated_at: "2026-06-15T11:59:58.520Z",
  number: NUMBER,
  contact: { id: 880001, first_name: "Lin" },
});
const SENT = eventOf("message.sent", NOW, {
  id: "msg-6a11",
  body: "It is.",
  status: "pending",
  created_at: "2026-06-15T11:59:58.520Z",
  number: NUMBER,
});
const status = (seconds: number, fields: JsonObject, id: Json = "msg-6a11") =>
  eventOf("message.status_updated", NOW + seconds, { id, number: { id: 9001 }, ...fields });

async function rowOf(...events: AircallEvent[]): Promise<JsonObject | undefined> {
  const runs = new EventRuns(messages);
  for (const event of events) await runs.pass(event);
  expect(runs.rows.size).toBe(1);
  return [...runs.rows.values()][0];
}

test("a message is a row with the fields that have a value", async () => {
  const { channel: _, ...fields } = RECEIVED.data;
  expect(await rowOf(RECEIVED)).toEqual(fields);
});

describe("V9: a later status blanks nothing", () => {
  const DELIVERED = status(7, { status: "delivered", body: null, updated_at: 1_781_524_806_812 });
  const expected = {
    ...SENT.data,
    direction: "outbound",
    status: "delivered",
    updated_at: "2026-06-15T12:00:06.812Z",
  };

  test("in a collection of Flow, which merges the fields of a document and replaces the values in them", async () => {
    expect(await rowOf(SENT, DELIVERED)).toEqual(expected);
    const { reduce, ...schema } = writeSchema(messages.documentSchema);
    expect(reduce).toEqual({ strategy: "merge" });
    // A second strategy at the root is an error in Flow, and one below it would fail for a value of another type.
    expect(JSON.stringify(schema)).not.toContain('"reduce"');
  });

  test("in a store, in one transaction or in several", async () => {
    const { name, keyField, documentSchema, merges = false } = messages;
    for (const commits of [[[SENT, DELIVERED]], [[SENT], [DELIVERED]]]) {
      const target = newFile();
      const store = await openTarget(target, {
        tables: [{ name, keyField, documentSchema, merges }],
        source: "emulator",
      });
      const runs = new EventRuns(messages);
      for (const events of commits)
        await store.commit([{ table: name, documents: await runs.pass(...events), patch: {} }]);
      await store.close();
      expect(await readObjects(target, name)).toEqual([expected]);
    }
  });
});

describe("V11: whatever the order of its events, a message is as the newest ones have it", () => {
  const DELIVERED = status(7, { status: "delivered", updated_at: "2026-06-15T12:00:06.812Z" });
  const PENDING = status(3, {
    status: "sent",
    sent_at: "2026-06-15T12:00:02.000Z",
    updated_at: "2026-06-15T12:00:02.900Z",
  });
  const expected = {
    ...SENT.data,
    direction: "outbound",
    status: "delivered",
    sent_at: "2026-06-15T12:00:02.000Z",
    updated_at: "2026-06-15T12:00:06.812Z",
  };

  test.each<[string, AircallEvent[]]>([
    ["a status before the message", [DELIVERED, PENDING, SENT]],
    ["an older status last", [SENT, DELIVERED, PENDING]],
    ["each twice", [SENT, PENDING, SENT, DELIVERED, PENDING, DELIVERED]],
  ])("%s", async (_, events) => {
    expect(await rowOf(...events)).toEqual(expected);
  });

  test("in one second, a status counts as newer than the message", async () => {
    const failed = status(0, { status: "failed", updated_at: "2026-06-15T11:59:58.100Z" });
    for (const events of [
      [SENT, failed],
      [failed, SENT],
    ])
      expect(await rowOf(...events)).toMatchObject({ status: "failed", body: "It is." });
  });

  test("the time of change counts more than the timestamp, which may be that of a later attempt", async () => {
    const late = { ...PENDING, timestamp: NOW + 3600 };
    for (const events of [
      [SENT, DELIVERED, late],
      [late, SENT, DELIVERED],
    ])
      expect(await rowOf(...events)).toEqual(expected);
  });

  test("in one second, the status with the later time of change counts", async () => {
    const read = status(1, { status: "read", updated_at: 1_781_524_801_900 });
    const delivered = status(1, { status: "delivered", updated_at: 1_781_524_801_100 });
    for (const events of [
      [read, delivered],
      [delivered, read],
    ])
      expect(await rowOf(...events)).toMatchObject({ status: "read" });
  });

  test("a status that names its number by ID only leaves the number as the message had it", async () => {
    for (const events of [
      [SENT, DELIVERED],
      [DELIVERED, SENT],
    ])
      expect(await rowOf(...events)).toMatchObject({ number: NUMBER });
    expect(await rowOf(DELIVERED)).toMatchObject({ number: { id: 9001 } });
  });

  test("an event of which nothing is left has no document", async () => {
    const runs = new EventRuns(messages);
    await runs.pass(DELIVERED);
    expect(await runs.pass(status(3, { status: "sent", number: null }))).toEqual([]);
  });

  const fields = fc.dictionary(
    fc.constantFrom(
      "body",
      "status",
      "direction",
      "sent_at",
      "channel",
      "media_url",
      "new_field",
      "__proto__",
    ),
    fc.oneof(fc.constantFrom("a", "b", "c"), fc.constant(null), fc.constant(["x"])),
    { maxKeys: 5 },
  );
  const change = fc.record({
    id: fc.constantFrom("a", "b", "7"),
    /** How long after the change the event was built, as where its timestamp is that of a later attempt. */
    lateSeconds: fc.nat({ max: 3600 }),
    kind: fc.constantFrom("message.sent", "message.received", "message.status_updated", "group_message.sent"),
    fields,
  });
  /** A few changes, the newest first, each by its time or by the timestamp alone, and the order in which they come. */
  const history = fc
    .tuple(fc.array(change, { minLength: 1, maxLength: 8 }), fc.boolean())
    .chain(([changes, isDated]) => {
      const events = changes.map(({ id, lateSeconds, kind, fields: given }, index) => {
        const seconds = NOW - 3600 - index;
        return isDated
          ? eventOf(kind, seconds + lateSeconds, { ...given, id, updated_at: seconds * 1000 })
          : eventOf(kind, seconds, { ...given, id });
      });
      const indices = events.map((_, index) => index);
      return fc.tuple(
        fc.constant(events),
        fc.shuffledSubarray([...indices, ...indices, ...indices]),
        fc.shuffledSubarray(indices, { minLength: indices.length }),
        fc.array(fc.nat({ max: 4 }), { maxLength: 12 }),
      );
    });

  test("in any order, each any number of times, in any batches and processes", () =>
    holdsForAll(
      "events of messages",
      history,
      draws(150, 3000),
      async ([events, repeated, each, batches]) => {
        const runs = new EventRuns(messages);
        const coming = [...repeated, ...each].map((index) => events[index] as AircallEvent);
        while (coming.length > 0) await runs.pass(...coming.splice(0, batches.shift() ?? coming.length));
        const expected = new Map<string, JsonObject>();
        for (const event of [...events].reverse()) {
          const id = String(event.data.id);
          expected.set(id, { ...(expected.get(id) ?? {}), ...givenBy(event) });
        }
        const rows = [...runs.rows].map(([id, { id: _, ...row }]) => [id, row]);
        expect(Object.fromEntries(rows)).toEqual(
          Object.fromEntries([...expected].filter(([, row]) => Object.keys(row).length > 0)),
        );
      },
    ));
});

/** The fields that an event sets, written apart from the stream. */
function givenBy({ event, data: { id: _, updated_at = null, ...given } }: AircallEvent): JsonObject {
  const direction = event.endsWith(".sent") ? "outbound" : event.endsWith(".received") ? "inbound" : null;
  const fields = {
    ...(direction && { direction }),
    ...(updated_at && { updated_at: new Date(Number(updated_at)).toISOString() }),
  };
  return { ...fields, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) };
}

describe("a document has", () => {
  test.each<[string, string]>([
    ["message.received", "inbound"],
    ["message.sent", "outbound"],
    ["group_message.received", "inbound"],
    ["group_message.sent", "outbound"],
  ])("the direction of %s", async (event, direction) => {
    expect(await rowOf(eventOf(event, NOW, { id: "m" }))).toEqual({ id: "m", direction });
    expect(await rowOf(eventOf(event, NOW, { id: "m", direction: "stated" }))).toEqual({
      id: "m",
      direction: "stated",
    });
  });

  test.each<[string, JsonObject]>([
    ["a text", { id: "77" }],
    ["a number", { id: 77 }],
    ["named as in a group", { group_message_id: 77 }],
  ])("its ID as a text, also if it is %s", async (_, data) => {
    const runs = new EventRuns(messages);
    const [document] = await runs.pass(
      eventOf("group_message.sent", NOW, { ...data, participants: ["33639980001"] }),
    );
    expect(document).toMatchObject({ id: "77", participants: ["33639980001"] });
  });

  test.each<[Json, Json]>([
    ["2026-06-15T12:00:00.520Z", "2026-06-15T12:00:00.520Z"],
    [1_781_524_800, "2026-06-15T12:00:00.000Z"],
    [1_781_524_800_520, "2026-06-15T12:00:00.520Z"],
    ["yesterday", "yesterday"],
    [1e300, 1e300],
  ])("the instant %j as ISO 8601", async (given, instant) => {
    const data = { id: "m", created_at: given, sent_at: given, updated_at: given };
    expect(await rowOf(eventOf("message.sent", NOW, data))).toMatchObject({
      created_at: instant,
      sent_at: instant,
      updated_at: instant,
    });
  });
});

test("a message without an ID is skipped, counted and reported, and counts as captured", async () => {
  const runs = new EventRuns(messages);
  const events = [{}, { id: null }, { id: [] }, { id: "" }].map((data) =>
    eventOf("message.sent", NOW, { ...data, body: "Hello" }),
  );
  expect(await runs.pass(...events, SENT)).toHaveLength(1);
  expect(runs.skippedCount).toBe(4);
  const log = runs.log.lines.join("\n");
  expect(log).toContain('its "id" is missing');
  expect(log).toContain('its "id" cannot be used');
  expect(log).not.toContain("Hello");
});

test("what is known of messages is kept for twelve hours, without an ID or a text", async () => {
  const runs = new EventRuns(messages);
  await runs.pass(RECEIVED);
  expect(JSON.stringify(runs.state)).not.toMatch(/msg-5f0c|order|null/);
  runs.clock.advance(12 * 3_600_000);
  await runs.pass(SENT);
  expect(Object.keys(runs.state.known as JsonObject)).toHaveLength(2);
  runs.clock.advance(1_000);
  await runs.pass(status(12 * 3600 + 1, { status: "read" }));
  expect(Object.keys(runs.state.known as JsonObject)).toHaveLength(1);
});

test.each<JsonObject>([{ x: 1 }, { known: [] }, { known: { odd: 1, pair: [[1, 2]] } }])(
  "begins afresh from the state of another version, such as %j",
  async (state) => {
    const runs = new EventRuns(messages);
    runs.state = state;
    await runs.pass(SENT);
    expect(runs.rows.size).toBe(1);
    await runs.pass(status(-1, { status: "early" }));
    expect(runs.rows.get("msg-6a11")).toMatchObject({ status: "pending" });
  },
);
