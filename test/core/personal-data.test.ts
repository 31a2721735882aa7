import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keyedHash } from "../../src/privacy/keyed-hash.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { listedStreamNames } from "../../src/streams/index.ts";
import { capture } from "../support/capture.ts";
import { leapingClock } from "../support/clock.ts";
import { draws, holdsForAll } from "../support/draws.ts";
import { Replica } from "../support/replica.ts";
import type { World } from "../support/world.ts";
import { startWorld } from "../support/world.ts";

const ACCOUNT = { calls: 250, days: 30, contacts: 80, users: 15, numbers: 5, teams: 4, tags: 6, webhooks: 2 };
const HASH_KEY = "a key that nobody guesses";

const worldOf = (seed: string) => startWorld({ account: ACCOUNT, seed }, leapingClock());

const configOf = (personal_data: JsonObject) => ({ advanced: { personal_data } });

/** Everything that a pass over all streams gives, and what it logs, as one text. */
async function everythingCaptured({ connector, ports }: World, config: JsonObject): Promise<string> {
  return JSON.stringify([
    await Array.fromAsync(capture(connector, listedStreamNames, { config })),
    ports.log.lines,
  ]);
}

interface PersonalValues {
  readonly phone_numbers: string[];
  readonly emails: string[];
  readonly names: string[];
  readonly texts: string[];
}

/** What the emulator knows of people, asked without a word of the connector's. */
function peopleOf({ emulator }: World): PersonalValues {
  const contacts = emulator.account.contacts.listed("created_at");
  const users = emulator.account.users.listed;
  const calls = [...emulator.truth("calls")] as { raw_digits: string; comments: { content: string }[] }[];
  const notes = [...emulator.truth("contacts")] as { information: string }[];
  return {
    texts: [
      ...calls.flatMap(({ comments }) => comments.map(({ content }) => content)),
      ...notes.map(({ information }) => information).filter((note) => note !== ""),
    ],
    phone_numbers: [
      ...contacts.flatMap(({ phoneNumbers }) => phoneNumbers.map(({ value }) => value)),
      ...calls.map(({ raw_digits }) => raw_digits).filter((digits) => digits !== "anonymous"),
    ],
    emails: [
      ...contacts.flatMap(({ emails }) => emails.map(({ value }) => value)),
      ...users.map(({ email }) => email),
    ],
    names: [
      ...contacts.flatMap(({ firstName, lastName }) => [firstName, lastName]),
      ...users.flatMap(({ name }) => [name, ...name.split(" ")]),
    ],
  };
}

const valuesIn = (captured: string, values: readonly string[]) =>
  [...new Set(values)].filter((value) => captured.includes(value));

describe("no value that is not kept leaves the connector, in a document, in the state or in the log", () => {
  test("whatever the account holds and whatever is kept", async () => {
    const how = fc.constantFrom("keep", "hash", "drop");
    const inputs = fc.tuple(fc.string(), how, how, how, fc.constantFrom("keep", "drop"));
    await holdsForAll(
      "redactions",
      inputs,
      draws(8, 300),
      async ([seed, phone_numbers, emails, names, texts]) => {
        await using world = await worldOf(seed);
        const personalData = { phone_numbers, emails, names, texts };
        const captured = await everythingCaptured(world, configOf({ ...personalData, hash_key: HASH_KEY }));
        const people = peopleOf(world);
        for (const kind of ["phone_numbers", "emails", "names", "texts"] as const) {
          const found = valuesIn(captured, people[kind]).length;
          if (personalData[kind] === "keep") expect(found, kind).toBeGreaterThan(0);
          // A first name that is kept in an email address is no name that was left.
          else if (kind !== "names" || emails !== "keep") expect(found, kind).toBe(0);
        }
        expect(captured).not.toContain(HASH_KEY);
      },
    );
  });
});

test.each(listedStreamNames)("of %s nothing changes where everything is kept", async (stream) => {
  await using world = await worldOf("kept");
  const personal_data = { phone_numbers: "keep", emails: "keep", names: "keep", hash_key: HASH_KEY };
  const replica = new Replica(world, stream, { config: configOf(personal_data) });
  await replica.pass();
  expect(replica.documents).toEqual(replica.truth());
});

test("only the streams that are named are redacted", async () => {
  await using world = await worldOf("some");
  const config = configOf({ names: "drop", streams: ["contacts"] });
  const [user] = await new Replica(world, "users", { config }).pass();
  const [contact] = await new Replica(world, "contacts", { config }).pass();
  expect(user).toHaveProperty("name");
  expect(contact).not.toHaveProperty("first_name");
  expect(contact).toHaveProperty("company_name");
});

test("a call and a contact with one number have one hash, however the number is written", async () => {
  await using world = await worldOf("joined");
  const [call] = [...world.emulator.truth("calls")] as { raw_digits: string }[];
  const written = call?.raw_digits ?? "";
  const unspaced = written.replaceAll(" ", "");
  expect(unspaced).not.toBe(written);
  world.emulator.account.contacts.add({ phoneNumbers: [{ id: 1, label: "Work", value: unspaced }] });
  world.clock.advance(1_000);
  const config = configOf({ phone_numbers: "hash", hash_key: HASH_KEY });
  const hash = keyedHash("phone_numbers", unspaced, HASH_KEY);
  for (const stream of ["calls", "contacts"] as const) {
    const documents = await new Replica(world, stream, { config }).pass();
    expect(JSON.stringify(documents), stream).toContain(hash);
  }
});

test("a small list is captured anew when its redaction changes, and a change of what is dropped is none", async () => {
  await using world = await worldOf("changed");
  const users = new Replica(world, "users");
  await users.pass();
  const config = configOf({ names: "drop", emails: "drop" });
  const { state } = users;
  const redacted = new Replica(world, "users", { config });
  redacted.state = state;
  expect(await redacted.pass()).toHaveLength(ACCOUNT.users);
  const [user] = world.emulator.account.users.listed;
  world.emulator.account.users.edit(user?.id ?? 0, { name: "Somebody Else" });
  expect(await redacted.pass()).toEqual([]);
});

test("contacts are captured anew within a day when their redaction changes", async () => {
  await using world = await worldOf("changed");
  const contacts = new Replica(world, "contacts");
  await contacts.pass();
  const redacted = new Replica(world, "contacts", { config: configOf({ phone_numbers: "drop" }) });
  redacted.state = contacts.state;
  world.clock.advance(24 * 60 * 60 * 1000);
  const documents = await redacted.pass();
  expect(documents).toHaveLength(world.emulator.account.contacts.listed("created_at").length);
});

test.each(listedStreamNames)("of %s every document keeps its key, whatever is dropped", async (stream) => {
  await using world = await worldOf("keys");
  const drop = { phone_numbers: "drop", emails: "drop", names: "drop", texts: "drop" };
  const kept = new Replica(world, stream);
  const redacted = new Replica(world, stream, { config: configOf(drop) });
  await kept.pass();
  await redacted.pass();
  expect([...redacted.rows.keys()]).toEqual([...kept.rows.keys()]);
});
