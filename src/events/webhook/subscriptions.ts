import { streams as definitions, isStreamName } from "../../streams/index.ts";

const named = (resource: string, ...events: readonly string[]) =>
  events.map((event) => `${resource}.${event}`);

/**
 * The events of Aircall by what they are about, but for the deprecated version of those of users. What an account
 * does not have is refused by name, so a family never holds up another.
 * Source: https://developer.aircall.io/api-references/#webhooks-events
 */
const FAMILIES = {
  calls: [
    ...named("call", "created", "ringing_on_agent", "agent_declined", "answered", "transferred"),
    ...named("call", "external_transferred", "unsuccessful_transfer", "hungup", "ended", "hold", "unhold"),
    ...named("call", "ivr_option_selected", "comm_assets_generated", "voicemail_left", "assigned"),
    ...named("call", "archived", "tagged", "untagged", "commented"),
  ],
  contacts: named("contact", "created", "updated", "deleted"),
  users: [
    ...named("user", "created.v2", "deleted.v2", "connected.v2", "disconnected.v2", "opened.v2"),
    ...named("user", "closed.v2", "wut_start.v2", "wut_end.v2"),
  ],
  numbers: named("number", "created", "opened", "closed", "deleted"),
  messages: [
    ...named("message", "sent", "received", "status_updated"),
    ...named("group_message", "sent", "received", "status_updated"),
  ],
  intelligence: [
    ...new Set(Object.values(definitions).flatMap(({ eventNames = [] }) => eventNames)),
    ...named("realtime_transcription", "utterances_received"),
  ],
  voiceAgents: named("ai_voice_agent", "started", "ended", "escalated", "summary"),
  analytics: named("analytics", "report_created", "report_failed"),
  integrations: named("integration", "deleted"),
} as const satisfies Readonly<Record<string, readonly string[]>>;

type Family = keyof typeof FAMILIES;

/** The families that each stream is kept current by whose definition names no events. All other streams are only polled. */
const FAMILIES_OF: Readonly<Record<string, readonly Family[]>> = {
  calls: ["calls"],
  contacts: ["contacts"],
  users: ["users"],
  user_availablity: ["users"],
  numbers: ["numbers"],
  messages: ["messages"],
  events: Object.keys(FAMILIES) as Family[],
};

/** The event names that a capture of these streams wants, by family; empty if events are of no use to any of them. */
export function wantedEvents(streams: Iterable<string>): (readonly string[])[] {
  const wanted = new Set([...streams].flatMap(namesFor));
  return Object.values<readonly string[]>(FAMILIES)
    .map((names) => names.filter((name) => wanted.has(name)))
    .filter((names) => names.length > 0);
}

function namesFor(name: string): readonly string[] {
  const eventNames = isStreamName(name) ? definitions[name].eventNames : undefined;
  return eventNames ?? (FAMILIES_OF[name] ?? []).flatMap((family) => FAMILIES[family]);
}
