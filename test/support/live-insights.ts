import type { JsonObject } from "../../src/shared/json.ts";
import type { InsightName } from "../../src/streams/index.ts";

/**
 * Insights in every form that is documented or that applications which read them expect, with made-up values. The ID of
 * the call is left out: that of the emulated insight stays.
 */
export const LIVE_INSIGHTS: Readonly<Record<InsightName, readonly JsonObject[]>> = {
  transcriptions: [
    {
      id: 61_001,
      call_created_at: "2026-09-21T14:13:20.000Z",
      type: "call",
      created_at: "2026-09-21T14:17:02.000Z",
      content: {
        language: "en-GB",
        utterances: [
          {
            start_time: 2.4,
            end_time: 3.9,
            text: "Good morning",
            participant_type: "internal",
            user_id: 501,
          },
          {
            start_time: 4,
            end_time: 7,
            text: "My order is late",
            participant_type: "external",
            phone_number: "+33639980001",
          },
          {
            start_time: 8.0,
            end_time: 9.1,
            text: "One moment",
            participant_type: "ai_voice_agent",
            ai_voice_agent_id: "agent-7",
          },
        ],
      },
    },
    { id: "61002", type: "voicemail", content: { language: null, utterances: null } },
  ],
  sentiments: [
    {
      id: 4_100_000_001,
      participants: [{ type: "external", phone_number: "+33639980001", value: "POSITIVE" }],
    },
    { id: "4100000002", participants: [{ type: "internal", user_id: 501, value: "NEUTRAL" }] },
  ],
  topics: [
    { id: 786, created_at: "2026-09-21T14:18:00.000Z", content: ["delivery", "refund"] },
    { id: "787", content: [] },
  ],
  summaries: [
    { id: 974, created_at: "2026-09-21T14:18:03.000Z", content: "The caller asked about a delivery." },
    { id: "81000001", content: "The caller asked about a refund." },
  ],
  action_items: [
    {
      action_items: [
        {
          id: 5_501,
          ai_generated: true,
          content: "Send the invoice again",
          created_at: "2026-09-21T14:18:05.000Z",
          created_by: null,
          updated_at: null,
          updated_by: null,
        },
        {
          id: "5502",
          ai_generated: false,
          content: "Call back",
          created_at: "2026-09-21T15:18:05.000Z",
          created_by: 501,
          updated_at: "2026-09-22T09:00:00.000Z",
          updated_by: 502,
        },
      ],
    },
    { action_items: [] },
  ],
  custom_summaries: [
    {
      id: 999,
      number_id: 9_001,
      language: "en",
      custom_summary: { name: "BANT" },
      summary_template_results: [
        { name: "Budget", content: "Not discussed" },
        { name: "Need", content: null },
      ],
      created_at: "2026-09-21T14:19:00.000Z",
    },
    { id: "1000", custom_summary: null, summary_template_results: null },
  ],
  playbook_results: [
    {
      id: 412,
      user_id: 501,
      number_id: 9_001,
      adherence_score: 66.7,
      ai_generated: true,
      playbook: { id: 8, name: "Discovery", language: "en" },
      playbook_result_topics: ["Next quarter", 3, true, ["a", "b"], { answer: "yes" }, null].map(
        (result) => ({
          name: "Timeline",
          result,
        }),
      ),
      created_at: "2026-09-21T14:19:20.000Z",
      created_by: null,
      updated_at: "2026-09-22T09:00:00.000Z",
      updated_by: 502,
    },
    { id: "413", adherence_score: 100, playbook: { id: "9" }, playbook_result_topics: [], created_by: 501 },
  ],
  evaluations: [
    {
      id: 77,
      ai_generated: true,
      reviewed_at: "2026-09-22T09:00:00.000Z",
      created_at: "2026-09-21T14:25:00.000Z",
      updated_at: "2026-09-21T14:25:00.000Z",
      evaluations: [
        {
          scorecard: { name: "Support v2" },
          score: { normalized_score: 82.5 },
          categories: [{ name: "Tone", questions: [{ answer: "Polite" }] }],
          questions: [{ title: "Did the agent greet?", answer: "Yes" }],
        },
      ],
    },
    { id: "78", reviewed_at: null, evaluations: [{ scorecard: null, score: { normalized_score: 100 } }] },
  ],
  predicted_csats: [
    {
      call_uuid: "CA000000000000000000000000000000a1",
      score: 75,
      drivers: [{ polarity: "POSITIVE", label: "Issue solved on the first call" }],
    },
    { call_uuid: null, score: 12.5, drivers: [] },
  ],
};
