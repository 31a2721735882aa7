import { describe, expect, test } from "vitest";
import { redactEventData } from "../../src/privacy/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { ADA, allBy, DROP, HASH, hashed } from "../support/redactions.ts";

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
    const expected = hashed("phone_numbers", "+33639980001");
    expect(data).toEqual({ participants: [expected], external_number: expected });
  });
});
