import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { startEmulator } from "../../emulator/index.ts";
import type { Document } from "../../src/engine/index.ts";
import { views } from "../../src/local/index.ts";
import type { TableSpec } from "../../src/local/store/index.ts";
import type { Json, JsonObject } from "../../src/shared/json.ts";
import { type StreamName, streams } from "../../src/streams/index.ts";
import { draws, holdsForAll } from "../support/draws.ts";
import { noLog, openTarget } from "../support/open-target.ts";
import { present } from "../support/stored-calls.ts";
import { type StoreUnderTest, stores } from "./stores.ts";

const NAMES = ["calls", "contacts", "teams", "numbers", "transcriptions", "messages"] as const;

type Documents = Partial<Record<StreamName, readonly JsonObject[]>>;

function specOf(name: StreamName): TableSpec {
  const { keyField, documentSchema, merges = false } = streams[name];
  return { name, keyField, documentSchema, merges };
}

/** A target with a store of these documents, each list of them committed by itself. Returns what the store warned of. */
async function storedIn(
  { newTarget }: StoreUnderTest,
  tables: readonly TableSpec[],
  ...lists: Documents[]
): Promise<{ target: string; warnings: string[] }> {
  const target = newTarget();
  const warnings = await commit(target, tables, ...lists);
  return { target, warnings };
}

async function commit(
  target: string,
  tables: readonly TableSpec[],
  ...lists: Documents[]
): Promise<string[]> {
  const warnings: string[] = [];
  const log = { ...noLog, warn: (sentence: string) => warnings.push(sentence) };
  const store = await openTarget(target, { tables, views, source: "emulator" }, { log });
  for (const list of lists) {
    const blocks = Object.entries(list).map(([table, documents = []]) => ({
      table,
      documents: documents.map((each) => present(each) as Document),
      patch: {},
    }));
    await store.commit(blocks);
  }
  await store.close();
  return warnings;
}

// biome-ignore lint/suspicious/noExplicitAny: the emulator's rows, whose shapes the views have to find
type Any = Record<string, any>;

const instant = (value: unknown) =>
  value === null || value === undefined
    ? null
    : new Date(typeof value === "number" && value < 1e11 ? value * 1_000 : (value as string)).toISOString();
const orNull = (value: unknown) => (value === undefined ? null : value);
const less = (until: number | null, from: number | null) =>
  until === null || from === null ? null : until - from;
const digits = (number: string | undefined) => number?.replaceAll(/\D/g, "");

