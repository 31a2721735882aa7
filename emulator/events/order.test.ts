import { expect, test, vi } from "vitest";
import { DAY_MS, MINUTE_MS, NOON_MS, QUIET } from "../testing.ts";
import { openReceiver, type ReceivedEvent, type ReceivingSession } from "./testing.ts";

const BUSY = { ...QUIET, webhooks: 0, users: 6, numbers: 5, days: 12, calls: 12 * 1_000, contacts: 2_000 };

/** The instant of an event, as its call shows it. */
const instantIn = ({ event, data }: ReceivedEvent) => {
  const lastOf = (list: unknown, key: string) =>
    Math.max(...(list as Record<string, number>[]).map((each) => each[key] ?? 0));
  const instants: Record<string, () => unknown> = {
    "call.created": () => data.started_at,
    "call.answered": () => data.answered_at,
    "call.hungup": () => data.ended_at,
    "call.ended": () => Number(data.ended_at) + 31,
    "call.tagged": () => lastOf(data.tags, "tagged_at"),
    "call.commented": () => lastOf(data.comments, "posted_at"),
  };
  return instants[event]?.();
};

test("a call lives in order, and each event comes when it happens", async () => {
  const { received, pass } = await openReceiver({ account: BUSY });
  for (let hour = 0; hour < 6; hour++) await pass(60 * MINUTE_MS);
  const ranks = ["created", "ringing_on_agent", "answered", "hold", "unhold", "hungup", "ended"];
  const calls = Map.groupBy(
    received.filter(({ resource }) => resource === "call"),
    ({ data }) => data.id,
  );
  const whole = [...calls.values()].filter((events) => events[0]?.event === "call.created");
  expect(whole.length).toBeGreaterThan(200);
  for (const events of whole) {
    const inOrder = events.toSorted((left, right) => left.timestamp - right.timestamp);
    const lifeline = inOrder.map(({ event }) => ranks.indexOf(event.slice("call.".length)));
    const ranked = lifeline.filter((rank) => rank >= 0);
    expect(ranked).toEqual(ranked.toSorted((left, right) => left - right));
  }
  for (const event of received) {
    const instant = instantIn(event);
    if (instant !== undefined) expect({ ...event, instant }).toMatchObject({ instant: event.timestamp });
  }
});

test("an event and the list show the same call", async () => {
  const session = await openReceiver({ account: { ...BUSY, calls: 40_000 } });
  const { emulator, pass } = session;
  const differing: unknown[] = [];
  let compared = 0;
  session.answerWith(async ({ event, data }) => {
    if (!event.startsWith("call.") || event === "call.ringing_on_agent") return new Response();
    const [row] = emulator.truth("calls", {
      from: String(Number(data.started_at) - 1),
      to: String(data.started_at),
      fetch_contact: "true",
      fetch_short_urls: "true",
    }) as Iterable<Record<string, unknown>>;
    if (row?.id !== data.id) return new Response();
    compared++;
    const { sid, conference_participants, ...shared } = row;
    if (!isSame({ ...shared, call_uuid: sid, participants: conference_participants }, data))
      differing.push([row, data]);
    return new Response();
  });
  for (let second = 0; second < 600; second++) await pass(1_000);
  expect(compared).toBeGreaterThan(100);
  expect(differing).toEqual([]);
});

/** Without signatures, and without the contact, whose dates are of another form. */
function isSame(row: Record<string, unknown>, data: Record<string, unknown>): boolean {
  const text = (call: Record<string, unknown>) =>
    JSON.stringify(
      Object.entries(call)
        .filter(([key, value]) => value !== null && key !== "contact" && !key.endsWith("_short_url"))
        .sort(([left], [right]) => (left < right ? -1 : 1)),
    ).replace(/X-Amz-Signature=\w+/g, "");
  return text(row) === text(data);
}

