import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../shared/json.ts";
import {
  type PersonalKind,
  personalKinds,
  type Redaction,
  redactEventData,
  redactPersonalData,
} from "./index.ts";
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
        phone_numbers: [{ id: 1, label: "Work", value: hash("phone_numbers", "+4930123") }],
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

describe("the data of an event is redacted as an object of its family", () => {
  const NUMBER = { id: 3, name: "Support FR", digits: "+33 1 89 00 00 01" };
  test.each<[string, JsonObject, JsonObject]>([
    ["user.created.v2", ADA, { id: 1 }],
    [
      "contact.updated",
      { id: 9, name: "Lin", emails: [{ label: "Work", value: "lin@beta.test" }] },
      { id: 9, emails: [{ label: "Work" }] },
    ],
    ["number.opened", { ...NUMBER, users: [ADA] }, { ...NUMBER, users: [{ id: 1 }] }],
    [
      "call.external_transferred",
      { id: 7, external_transferred_to: "+4930123", external_caller_number: "+4930124" },
      { id: 7 },
    ],
    [
      "call.created",
      {
        id: 7,
        participants: [
          { phone_number: "+4930123", type: "external" },
          { id: 1, name: "Ada", type: "user" },
        ],
      },
      { id: 7, participants: [{ type: "external" }, { id: 1, type: "user" }] },
    ],
    [
      "message.received",
      {
        id: "m",
        status: "received",
        body: "Hello",
        external_number: "+33 6 39 98 00 01",
        raw_digits: "+33639980001",
        international_format: "+33 6 39 98 00 01",
        template_content: { name: "Lin" },
        metadata: { text: "Hello" },
        media_details: [
          { file_name: "lin.jpg", file_type: "image/jpeg", presigned_url: "https://media.example.test/lin" },
        ],
        media_url: ["https://media.example.test/lin"],
        media: ["https://media.example.test/lin"],
        number: NUMBER,
        contact: { id: 9, first_name: "Lin", company_name: "Beta GmbH" },
      },
      {
        id: "m",
        status: "received",
        media_details: [{ file_type: "image/jpeg" }],
        number: NUMBER,
        contact: { id: 9, company_name: "Beta GmbH" },
      },
    ],
    [
      "group_message.sent",
      { id: "g", participants: ["33639980001", "33639980002"] },
      { id: "g", participants: [] },
    ],
    ["summary.created", { id: "1", call_id: "7", content: "Lin asked." }, { id: "1", call_id: "7" }],
    ["topics.created", { id: 1, content: ["delivery"] }, { id: 1 }],
    [
      "sentiment.created",
      { id: 7, participants: [{ type: "external", phone_number: "+4930123", value: "POSITIVE" }] },
      { id: 7, participants: [{ type: "external", value: "POSITIVE" }] },
    ],
    [
      "realtime_transcription.utterances_received",
      { call: { id: 7 }, utterances: [{ user_id: 1, text: "Hello", language: "en" }] },
      { call: { id: 7 }, utterances: [{ user_id: 1, language: "en" }] },
    ],
    [
      "realtime_transcription.utterances_received",
      { call_id: 7, content: { utterances: [{ text: "Hello" }] } },
      { call_id: 7 },
    ],
    [
      "custom_summary.result_created",
      { id: 9, summary_template_results: [{ name: "Need", content: "Tea" }] },
      { id: 9, summary_template_results: [{ name: "Need" }] },
    ],
    [
      "playbook_result.created",
      { id: 4, playbook_result_topics: [{ name: "Timeline", result: "Soon" }] },
      { id: 4, playbook_result_topics: [{ name: "Timeline" }] },
    ],
    [
      "call_evaluation.created",
      { id: 7, evaluations: [{ scorecard: { name: "v2" }, questions: ["Why?"] }] },
      { id: 7, evaluations: [{ scorecard: { name: "v2" } }] },
    ],
    [
      "call_evaluation.updated",
      { id: 7, evaluations: [{ categories: [{ name: "Tone", questions: [{ answer: "Polite" }] }] }] },
      { id: 7, evaluations: [{ categories: [{ name: "Tone" }] }] },
    ],
    [
      "ai_voice_agent.summary",
      {
        id: 7,
        ai_voice_agent_name: "Front desk",
        extracted_data: { question: ["Your name?"], answer: ["Lin"] },
      },
      { id: 7, ai_voice_agent_name: "Front desk" },
    ],
    [
      "ai_voice_agent.escalated",
      {
        id: 7,
        escalation_reason: "asked for Ada",
        external_caller_number: "+4930123",
        aircall_number: "+33189000001",
      },
      { id: 7, aircall_number: "+33189000001" },
    ],
  ])("%s", (event, data, expected) => {
    const copy = structuredClone(data);
    redactEventData(event, copy, allBy(DROP));
    expect(copy).toEqual(expected);
    const kept = structuredClone(data);
    redactEventData(event, kept, new Map());
    expect(kept).toEqual(data);
  });

  test("numbers of a group have the hash that the same numbers have in a list of calls", () => {
    const data = { participants: ["+33 6 39 98 00 01"], external_number: "+33639980001" };
    redactEventData("group_message.sent", data, new Map([["phone_numbers", HASH]]));
    const expected = hash("phone_numbers", "+33639980001");
    expect(data).toEqual({ participants: [expected], external_number: expected });
  });
});

