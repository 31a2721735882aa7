import { list, number, object, text } from "../schema.ts";
import { insightStream } from "./insight-stream.ts";

/**
 * How satisfied the customer of a call probably is. No event says that the prediction is there; it comes with the
 * summary. Source: https://developer.aircall.io/api-references/#conversation-intelligence
 */
export const predictedCsats = insightStream({
  name: "predicted_csats",
  path: "predicted_csat",
  envelope: "csat",
  content: ["score", "drivers"],
  events: ["summary.created"],
  isAnnounced: false,
  canChange: false,
  isFromTranscript: true,
  title: "Predicted CSAT",
  properties: {
    call_uuid: text("Identifier of the call at the carrier."),
    score: number("Predicted satisfaction of the customer, from 0 to 100."),
    drivers: list(
      "What the prediction is based on.",
      object("One reason.", {
        polarity: text("Whether the reason raises or lowers the score: POSITIVE or NEGATIVE."),
        label: text("The reason in words."),
      }),
    ),
  },
});
