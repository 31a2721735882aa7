import { expect, test } from "vitest";
import { startEventWorld } from "../support/event-world.ts";

const ACCOUNT = {
  calls: 0,
  contacts: 2,
  users: 3,
  numbers: 2,
  teams: 1,
  tags: 3,
  webhooks: 0,
  messagesPerDay: 0,
};
const DROPPED = { phone_numbers: "drop", emails: "drop", names: "drop", texts: "drop" };
const HOUR_MS = 3_600_000;

/** All that follows from events of every family, as one text, and what of it is personal. */
async function captured(personal_data: typeof DROPPED | Record<string, never>) {
  await using world = await startEventWorld({ account: ACCOUNT });
  const { account } = world.emulator;
  await using follower = world.follow(["calls", "contacts", "events", "messages"], {}, { personal_data });
  await follower.pass(60_000);
  const before = follower.documents.length;
  const contactId = account.contacts.add({ firstName: "Zuleika", lastName: "Quillfeather" });
  account.contacts.edit(contactId, { information: "Prefers oolong." });
  const userId = account.users.add({ name: "Ottoline Vandersloot", email: "ottoline@example.test" });
  const callId = account.calls.ring();
  account.calls.comment(callId, "Asked for oolong.", userId);
  account.calls.end(callId);
  const number = "+33 6 39 98 76 54";
  account.messages.receive({
    body: "Is the oolong here?",
    externalNumber: number,
    mediaNames: ["oolong.jpg"],
  });
  account.messages.send({
    body: "Oolong for all",
    group: { conversationId: "c", participants: ["33639987654"] },
  });
  await follower.pass(HOUR_MS);
  const documents = follower.documents.slice(before);
  const output = JSON.stringify([documents, follower.state, world.ports.log.lines]);
  const personal = /zuleika|quillfeather|ottoline|oolong|\+?33 ?6 ?39 ?98 ?76 ?54/gi;
  const events = documents.flatMap(({ event }) => (typeof event === "string" ? [event.split(".")[0]] : []));
  return { families: new Set(events), found: new Set(output.toLowerCase().match(personal)) };
}

test("P3: no personal value that is not kept comes by an event into a document, the state or the log", async () => {
  const families = ["call", "contact", "group_message", "message", "number", "user"];
  const kept = await captured({});
  expect([...kept.families].sort()).toEqual(families);
  expect(kept.found.size).toBeGreaterThanOrEqual(5);
  const dropped = await captured(DROPPED);
  expect([...dropped.families].sort()).toEqual(families);
  expect(dropped.found).toEqual(new Set());
});