/** What each view should have, made of the documents in another way. */
const TRUTH: Record<string, (documents: Record<(typeof NAMES)[number], Any[]>) => Any[]> = {
  call_details: ({ calls }) =>
    calls.map((call) => ({
      call_id: call.id,
      direction: call.direction,
      status: call.status,
      started_at: instant(call.started_at),
      answered_at: instant(call.answered_at),
      ended_at: instant(call.ended_at),
      duration_seconds: call.duration,
      talk_seconds: less(call.ended_at, call.answered_at),
      ring_seconds: less(call.answered_at ?? call.ended_at, call.started_at),
      wait_seconds:
        call.direction === "inbound" ? less(call.answered_at ?? call.ended_at, call.started_at) : null,
      missed_call_reason: call.missed_call_reason,
      hangup_cause: call.hangup_cause,
      other_party: call.raw_digits,
      country_code_a2: call.country_code_a2,
      number_id: orNull(call.number?.id),
      number_name: orNull(call.number?.name),
      number_digits: orNull(call.number?.digits),
      user_id: orNull(call.user?.id),
      user_name: orNull(call.user?.name),
      user_email: orNull(call.user?.email),
      contact_id: orNull(call.contact?.id),
      assigned_to_id: orNull(call.assigned_to?.id),
      assigned_to_name: orNull(call.assigned_to?.name),
      transferred_by_id: orNull(call.transferred_by?.id),
      transferred_by_name: orNull(call.transferred_by?.name),
      transferred_to_id: orNull(call.transferred_to?.id),
      transferred_to_name: orNull(call.transferred_to?.name),
      has_recording: call.recording !== null,
      has_voicemail: call.voicemail !== null,
      archived: call.archived,
      asset: call.asset,
    })),
  call_tags: ({ calls }) =>
    calls.flatMap((call) =>
      call.tags.map((tag: Any) => ({
        call_id: call.id,
        started_at: instant(call.started_at),
        tag_id: tag.id,
        tag_name: tag.name,
        tagged_at: instant(tag.tagged_at),
        tagged_by_id: orNull(tag.tagged_by?.id),
        tagged_by_name: orNull(tag.tagged_by?.name),
      })),
    ),
  call_comments: ({ calls }) =>
    calls.flatMap((call) =>
      call.comments.map((comment: Any) => ({
        call_id: call.id,
        started_at: instant(call.started_at),
        comment_id: comment.id,
        content: comment.content,
        posted_at: instant(comment.posted_at),
        posted_by_id: orNull(comment.posted_by?.id),
        posted_by_name: orNull(comment.posted_by?.name),
      })),
    ),
  call_teams: ({ calls }) =>
    calls.flatMap((call) =>
      call.teams
        .filter((team: Any) => team !== null)
        .map((team: Any) => ({
          call_id: call.id,
          started_at: instant(call.started_at),
          team_id: team.id,
          team_name: team.name,
        })),
    ),
  contact_phone_numbers: ({ contacts }) =>
    contacts.flatMap((contact) => contactValues(contact, "phone_numbers", "phone_number")),
  contact_emails: ({ contacts }) => contacts.flatMap((contact) => contactValues(contact, "emails", "email")),
  team_users: ({ teams }) =>
    teams.flatMap(({ id, name, users }) =>
      users.map((user: Any) => ({
        team_id: id,
        team_name: name,
        user_id: user.id,
        user_name: user.name,
        user_email: user.email,
      })),
    ),
  call_utterances: ({ transcriptions }) =>
    transcriptions.flatMap((one) =>
      one.content.utterances.map((said: Any, index: number) => ({
        call_id: one.call_id,
        call_created_at: instant(one.call_created_at),
        type: one.type,
        language: one.content.language,
        position: index + 1,
        start_time: said.start_time,
        end_time: said.end_time,
        participant_type: said.participant_type,
        user_id: orNull(said.user_id),
        phone_number: orNull(said.phone_number),
        ai_voice_agent_id: orNull(said.ai_voice_agent_id),
        text: said.text,
      })),
    ),
  thread_messages: ({ messages }) => {
    const threadOf = (one: Any) =>
      one.group_conversation_id ?? `${one.number.id}/${digits(one.raw_digits ?? one.external_number)}`;
    const order = (one: Any) => `${one.created_at} ${one.id}`;
    return messages.map((message) => ({
      thread_id: threadOf(message),
      position: messages.filter(
        (other) => threadOf(other) === threadOf(message) && order(other) <= order(message),
      ).length,
      message_id: message.id,
      created_at: instant(message.created_at),
      sent_at: instant(message.sent_at),
      updated_at: instant(message.updated_at),
      direction: message.direction,
      status: message.status,
      channel: orNull(message.channel),
      other_party: orNull(message.raw_digits ?? message.external_number),
      number_id: orNull(message.number?.id),
      number_name: orNull(message.number?.name),
      contact_id: orNull(message.contact?.id),
      contact_first_name: orNull(message.contact?.first_name),
      contact_last_name: orNull(message.contact?.last_name),
      body: message.body,
    }));
  },
};

function contactValues(contact: Any, list: string, column: string): Any[] {
  return contact[list].map((each: Any, index: number) => ({
    contact_id: contact.id,
    first_name: contact.first_name,
    last_name: contact.last_name,
    company_name: contact.company_name,
    position: index + 1,
    value_id: each.id,
    label: each.label,
    [column]: each.value,
  }));
}

const sorted = (rows: readonly Any[]) => rows.map((row) => JSON.stringify(row)).sort();

/** A call like those of Aircall, with what the test is about. */
const call = (id: number, fields: JsonObject = {}) => ({
  id,
  direction: "inbound",
  status: "done",
  started_at: 1_795_518_903,
  answered_at: 1_795_518_915,
  ended_at: 1_795_518_975,
  ...fields,
});

const HARD_TEXTS = [
  ...[
    "",
    " 12",
    "-0",
    "1e99",
    "1e999",
    "-1.5E-99",
    "NaN",
    "infinity",
    "12345678901234567890",
    "0".repeat(300),
  ],
  ...[
    "2026-02-31T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59+14:59",
    "2024-02-29 23:59:59.999999999",
  ],
  ...["2026-11-24T24:00:00Z", "2026-11-24T11:15:60Z", "2026-11-24T11:15:03+1500", "true", "null", "[]", "{}"],
];

const field = fc.constantFrom(
  ...[
    "started_at",
    "answered_at",
    "ended_at",
    "duration",
    "direction",
    "raw_digits",
    "archived",
    "recording",
  ],
  ...["user", "number", "contact", "assigned_to", "tags", "comments", "teams", "conference_participants"],
  ...["ivr_options_selected", "Tags"],
);