test("what a test does to a call is announced at once, as the call was at that moment", async () => {
  const { emulator, received, names, pass, clock } = await openReceiver({
    account: { ...QUIET, webhooks: 0 },
  });
  const { calls, tags, users } = emulator.account;
  const [tagId = 0] = tags.listed.map(({ id }) => id);
  const id = calls.ring({ direction: "inbound" });
  clock.advance(5_000);
  calls.answer(id);
  calls.tag(id, tagId);
  calls.untag(id, tagId);
  clock.advance(60_000);
  calls.end(id);
  calls.comment(id, "seen");
  calls.assign(id, users.listed[0]?.id ?? 0);
  calls.archive(id);
  clock.advance(20 * MINUTE_MS);
  calls.record(id);
  calls.settle(id);
  await pass(0);
  expect(names(id)).toEqual([
    "call.created",
    "call.answered",
    "call.tagged",
    "call.untagged",
    "call.hungup",
    "call.commented",
    "call.assigned",
    "call.archived",
    "call.ended",
    "call.comm_assets_generated",
  ]);
  const tagged = received.map(({ data }) => (data.tags as unknown[]).length);
  expect(tagged.slice(0, 4)).toEqual([0, 0, 1, 0]);
  expect(received.map(({ data }) => data.status).slice(0, 5)).toEqual([
    "initial",
    "answered",
    "answered",
    "answered",
    "done",
  ]);
});

test("a voicemail that is there soon is in call.ended, and announced after it", async () => {
  const { emulator, received, names, pass, clock } = await openReceiver({
    account: { ...QUIET, webhooks: 0 },
  });
  const { calls } = emulator.account;
  const id = calls.ring({ direction: "inbound" });
  calls.end(id);
  clock.advance(20_000);
  calls.record(id);
  await pass(10 * MINUTE_MS);
  expect(names(id)).toEqual(["call.created", "call.hungup", "call.ended", "call.voicemail_left"]);
  expect(received.map(({ data }) => typeof data.voicemail)).toEqual(["object", "object", "string", "string"]);
});

test("what was to happen to a call no longer happens once a test has changed that", async () => {
  const { emulator, names, pass } = await openReceiver({ account: { ...BUSY, calls: 60_000 } });
  const { account } = emulator;
  await pass(1_000);
  const recent = account.calls.untouchedWithin(account.nowSeconds - 600, account.nowSeconds);
  const going = [...recent].filter(({ endedAt }) => endedAt > account.nowSeconds).map(({ id }) => id);
  const [removed = 0, ended = 0] = going;
  account.calls.remove(removed);
  account.calls.end(ended);
  const before = names(removed).length;
  await pass(3 * 60 * MINUTE_MS);
  expect(going.length).toBeGreaterThan(2);
  expect(names(removed)).toHaveLength(before);
  expect(names(ended).filter((name) => name === "call.hungup")).toHaveLength(1);
  for (const id of going.slice(2)) expect(names(id)).toContain("call.hungup");
});

test("what was to happen to a contact no longer happens once a test has removed it", async () => {
  const { emulator, names, pass } = await openReceiver({ account: { contacts: 500 } });
  const { contacts } = emulator.account;
  const [oldest] = contacts.listed("created_at");
  await pass(1_000);
  contacts.remove(oldest?.id ?? 0);
  await pass(60 * DAY_MS);
  expect(oldest?.deletedAt).toBeLessThan(emulator.account.nowSeconds);
  expect(names(oldest?.id)).toEqual(["contact.deleted"]);
  expect(new Set(names())).toEqual(new Set(["contact.created", "contact.updated", "contact.deleted"]));
});

test("users open and close as their availabilities do", async () => {
  const { emulator, received, pass } = await openReceiver({ account: { users: 12 } });
  const availabilities = () =>
    new Map(
      [...emulator.truth("user_availablity")].map((row) => Object.values(row as object) as [number, string]),
    );
  const open = new Map([...availabilities()].map(([id, state]) => [id, isOpen(state)]));
  for (let step = 0; step < 24 * 6; step++) {
    const before = availabilities();
    received.length = 0;
    await pass(10 * MINUTE_MS);
    for (const { event, data } of received) {
      if (event === "user.opened.v2") open.set(Number(data.id), true);
      if (event === "user.closed.v2") open.set(Number(data.id), false);
      expect(data).not.toHaveProperty("numbers");
    }
    for (const [id, state] of availabilities()) {
      expect([id, open.get(id)]).toEqual([id, isOpen(state)]);
      const has = (name: string) =>
        received.some(({ event, data }) => data.id === id && event === `user.${name}.v2`);
      expect(has("wut_start")).toBe(state === "after_call_work" && before.get(id) !== state);
      expect(has("disconnected")).toBe(state === "offline" && before.get(id) !== state);
      expect(has("connected")).toBe(before.get(id) === "offline" && state !== "offline");
    }
  }
});

