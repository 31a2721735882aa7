import { expect, test } from "vitest";
import type { EventOptions } from "../index.ts";
import { DAY_MS, MINUTE_MS, NOON_SECONDS, QUIET } from "../testing.ts";
import { openReceiver, type ReceivedEvent } from "./testing.ts";

const TRAFFIC = { ...QUIET, webhooks: 0, users: 10, numbers: 5, contacts: 3_000, days: 10, calls: 3_000 };

const live = (events: Partial<EventOptions> = {}) =>
  openReceiver({ account: { ...TRAFFIC, messagesPerDay: 600 }, events });

/** The names of the fields, with `?` where not all events of that name have it. */
function fieldsOf(events: readonly ReceivedEvent[]): string[] {
  const all = new Set(events.flatMap(({ data }) => Object.keys(data)));
  return [...all].map((field) => (events.every(({ data }) => field in data) ? field : `${field}?`)).sort();
}

test("each event has the fields of its kind", async () => {
  const { emulator, received, pass } = await live();
  const { calls, users, numbers, contacts, messages } = emulator.account;
  const callId = calls.ring();
  calls.tag(callId, emulator.account.tags.listed[0]?.id ?? 0);
  calls.untag(callId, emulator.account.tags.listed[0]?.id ?? 0);
  users.remove(users.add());
  numbers.remove(numbers.add());
  contacts.remove(contacts.add());
  messages.receive({ mediaNames: ["photo.jpg"] });
  await pass(DAY_MS);
  const fields = [...new Set(received.map(({ event }) => event))].sort().map((name) => {
    const events = received.filter(({ event }) => event === name);
    return [`${events[0]?.resource} ${name}`, fieldsOf(events).join(" ")];
  });
  expect(Object.fromEntries(fields)).toMatchSnapshot();
});

test("an event is sent as Aircall sends it", async () => {
  const { emulator, received, pass, webhookId } = await openReceiver({ account: { ...QUIET, webhooks: 0 } });
  const id = emulator.account.calls.ring({ direction: "inbound" });
  await pass(1_500);
  const { token } = emulator.account.webhooks.find(webhookId) ?? {};
  const [{ headers, body }] = received as [ReceivedEvent];
  expect([...headers]).toEqual([
    ["aircall-origin", "webhooks"],
    ["content-type", "application/json"],
    ["user-agent", "axios/1.7.2"],
  ]);
  expect(Object.keys(JSON.parse(body))).toEqual(["resource", "event", "timestamp", "token", "data"]);
  expect(JSON.parse(body)).toMatchObject({
    resource: "call",
    event: "call.created",
    timestamp: NOON_SECONDS,
    token,
    data: { id, status: "initial", direction: "inbound" },
  });
});

test("a call has its carrier's id and its participants under the names of events, and no null for a relation", async () => {
  const { emulator, received, call, pass } = await openReceiver({ account: { ...QUIET, webhooks: 0 } });
  const id = emulator.account.calls.ring({ direction: "inbound" });
  const row = await call(id);
  await pass(0);
  const { data } = received[0] as ReceivedEvent;
  expect(data).toMatchObject({ call_uuid: row.sid, participants: row.conference_participants });
  for (const key of ["sid", "conference_participants", "user", "contact", "assigned_to"])
    expect(data).not.toHaveProperty(key);
});

test("a deleted contact has neither numbers nor addresses, and its dates are texts unless configured otherwise", async () => {
  const { emulator, received, pass } = await openReceiver();
  const { contacts } = emulator.account;
  const id = contacts.add();
  contacts.remove(id);
  await pass(0);
  emulator.events.options.contactDates = "seconds";
  contacts.add();
  await pass(0);
  const [created, deleted, other] = received as [ReceivedEvent, ReceivedEvent, ReceivedEvent];
  expect(created.data).toMatchObject({ id, created_at: "2026-09-15T12:00:00Z" });
  expect(created.data.phone_numbers).toHaveLength(1);
  expect(deleted.data).toMatchObject({ id, phone_numbers: [], emails: [] });
  expect(other.data.created_at).toBe(NOON_SECONDS);
});

test("an update of a status repeats neither the text nor the direction, and the truth has all of it", async () => {
  const { emulator, received, pass } = await openReceiver({ account: { numbers: 1 } });
  const { messages } = emulator.account;
  const id = messages.send({ body: "On its way" });
  await pass(MINUTE_MS);
  messages.updateStatus(id, "delivered");
  await pass(0);
  const [sent, update] = received as [ReceivedEvent, ReceivedEvent];
  expect(sent).toMatchObject({ event: "message.sent", data: { id, body: "On its way", status: "sent" } });
  expect(update).toMatchObject({ event: "message.status_updated", data: { id, status: "delivered" } });
  for (const key of ["body", "direction", "external_number", "contact"])
    expect(update.data).not.toHaveProperty(key);
  expect([...emulator.truth("messages")]).toEqual([
    { ...sent.data, ...update.data, number: sent.data.number },
  ]);
});

test("messages have what is not known about them in every configured form", async () => {
  const { emulator, received, pass } = await openReceiver({
    account: { numbers: 1 },
    events: { messageTimes: "ms", media: "media_url", statusNumber: "absent" },
  });
  const id = emulator.account.messages.receive({ mediaNames: ["photo.jpg"] });
  emulator.account.messages.updateStatus(id, "read");
  await pass(0);
  expect(received[0]?.data).toMatchObject({
    created_at: NOON_SECONDS * 1_000,
    media_url: [expect.stringContaining("photo.jpg")],
  });
  expect(received[0]?.data).not.toHaveProperty("media_details");
  expect(received[1]?.data).not.toHaveProperty("number");
});

test("the events of all messages add up to the truth", async () => {
  const { emulator, received, pass } = await openReceiver({
    account: { numbers: 5, messagesPerDay: 2_000, days: 1 },
  });
  await pass(2 * 60 * MINUTE_MS);
  const added = new Map<unknown, Record<string, unknown>>();
  for (const { event, data } of received) {
    if (!event.includes("message.")) continue;
    const before = added.get(data.id);
    added.set(data.id, before ? { ...before, ...data, number: before.number } : { ...data });
  }
  const since = new Date(NOON_SECONDS * 1_000).toISOString();
  const truth = [...emulator.truth("messages")] as { id: string; created_at: string }[];
  const recent = truth.filter(({ created_at }) => created_at > since);
  expect(recent.length).toBeGreaterThan(100);
  for (const row of recent) expect(added.get(row.id)).toEqual(row);
  const kinds = new Set(received.map(({ event }) => event));
  for (const kind of ["sent", "received", "status_updated"]) {
    expect(kinds).toContain(`message.${kind}`);
    expect(kinds).toContain(`group_message.${kind}`);
  }
  expect(received.some(({ data }) => data.channel === "whatsapp")).toBe(true);
});
