import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../shared/json.ts";
import { type PersonalKind, personalKinds, type Redaction, redactPersonalData } from "./index.ts";
import { keyedHash } from "./keyed-hash.ts";

const KEY = "a key that nobody guesses";
const HASH: Redaction = { how: "hash", key: KEY };
const DROP: Redaction = { how: "drop" };

const allBy = (redaction: Redaction) =>
  new Map(personalKinds.map((kind): [PersonalKind, Redaction] => [kind, redaction]));

function redacted(answer: JsonObject, redactions = allBy(DROP)): JsonObject {
  const copy = JSON.parse(JSON.stringify(answer)) as JsonObject;
  redactPersonalData(copy, redactions);
  return copy;
}

const hash = (kind: PersonalKind, value: string) => keyedHash(kind, value, KEY);

const ADA = { id: 1, name: "Ada Byron", email: "ada@acme.test" };
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
        comments: [{ id: 2, content: "call Lin back", posted_by: { id: 1 } }],
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
        phone_numbers: [{ id: 1, label: "Work", value: hash("phone_numbers", "+4930123") }],
        emails: [{ id: 2, label: "Work" }],
      },
    ],
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
      raw_digits: hash("phone_numbers", "4930123"),
      phone_numbers: [hash("phone_numbers", "+4930123"), { value: null }],
    });
  });
});

describe("a hash", () => {
  test("is the HMAC-SHA-256 of the digits of a number after its plus, and of an address in lower case", () => {
    const expected = createHmac("sha256", KEY).update("+33639980001").digest("hex");
    expect(hash("phone_numbers", "+33 6 39 98 00 01")).toBe(expected);
    expect(hash("emails", " Ada@Acme.test ")).toBe(
      createHmac("sha256", KEY).update("ada@acme.test").digest("hex"),
    );
  });

  test("of a phone number does not depend on its format", () => {
    const marks = fc.string({
      unit: fc.constantFrom(..." -./()~|^=\u00a0\u2011\u202a\u200b\u2060"),
      maxLength: 3,
    });
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 15 });
    fc.assert(
      fc.property(digits, fc.array(marks, { minLength: 15, maxLength: 15 }), (number, between) => {
        const spaced = number.map((digit, index) => `${between[index]}${digit}`).join("");
        expect(hash("phone_numbers", `+${spaced}`)).toBe(hash("phone_numbers", `+${number.join("")}`));
      }),
    );
  });

  test.each([
    "+1 (555) 010-0123",
    "tel:+1-555-010-0123",
    "＋１ （５５５） ０１０－０１２３",
    "+١ ٥٥٥ ٠١٠ ٠١٢٣",
    "\u202a+1 555 010 0123\u202c",
    "+1~555|010^0123",
    "Tel.: +1 555 010 0123",
  ])("of a phone number is that of its digits: %s", (number) => {
    expect(hash("phone_numbers", number)).toBe(hash("phone_numbers", "+15550100123"));
  });

  test("of a number has the digits of its extension too", () => {
    expect(hash("phone_numbers", "+1 555 010 0123 ext. 45")).toBe(hash("phone_numbers", "+1555010012345"));
  });

  test("of a text without digits is that of the whole text", () => {
    const hashes = ["restricted", "unknown", "sip:ada@acme.test", "+"].map((text) =>
      hash("phone_numbers", text),
    );
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(hash("phone_numbers", "+")).not.toBe(hash("phone_numbers", ""));
  });

  test("has a plus only where one comes before the digits", () => {
    expect(hash("phone_numbers", "555 010 0123 +")).toBe(hash("phone_numbers", "5550100123"));
    expect(hash("phone_numbers", "555 + 0100123")).toBe(hash("phone_numbers", "5550100123"));
  });

  test("differs with the key, the number, and the plus", () => {
    const hashes = [
      hash("phone_numbers", "+4930123"),
      hash("phone_numbers", "4930123"),
      hash("phone_numbers", "+4930124"),
      keyedHash("phone_numbers", "+4930123", `${KEY}!`),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test("of a name depends on its case", () => {
    expect(hash("names", "Ada")).not.toBe(hash("names", "ada"));
  });

  test("is not computed for a withheld number or an empty string", () => {
    expect(hash("phone_numbers", "anonymous")).toBe("anonymous");
    expect(hash("names", "")).toBe("");
  });
});
