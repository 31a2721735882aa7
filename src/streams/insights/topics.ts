import { anyOf, isoInstant, list, text } from "../schema.ts";
import { insightStream } from "./insight-stream.ts";

/** What a call was about, in single words. Source: https://developer.aircall.io/api-references/#retrieve-topics */
export const topics = insightStream({
  name: "topics",
  path: "topics",
  envelope: "topic",
  content: ["content"],
  events: ["topics.created"],
  isAnnounced: true,
  canChange: false,
  isFromTranscript: true,
  title: "Topics",
  properties: {
    id: anyOf(["integer", "string"], "ID of the topics."),
    created_at: isoInstant("When the topics were created."),
    content: list("What the call was about.", text("One topic.")),
  },
});
