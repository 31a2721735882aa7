/** What Aircall derives from a call: a stream for each kind, by its name. */
export const INSIGHT_NAMES = [
  "transcriptions",
  "sentiments",
  "topics",
  "summaries",
  "action_items",
  "custom_summaries",
  "playbook_results",
  "evaluations",
  "predicted_csats",
] as const;

export type InsightName = (typeof INSIGHT_NAMES)[number];

export interface InsightKind {
  /** The last part of `/v1/calls/:id/<path>`. */
  readonly path: string;
  /** The key of the body that contains the insight, or null if the body is the insight. */
  readonly envelope: string | null;
  /** The names of the events that announce the insight and a change of it, or null if none does. */
  readonly createdEvent: string | null;
  readonly updatedEvent: string | null;
}

export const INSIGHT_KINDS: Readonly<Record<InsightName, InsightKind>> = {
  transcriptions: kind("transcription", "transcription", "transcription.created"),
  sentiments: kind("sentiments", "sentiment", "sentiment.created"),
  topics: kind("topics", "topic", "topics.created"),
  summaries: kind("summary", "summary", "summary.created"),
  action_items: kind("action_items", null, "action_item.created"),
  custom_summaries: kind(
    "custom_summary_result",
    null,
    "custom_summary.result_created",
    "custom_summary.result_updated",
  ),
  playbook_results: kind("playbook_result", null, "playbook_result.created", "playbook_result.updated"),
  evaluations: kind("evaluations", null, "call_evaluation.created", "call_evaluation.updated"),
  predicted_csats: kind("predicted_csat", "csat", null),
};

function kind(
  path: string,
  envelope: string | null,
  createdEvent: string | null,
  updatedEvent: string | null = null,
): InsightKind {
  return { path, envelope, createdEvent, updatedEvent };
}
