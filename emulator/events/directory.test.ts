import { expect, test } from "vitest";
import { DAY_MS, MINUTE_MS, QUIET, type Row } from "../testing.ts";
import { openReceiver } from "./testing.ts";

test("contacts, users and lines are in events as they are in the lists", async () => {
  const session = await openReceiver({
    account: { ...QUIET, users: 6, numbers: 6, webhooks: 0, contacts: 5_000 },
    events: { contactDates: "seconds" },
  });
  const compared = { contact: 0, user: 0, number: 0 };
  const paths = { contact: "contacts", user: "users", number: "numbers" } as const;
  for (let passed = 0; passed < DAY_MS; passed += 10 * MINUTE_MS) {
    session.received.length = 0;
    await session.pass(10 * MINUTE_MS);
    for (const [resource, list] of Object.entries(paths) as ["contact", "contacts"][]) {
      const events = session.received.filter((event) => event.resource === resource);
      const rows = events.length > 0 ? ([...session.emulator.truth(list)] as Row[]) : [];
      for (const { event, data } of events) {
        const row = rows.find(({ id }) => id === data.id);
        expect(row === undefined).toBe(event === "contact.deleted");
        const shared = Object.keys(row ?? {}).filter((field) => field in data && field !== "substatus");
        for (const field of shared) expect([event, field, data[field]]).toEqual([event, field, row?.[field]]);
        compared[resource]++;
      }
    }
  }
  expect(Math.min(...Object.values(compared))).toBeGreaterThan(5);
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
