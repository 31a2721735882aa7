import { anyOf, integer, isoInstant, list, object, text } from "../schema.ts";
import { insightStream } from "./insight-stream.ts";

/** A call summarized by the company's own template. Source: https://developer.aircall.io/docs/ai-call-summaries */
export const customSummaries = insightStream({
  name: "custom_summaries",
  path: "custom_summary_result",
  envelope: "custom_summary_result",
  content: ["summary_template_results"],
  events: ["custom_summary.result_created", "custom_summary.result_updated"],
  isAnnounced: true,
  canChange: true,
  isFromTranscript: true,
  title: "Custom Summary",
  properties: {
    id: anyOf(["integer", "string"], "ID of the result."),
    number_id: integer("ID of the company's number in the call."),
    language: text("Tag of the language of the result."),
    custom_summary: object("The template.", { name: text("Name of the template.") }),
    summary_template_results: list(
      "What the call says about each section of the template.",
      object("One section.", {
        name: text("Name of the section."),
        content: text("What the call says about it."),
      }),
    ),
    created_at: isoInstant("When the result was created."),
  },
});