describe("an insight is redacted alike in its envelope and without", () => {
  test.each<[string, string, JsonObject, JsonObject]>([
    [
      "a transcription",
      "transcription",
      { id: 1, call_id: 7, type: "call", content: { language: "en", utterances: [{ text: "Hello" }] } },
      { id: 1, call_id: 7, type: "call" },
    ],
    [
      "utterances outside of a content",
      "transcription",
      { call_id: 7, utterances: [{ text: "Hello", start_time: 1.5, phone_number: "+4930123", user_id: 1 }] },
      { call_id: 7, utterances: [{ start_time: 1.5, user_id: 1 }] },
    ],
    [
      "a sentiment",
      "sentiment",
      {
        call_id: 7,
        participants: [
          { type: "external", phone_number: "+4930123", name: "Lin", value: "POSITIVE" },
          { type: "internal", user_id: 1, value: "NEUTRAL" },
          "+4930124",
        ],
      },
      {
        call_id: 7,
        participants: [
          { type: "external", value: "POSITIVE" },
          { type: "internal", user_id: 1, value: "NEUTRAL" },
        ],
      },
    ],
    ["topics", "topic", { id: 1, call_id: 7, content: ["delivery"] }, { id: 1, call_id: 7 }],
    ["a summary", "summary", { id: 1, call_id: 7, content: "Lin asked." }, { id: 1, call_id: 7 }],
    [
      "action items",
      "action_item",
      { call_id: 7, action_items: [{ id: 1, content: "Call Lin", created_by: { id: 2, name: "Ada" } }] },
      { call_id: 7, action_items: [{ id: 1, created_by: { id: 2 } }] },
    ],
    [
      "a custom summary",
      "custom_summary_result",
      {
        id: 9,
        language: "en",
        custom_summary: { name: "BANT" },
        summary_template_results: [{ name: "Need", content: "Tea" }],
      },
      {
        id: 9,
        language: "en",
        custom_summary: { name: "BANT" },
        summary_template_results: [{ name: "Need" }],
      },
    ],
    [
      "a playbook result",
      "playbook_result",
      {
        id: 4,
        adherence_score: 66.7,
        playbook: { id: 8, name: "Discovery", language: "en" },
        playbook_result_topics: [
          { name: "Timeline", result: "Soon" },
          { name: "Budget", result: { amount: "none" } },
        ],
        note: "Lin hesitated",
        updated_at: "2026-09-22T09:00:00.000Z",
      },
      {
        id: 4,
        adherence_score: 66.7,
        playbook: { id: 8, name: "Discovery", language: "en" },
        playbook_result_topics: [{ name: "Timeline" }, { name: "Budget" }],
        updated_at: "2026-09-22T09:00:00.000Z",
      },
    ],
    [
      "an evaluation",
      "evaluation",
      {
        id: "77",
        ai_generated: true,
        reviewed_at: "2026-09-22T09:00:00.000Z",
        reviewed_by: { id: 2, name: "Ada" },
        feedback: "Well done, Ada",
        evaluations: [
          {
            scorecard: { name: "Support v2" },
            score: { normalized_score: 82.5 },
            comment: "Polite",
            categories: [
              {
                name: "Tone",
                score: 4,
                notes: ["Lin was upset"],
                criteria: [{ answer: "Yes", passed: true }],
              },
            ],
            questions: [{ name: "Did Ada greet Lin?", answer: "Yes" }],
          },
        ],
      },
      {
        id: "77",
        ai_generated: true,
        reviewed_at: "2026-09-22T09:00:00.000Z",
        reviewed_by: { id: 2 },
        evaluations: [
          {
            scorecard: { name: "Support v2" },
            score: { normalized_score: 82.5 },
            categories: [{ name: "Tone", score: 4, notes: [], criteria: [{ passed: true }] }],
          },
        ],
      },
    ],
    [
      "a predicted CSAT",
      "csat",
      { call_id: 7, score: 75, drivers: [{ polarity: "POSITIVE", label: "Issue solved for Lin" }] },
      { call_id: 7, score: 75, drivers: [{ polarity: "POSITIVE" }] },
    ],
  ])("%s", (_, name, insight, expected) => {
    expect(redacted({ [name]: insight })).toEqual({ [name]: expected });
    const bare = structuredClone(insight);
    redactPersonalData(bare, allBy(DROP), name);
    expect(bare).toEqual(expected);
    const kept = structuredClone(insight);
    redactPersonalData(kept, new Map(), name);
    expect(kept).toEqual(insight);
  });

  test("and the phone numbers in it without its texts", () => {
    const insight = { content: { utterances: [{ text: "Hello", phone_number: "+4930123" }] } };
    redactPersonalData(insight, new Map([["phone_numbers", HASH]]), "transcription");
    expect(insight).toEqual({
      content: { utterances: [{ text: "Hello", phone_number: hash("phone_numbers", "+4930123") }] },
    });
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
