import { anyOf, flag, isoInstant, list, number, object, text } from "../schema.ts";
import { insightStream } from "./insight-stream.ts";

/** How a call was rated by scorecards. Users can write and edit evaluations. Source: https://developer.aircall.io/docs/ai-call-evaluations */
export const evaluations = insightStream({
  name: "evaluations",
  path: "evaluations",
  envelope: "evaluation",
  content: ["evaluations"],
  events: ["call_evaluation.created", "call_evaluation.updated"],
  isAnnounced: true,
  canChange: true,
  isFromTranscript: false,
  title: "Evaluation",
  properties: {
    id: anyOf(["integer", "string"], "ID of the evaluation."),
    ai_generated: flag("Whether Aircall created the evaluation, rather than a user."),
    reviewed_at: isoInstant("When a user reviewed the evaluation."),
    created_at: isoInstant("When the evaluation was created."),
    updated_at: isoInstant("When the evaluation was last edited."),
    evaluations: list(
      "The ratings by each scorecard.",
      object("The rating by one scorecard.", {
        scorecard: object("The scorecard.", { name: text("Name of the scorecard.") }),
        score: object("The score.", { normalized_score: number("The score in percent.") }),
        categories: list("The categories of the scorecard and their ratings.", object("One category.", {})),
        questions: list("The questions of the scorecard and their answers.", object("One question.", {})),
      }),
    ),
  },
});
