import { describe, expect, test } from "vitest";
import { redactPersonalData } from "../../src/privacy/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { allBy, DROP, HASH, hashed, redacted } from "../support/redactions.ts";

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
      content: { utterances: [{ text: "Hello", phone_number: hashed("phone_numbers", "+4930123") }] },
    });
  });
});
