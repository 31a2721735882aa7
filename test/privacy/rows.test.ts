import { describe, expect, test } from "vitest";
import type { PersonalKind, Redaction } from "../../src/privacy/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { ADA, allBy, DROP, HASH, hashed, redacted } from "../support/redactions.ts";

const CALL = {
  id: 7,
  raw_digits: "+33 6 39 98 00 01",
  number: { id: 3, name: "Support FR", digits: "+33 1 89 00 00 01" },
  user: ADA,
  assigned_to: ADA,
  transferred_by: ADA,
  transferred_to: null,
  contact: { id: 9, first_name: "Lin", last_name: "Okafor", company_name: "Beta GmbH" },
  teams: [null, { id: 5, name: "Sales" }],
  comments: [{ id: 2, content: "call Lin back", posted_by: ADA }],
  tags: [{ id: 4, name: "Refund", tagged_by: {} }],
  conference_participants: [{ type: "external", name: "Lin", phone_number: "+4930123" }],
};

test("dropped fields are omitted, and all other fields are kept", () => {
  expect(redacted({ calls: [CALL] })).toEqual({
    calls: [
      {
        id: 7,
        number: { id: 3, name: "Support FR", digits: "+33 1 89 00 00 01" },
        user: { id: 1 },
        assigned_to: { id: 1 },
        transferred_by: { id: 1 },
        transferred_to: null,
        contact: { id: 9, company_name: "Beta GmbH" },
        teams: [null, { id: 5, name: "Sales" }],
        comments: [{ id: 2, posted_by: { id: 1 } }],
        tags: [{ id: 4, name: "Refund", tagged_by: {} }],
        conference_participants: [{ type: "external" }],
      },
    ],
  });
});

test("each kind has its own redaction", () => {
  const redactions = new Map<PersonalKind, Redaction>([
    ["phone_numbers", HASH],
    ["emails", DROP],
  ]);
  const contact = {
    id: 9,
    first_name: "Lin",
    phone_numbers: [{ id: 1, label: "Work", value: "+4930123" }],
    emails: [{ id: 2, label: "Work", value: "lin@beta.test" }],
  };
  expect(redacted({ contacts: [contact] }, redactions)).toEqual({
    contacts: [
      {
        id: 9,
        first_name: "Lin",
        phone_numbers: [{ id: 1, label: "Work", value: hashed("phone_numbers", "+4930123") }],
        emails: [{ id: 2, label: "Work" }],
      },
    ],
  });
});

test("what people wrote or said is dropped, and what says nothing of it is kept", () => {
  const call = {
    id: 7,
    comments: [{ id: 2, content: "call Lin back" }],
    ai_voice_agents: [{ ai_voice_agent_id: "agent-7", extracted_data: { "Your name?": "Lin" } }],
    ivr_options_selected: [{ title: "Sales", key: "1" }],
  };
  expect(redacted({ calls: [call], contacts: [{ id: 9, information: "likes tea" }] })).toEqual({
    calls: [
      {
        id: 7,
        comments: [{ id: 2 }],
        ai_voice_agents: [{ ai_voice_agent_id: "agent-7" }],
        ivr_options_selected: [{ title: "Sales", key: "1" }],
      },
    ],
    contacts: [{ id: 9 }],
  });
});

test("rows of users, and members of teams and numbers, are people; teams, tags, numbers and companies are not", () => {
  const named = (list: string) => redacted({ [list]: [{ id: 1, name: "A name" }] });
  expect(named("users")).toEqual({ users: [{ id: 1 }] });
  for (const list of ["teams", "tags", "numbers"])
    expect(named(list)).toEqual({ [list]: [{ id: 1, name: "A name" }] });
  expect(redacted({ company: { name: "Acme" } })).toEqual({ company: { name: "Acme" } });
  expect(redacted({ teams: [{ name: "Sales", users: [ADA] }] })).toEqual({
    teams: [{ name: "Sales", users: [{ id: 1 }] }],
  });
});

describe("values in shapes that Aircall has not been seen to use", () => {
  test.each<[string, JsonObject, JsonObject]>([
    ["strings in a list", { emails: ["lin@beta.test", "x@y.test"] }, { emails: [] }],
    ["a string for a list", { emails: "lin@beta.test" }, {}],
    ["an object for a string", { raw_digits: { value: "+4930123" } }, {}],
  ])("%s are dropped", (_, row, expected) => {
    expect(redacted(row)).toEqual(expected);
  });

  test("are hashed if they are strings or numbers, and dropped if they are lists", () => {
    const row = { raw_digits: 4930123, email: ["a@b.test"], phone_numbers: ["+49 30 123", { value: null }] };
    expect(redacted(row, allBy(HASH))).toEqual({
      raw_digits: hashed("phone_numbers", "4930123"),
      phone_numbers: [hashed("phone_numbers", "+4930123"), { value: null }],
    });
  });
});