const leaf = fc.oneof(
  fc.constantFrom(...HARD_TEXTS),
  fc.constantFrom(
    1_795_518_903,
    1_795_518_903_520,
    -1,
    0.5,
    1e11,
    1e14,
    1e300,
    5e-324,
    Number.MAX_SAFE_INTEGER,
  ),
  fc.boolean(),
  fc.constant(null),
);
const object = fc.dictionary(
  fc.constantFrom("id", "name", "email", "tagged_at", "posted_at", "created_at", "tagged_by", "posted_by"),
  fc.oneof(leaf, fc.record({ id: leaf, name: leaf })),
);
const value: fc.Arbitrary<Json> = fc.oneof(leaf, object, fc.array(fc.oneof(leaf, object), { maxLength: 3 }));

describe.each(Object.entries(stores))("the views of a store in %s", (name, kind) => {
  test("have what the documents of an account have", async () => {
    const frozenMs = Date.UTC(2026, 10, 24, 15);
    const account = { calls: 120, days: 8, contacts: 40, messagesPerDay: 20 };
    const emulator = await startEmulator({ limit: null, clock: { now: () => frozenMs }, account });
    const truth = {} as Record<(typeof NAMES)[number], Any[]>;
    for (const name of NAMES) truth[name] = [...emulator.truth(name)] as Any[];
    await emulator.close();
    const { target } = await storedIn(kind, NAMES.map(specOf), truth as Documents);
    for (const [view, rowsOf] of Object.entries(TRUTH)) {
      const rows = await kind.rows(target, view);
      expect(rows.length, view).toBeGreaterThan(0);
      expect(sorted(rows), view).toEqual(sorted(rowsOf(truth)));
    }
  });

  test("have participants, choices and users of numbers in the order of their lists", async () => {
    const inOrder = async (of: string, view: string) =>
      (await kind.rows(of, view)).sort((one, other) => Number(one.position) - Number(other.position));
    const ended = "2026-11-24T11:15:05.250Z";
    const { target } = await storedIn(kind, [specOf("calls"), specOf("numbers")], {
      calls: [
        call(1, {
          conference_participants: [
            { type: "user", id: 501, name: "Ada Byron" },
            { type: "external", phone_number: "+33 6 39 98 00 01" },
          ],
          ivr_options_selected: [
            { id: "9", title: "Sales", key: "1", branch: "b1", created_at: ended },
            { id: 10, title: "Orders", key: "fallback", branch: null, transition_ended_at: ended },
          ],
        }),
      ],
      numbers: [{ id: 900_001, name: "Support", users: [{ id: 501, name: "Ada Byron", email: null }] }],
    });
    const row = { call_id: 1, started_at: "2026-11-24T11:15:03.000Z" };
    expect(await inOrder(target, "call_participants")).toEqual([
      { ...row, position: 1, type: "user", participant_id: "501", name: "Ada Byron", phone_number: null },
      {
        ...row,
        position: 2,
        type: "external",
        participant_id: null,
        name: null,
        phone_number: "+33 6 39 98 00 01",
      },
    ]);
    const none = { created_at: null, transition_started_at: null, transition_ended_at: null };
    expect(await inOrder(target, "call_ivr_choices")).toEqual([
      {
        ...{ ...row, position: 1, choice_id: "9", title: "Sales", key: "1", branch: "b1" },
        ...{ ...none, created_at: ended },
      },
      {
        ...{ ...row, position: 2, choice_id: "10", title: "Orders", key: "fallback", branch: null },
        ...{ ...none, transition_ended_at: ended },
      },
    ]);
    expect(await kind.rows(target, "number_users")).toEqual([
      {
        number_id: 900_001,
        number_name: "Support",
        user_id: 501,
        user_name: "Ada Byron",
        user_email: null,
      },
    ]);
  });

  test("put messages of one party in one thread, however its number is spelt and whichever event came first", async () => {
    const number = { id: 9 };
    const { target } = await storedIn(kind, [specOf("messages")], {
      messages: [
        { id: "b", number, external_number: "+33 6 39 98 00 01", created_at: 1_795_518_903_520 },
        { id: "a", number, raw_digits: "+33639980001", created_at: "2026-11-24T11:15:02.520Z" },
        { id: "c", number, raw_digits: "+33639980002", created_at: "2026-11-24T11:15:02.520Z" },
        { id: "d", group_conversation_id: "f00d", created_at: "2026-11-24T11:15:02.520Z" },
        { id: "e", status: "delivered" },
      ],
    });
    const rows = await kind.rows(target, "thread_messages");
    const threads = rows.map(({ message_id, thread_id, position }) => [message_id, thread_id, position]);
    expect(threads.sort()).toEqual([
      ["a", "9/33639980001", 1],
      ["b", "9/33639980001", 2],
      ["c", "9/33639980002", 1],
      ["d", "f00d", 1],
      ["e", null, 1],
    ]);
  });

  describe("survive", () => {
    const odd: [string, JsonObject, Partial<Record<string, Json>>][] = [
      ["no value at all", { started_at: null, user: null }, { started_at: null, user_id: null }],
      ["ISO 8601", { started_at: "2026-11-24T11:15:03Z" }, { started_at: "2026-11-24T11:15:03.000Z" }],
      ["milliseconds", { ended_at: 1_795_518_903_520 }, { ended_at: "2026-11-24T11:15:03.520Z" }],
      ["no calendar's instant", { started_at: 9e15, ended_at: -9e15 }, { started_at: null, ended_at: null }],
      [
        "no day",
        { started_at: "2026-02-30T11:15:03Z", ended_at: "soon" },
        { started_at: null, ended_at: null },
      ],
      ["zones", { started_at: "2026-11-24T13:15:03+0200" }, { started_at: "2026-11-24T11:15:03.000Z" }],
      ["no zone", { ended_at: "2026-11-24 11:15:03.5" }, { ended_at: "2026-11-24T11:15:03.500Z" }],
      ["no objects", { user: "Ada", number: ["x"] }, { user_id: null, user_name: null, number_id: null }],
      ["IDs", { user: { id: "501" }, number: { id: 1.5 } }, { user_id: 501, number_id: null }],
      ["an ID for an object", { contact: 880_001 }, { contact_id: 880_001 }],
      ["an object", { contact: { id: 880_002 } }, { contact_id: 880_002 }],
      ["no texts", { status: 7, raw_digits: false }, { status: "7", other_party: "false" }],
      ["no truth value", { archived: "yes" }, { archived: null }],
      ["no integers", { duration: 1e300, answered_at: 0.5 }, { duration_seconds: null, talk_seconds: null }],
    ];
    const regular = { talk_seconds: 60, wait_seconds: 12, archived: true, contact_id: null };

    test("values of any type in their columns", async () => {
      const calls = odd.map(([, fields], index) => call(index + 1, fields));
      const tables = [specOf("calls")];
      const { target } = await storedIn(kind, tables, { calls: [call(0, { archived: true }), ...calls] });
      const rows = await kind.rows(target, "call_details");
      const byId = new Map(rows.map((row) => [row.call_id, row]));
      for (const [index, [what, , expected]] of odd.entries())
        expect(byId.get(index + 1), what).toMatchObject(expected);
      expect(byId.get(0)).toMatchObject(regular);
    });

    test("columns that are of another type from the first row on", async () => {
      const bare: TableSpec = { name: "calls", keyField: "id", documentSchema: {} };
      const texts = { started_at: "2026-11-24T11:15:03Z", ended_at: "2026-11-24T11:15:05.5Z", user: "Ada" };
      const numbers = { duration: 0.5, answered_at: 1_795_518_905.5, direction: 1.5, archived: 2 };
      const { target } = await storedIn(kind, [bare], {
        calls: [
          { id: 1, ...texts, ...numbers },
          { id: 2, ...texts, ...numbers, answered_at: 1_795_518_905, duration: 2, direction: 3 },
        ],
      });
      const rows = await kind.rows(target, "call_details");
      const read = { started_at: "2026-11-24T11:15:03.000Z", ended_at: "2026-11-24T11:15:05.500Z" };
      const others = { user_id: null, archived: null, talk_seconds: null };
      expect(
        sorted(
          rows.map(({ call_id, duration_seconds, direction }) => ({ call_id, duration_seconds, direction })),
        ),
      ).toEqual([
        '{"call_id":1,"duration_seconds":null,"direction":"1.5"}',
        '{"call_id":2,"duration_seconds":2,"direction":"3"}',
      ]);
      for (const row of rows) expect(row).toMatchObject({ ...read, ...others });
      expect(rows.map(({ answered_at }) => answered_at).sort()).toEqual([
        "2026-11-24T11:15:05.000Z",
        "2026-11-24T11:15:05.500Z",
      ]);
    });

    test("values that are not lists, empty lists, and lists with elements of any kind", async () => {
      const { target } = await storedIn(kind, [specOf("calls")], {
        calls: [
          call(1, { tags: "none" }),
          call(2, { tags: [] }),
          call(3, { tags: null }),
          call(4, { tags: { id: 1 } }),
          call(5, { tags: [null, "urgent", 7, [], { id: "11", name: 5, tagged_at: true, tagged_by: {} }] }),
        ],
      });
      const rows = await kind.rows(target, "call_tags");
      const tags = rows.map(({ call_id, tag_id, tag_name, tagged_at }) => [
        call_id,
        tag_id,
        tag_name,
        tagged_at,
      ]);
      const empty = [5, null, null, null];
      expect(sorted(tags)).toEqual(sorted([empty, empty, empty, [5, 11, "5", null]]));
    });

    test("a table without their fields, and have them once documents bring them", async () => {
      const bare: TableSpec = { name: "calls", keyField: "id", documentSchema: {} };
      const { target } = await storedIn(kind, [bare], { calls: [{ id: 1 }] });
      expect(await kind.rows(target, "call_tags")).toEqual([]);
      expect(await kind.rows(target, "call_details")).toMatchObject([{ call_id: 1, direction: null }]);
      await commit(target, [bare], { calls: [call(2, { tags: [{ id: 11, name: "Refund" }] })] });
      expect(await kind.rows(target, "call_tags")).toMatchObject([{ call_id: 2, tag_name: "Refund" }]);
      const details = await kind.rows(target, "call_details");
      expect(details.map(({ talk_seconds }) => talk_seconds).sort()).toEqual([60, null]);
    });

    test("columns that are widened while the store is open, and one that differs by case", async () => {
      const { target } = await storedIn(
        kind,
        [specOf("calls")],
        { calls: [call(1, { Tags: "other", tags: [{ id: 11 }] })] },
        { calls: [call(2, { direction: 5, started_at: "2026-11-24T11:15:03Z", id: 2 })] },
        { calls: [call(3, { duration: 0.5 })] },
      );
      const rows = await kind.rows(target, "call_details");
      expect(
        rows.map(({ call_id, direction, started_at }) => [call_id, direction, started_at]).sort(),
      ).toEqual([
        [1, "inbound", "2026-11-24T11:15:03.000Z"],
        [2, "5", "2026-11-24T11:15:03.000Z"],
        [3, "inbound", "2026-11-24T11:15:03.000Z"],
      ]);
      expect(await kind.rows(target, "call_tags")).toMatchObject([{ call_id: 1, tag_id: 11 }]);
    });
  });

  test("can be read whatever the documents hold", () =>
    holdsForAll(
      `views in ${name}`,
      fc.array(fc.array(fc.dictionary(field, value), { maxLength: 5 }), { minLength: 1, maxLength: 4 }),
      draws(2, 100),
      async (lists) => {
        let id = 0;
        const calls = lists.map((list) => ({ calls: list.map((fields) => ({ ...fields, id: id++ })) }));
        const { target, warnings } = await storedIn(kind, [specOf("calls")], ...calls);
        expect(warnings).toEqual([]);
        expect(await kind.rows(target, "call_details")).toHaveLength(id);
        const overCalls = views.filter(({ table }) => table === "calls");
        await kind.run(target, overCalls.map((view) => `SELECT * FROM ${view.name}`).join("; "));
      },
    ));

  test("leave a table or view of the user that has their name, and say so", async () => {
    const { target, warnings } = await storedIn(kind, [specOf("calls")], { calls: [call(1)] });
    expect(warnings).toEqual([]);
    await kind.run(target, "DROP VIEW call_tags");
    await kind.run(target, "CREATE TABLE call_tags (mine INTEGER)");
    await kind.run(target, "DROP VIEW call_comments");
    await kind.run(target, "CREATE VIEW call_comments AS SELECT 'mine' AS whose");
    const again = await commit(target, [specOf("calls")], { calls: [call(2, { direction: 1 })] });
    expect(again).toEqual([
      expect.stringMatching(/call_tags .* did not make.* rename or drop it/),
      expect.stringMatching(/call_comments .* did not make.* rename or drop it/),
    ]);
    expect(await kind.rows(target, "call_tags")).toEqual([]);
    expect(await kind.rows(target, "call_comments")).toEqual([{ whose: "mine" }]);
    expect(await kind.rows(target, "call_details")).toHaveLength(2);
    await kind.run(target, "DROP VIEW call_comments");
    await commit(target, [specOf("calls")]);
    expect(await kind.rows(target, "call_comments")).toEqual([]);
  });

  test("are there for the tables that are, and stay when a table is left out", async () => {
    const { target } = await storedIn(kind, [specOf("calls")], { calls: [call(1)] });
    await expect(kind.rows(target, "team_users")).rejects.toThrow();
    await commit(target, [specOf("teams")]);
    expect(await kind.rows(target, "team_users")).toEqual([]);
    expect(await kind.rows(target, "call_details")).toHaveLength(1);
  });
});
