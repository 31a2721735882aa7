import { anyOf, isoInstant, text } from "../schema.ts";
import { insightStream } from "./insight-stream.ts";

/** A call in a few sentences. Source: https://developer.aircall.io/api-references/#retrieve-a-summary */
export const summaries = insightStream({
  name: "summaries",
  path: "summary",
  envelope: "summary",
  content: ["content"],
  events: ["summary.created"],
  isAnnounced: true,
  canChange: false,
  isFromTranscript: true,
  title: "Summary",
  properties: {
    id: anyOf(["integer", "string"], "ID of the summary."),
    created_at: isoInstant("When the summary was created."),
    content: text("The summary."),
  },
});
