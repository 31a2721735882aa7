const named = (resource: string, ...events: readonly string[]) =>
  events.map((event) => `${resource}.${event}`);

/** Every event that a webhook can be subscribed to, the deprecated ones among them. */
export const EVENT_NAMES: readonly string[] = [
  ...named("call", "created", "ringing_on_agent", "agent_declined", "answered", "transferred"),
  ...named("call", "external_transferred", "unsuccessful_transfer", "hungup", "ended", "hold", "unhold"),
  ...named("call", "ivr_option_selected", "comm_assets_generated", "voicemail_left", "assigned", "archived"),
  ...named("call", "tagged", "untagged", "commented"),
  ...named("user", "created", "deleted", "connected", "disconnected", "opened", "closed", "wut_start"),
  ...named("user", "wut_end"),
  ...named("user", "created.v2", "deleted.v2", "connected.v2", "disconnected.v2", "opened.v2", "closed.v2"),
  ...named("user", "wut_start.v2", "wut_end.v2"),
  ...named("number", "created", "opened", "closed", "deleted"),
  ...named("contact", "created", "updated", "deleted"),
  ...named("message", "sent", "received", "status_updated"),
  ...named("group_message", "sent", "received", "status_updated"),
  ...named("transcription", "created"),
  ...named("summary", "created"),
  ...named("topics", "created"),
  ...named("sentiment", "created"),
  ...named("action_item", "created"),
  ...named("playbook_result", "created", "updated"),
  ...named("realtime_transcription", "utterances_received"),
  ...named("custom_summary", "result_created", "result_updated"),
  ...named("call_evaluation", "created", "updated"),
  ...named("ai_voice_agent", "started", "ended", "escalated", "summary"),
  ...named("analytics", "report_created", "report_failed"),
  ...named("integration", "deleted"),
];