const isOpen = (availability: string) => !["offline", "do_not_disturb"].includes(availability);

test("a user with a reason for not being available is closed twice, and the second event has the reason", async () => {
  const { emulator, received, pass } = await openReceiver({ account: { users: 12 } });
  const { users } = emulator.account;
  for (const { id } of users.listed) users.edit(id, { substatus: "Out for lunch" });
  await pass(DAY_MS);
  const [user] = users.listed;
  const closed = received.filter(({ event, data }) => event === "user.closed.v2" && data.id === user?.id);
  expect(closed.length).toBeGreaterThan(0);
  for (const [index, { data }] of closed.entries())
    expect(data.substatus).toBe(index % 2 === 0 ? "always_closed" : "Out for lunch");
});

test("lines open and close with their hours, and the directory announces what is new and gone", async () => {
  const { emulator, received, names, pass } = await openReceiver({ account: { ...QUIET, webhooks: 0 } });
  await pass(DAY_MS);
  for (const { id } of emulator.account.numbers.listed)
    expect(names(id).toSorted()).toEqual(["number.closed", "number.opened"]);
  received.length = 0;
  const { numbers, users, contacts } = emulator.account;
  const userId = users.add();
  users.edit(userId, { substatus: "always_closed" });
  users.remove(userId);
  numbers.remove(numbers.add());
  const contactId = contacts.add();
  contacts.edit(contactId, { firstName: "Quill" });
  contacts.editSilently(contactId, { firstName: "Reed" });
  contacts.remove(contactId);
  await pass(0);
  const expected = [
    "number.created",
    "number.deleted",
    "contact.created",
    "contact.updated",
    "contact.deleted",
  ];
  expect(names().filter((name) => !name.startsWith("user."))).toEqual(expected);
  expect(names(userId).at(0)).toBe("user.created.v2");
  expect(names(userId).at(-1)).toBe("user.deleted.v2");
});

test("the same seed sends the same events, however the clock moves", async () => {
  const options = { account: { ...BUSY, messagesPerDay: 300 }, events: { losses: 0.1, duplicates: 0.1 } };
  const run = async (minutes: number, seed = "aircall") => {
    const session = await openReceiver({ ...options, seed });
    for (let passed = 0; passed < 120; passed += minutes) await session.pass(minutes * MINUTE_MS);
    return sortedKeys(session);
  };
  const first = await run(1);
  expect(first.length).toBeGreaterThan(500);
  expect(await run(120)).toEqual(first);
  expect(await run(1, "other")).not.toEqual(first);
});

function sortedKeys({ received }: ReceivingSession): string[] {
  return received.map(({ event, data, timestamp }) => `${timestamp} ${event} ${data.id}`).sort();
}

test("without an active webhook nothing is worked out, and nothing of that time is sent later", async () => {
  const { emulator, webhookId, received, pass } = await openReceiver({ account: BUSY });
  const { calls, contacts, webhooks } = emulator.account;
  webhooks.edit(webhookId, { active: false });
  const looks = [vi.spyOn(calls, "untouchedWithin"), vi.spyOn(contacts, "untouchedOn")];
  await pass(DAY_MS);
  calls.ring();
  for (const look of looks) expect(look).not.toHaveBeenCalled();
  await pass(60_000);
  webhooks.edit(webhookId, { active: true });
  const activatedAt = (NOON_MS + DAY_MS + 60_000) / 1_000;
  await pass(60 * MINUTE_MS);
  for (const look of looks) expect(look).toHaveBeenCalled();
  expect(received.length).toBeGreaterThan(50);
  expect(Math.min(...received.map(({ timestamp }) => timestamp))).toBeGreaterThan(activatedAt);
});
