import { anyOf, flag, integer, isoInstant, list, number, object, text } from "../schema.ts";
import { insightStream } from "./insight-stream.ts";

/** How far a call kept to a playbook. Users can edit the result. Source: https://developer.aircall.io/docs/ai-playbook-results */
export const playbookResults = insightStream({
  name: "playbook_results",
  path: "playbook_result",
  // Without it, Aircall leaves `playbook` out.
  query: { fetch_playbook: "true" },
  envelope: "playbook_result",
  content: ["adherence_score", "playbook_result_topics"],
  events: ["playbook_result.created", "playbook_result.updated"],
  isAnnounced: true,
  canChange: true,
  isFromTranscript: false,
  title: "Playbook Result",
  properties: {
    id: anyOf(["integer", "string"], "ID of the result."),
    user_id: integer("ID of the user in the call."),
    number_id: integer("ID of the company's number in the call."),
    adherence_score: number("How far the call kept to the playbook, in percent."),
    ai_generated: flag("Whether Aircall created the result, rather than a user."),
    playbook: object("The playbook.", {
      id: anyOf(["integer", "string"], "ID of the playbook."),
      name: text("Name of the playbook."),
      language: text("Tag of the language of the playbook."),
    }),
    playbook_result_topics: list(
      "What the call says about each topic of the playbook.",
      object("One topic.", {
        name: text("Name of the topic."),
        result: anyOf(
          ["array", "boolean", "number", "object", "string"],
          "What the call says about the topic.",
        ),
      }),
    ),
    created_at: isoInstant("When the result was created."),
    created_by: integer("ID of the user who created the result."),
    updated_at: isoInstant("When the result was last edited."),
    updated_by: integer("ID of the user who last edited the result."),
  },
});
