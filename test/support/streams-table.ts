import { isRequested, type StreamName, streamNames, streams } from "../../src/streams/index.ts";

const INSIGHT_DELETIONS = "when the recording of the call was deleted";
const insight = (changes: string) => [changes, INSIGHT_DELETIONS] as const;
const FIXED_INSIGHT = insight("none: captured once, when it is ready");
const ANNOUNCED_INSIGHT = insight("events, and re-reading at fixed ages");

/** How each stream finds changes, and what happens to what Aircall has deleted. A new stream needs its row. */
const CHANGES_AND_DELETIONS: Readonly<Record<StreamName, readonly [changes: string, deletions: string]>> = {
  calls: [
    "polling the calls of the last half hour; re-reading each call at fixed [ages](#limits-of-the-aircall-api), and in between when requests are to spare",
    "none: a call that Aircall no longer serves stays",
  ],
  company: ["snapshot", "a new name deletes the row of the old name"],
  contacts: [
    "`updated_at`, from the newest down to the last change captured; a full scan once a day",
    "by the daily full scan, confirmed by ID: within about a day, or two if a scan is interrupted",
  ],
  events: ["each event is a row; only where [events are received](docs/flow.md#streams-of-events)", "none"],
  messages: [
    "events of the message, merged into its row; only where [events are received](docs/flow.md#streams-of-events)",
    "none",
  ],
  numbers: ["snapshot", "by snapshot"],
  tags: ["snapshot", "by snapshot"],
  teams: ["snapshot", "by snapshot"],
  user_availablity: ["snapshot", "by snapshot"],
  users: ["snapshot", "by snapshot"],
  webhooks: ["snapshot", "by snapshot"],
  transcriptions: FIXED_INSIGHT,
  sentiments: FIXED_INSIGHT,
  topics: FIXED_INSIGHT,
  summaries: FIXED_INSIGHT,
  action_items: insight("re-reading at fixed ages"),
  custom_summaries: ANNOUNCED_INSIGHT,
  playbook_results: ANNOUNCED_INSIGHT,
  evaluations: ANNOUNCED_INSIGHT,
  predicted_csats: FIXED_INSIGHT,
};

const HEAD = ["stream", "key", "polling interval", "changes are found by", "deletions"];

/** The table of streams in README.md. */
export function streamsTable(): string {
  const rows = streamNames.map((name) => {
    const { keyField, intervalMs } = streams[name];
    return [
      `\`${name}\``,
      `\`${keyField}\``,
      isRequested(name) ? minutes(intervalMs) : "none",
      ...CHANGES_AND_DELETIONS[name],
    ];
  });
  return [HEAD, HEAD.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function minutes(durationMs: number): string {
  return `${durationMs / 60_000} min`;
}
