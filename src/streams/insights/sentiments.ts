import { anyOf, integer, list, object, text } from "../schema.ts";
import { insightStream } from "./insight-stream.ts";

/** The mood of the participants of a call. Source: https://developer.aircall.io/api-references/#retrieve-sentiments */
export const sentiments = insightStream({
  name: "sentiments",
  path: "sentiments",
  envelope: "sentiment",
  content: ["participants"],
  events: ["sentiment.created"],
  isAnnounced: true,
  canChange: false,
  isFromTranscript: true,
  title: "Sentiment",
  properties: {
    id: anyOf(
      ["integer", "string"],
      "ID of the sentiment, which Aircall has been seen to take from the call.",
    ),
    participants: list(
      "The participants whose sentiment Aircall has determined.",
      object("One participant.", {
        type: text("Kind of the participant: external or internal."),
        phone_number: text("Phone number of the external participant."),
        user_id: integer("ID of the user, for an internal participant."),
        value: text("The sentiment: POSITIVE, NEUTRAL or NEGATIVE."),
      }),
    ),
  },
});
