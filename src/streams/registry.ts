import { calls } from "./calls/calls.ts";
import { company } from "./company.ts";
import { contacts } from "./contacts/contacts.ts";
import type { StreamDefinition } from "./definition.ts";
import { events } from "./events.ts";
import { actionItems } from "./insights/action-items.ts";
import { customSummaries } from "./insights/custom-summaries.ts";
import { evaluations } from "./insights/evaluations.ts";
import { playbookResults } from "./insights/playbook-results.ts";
import { predictedCsats } from "./insights/predicted-csats.ts";
import { sentiments } from "./insights/sentiments.ts";
import { summaries } from "./insights/summaries.ts";
import { topics } from "./insights/topics.ts";
import { transcriptions } from "./insights/transcriptions.ts";
import { messages } from "./messages/messages.ts";
import { numbers } from "./numbers.ts";
import { tags } from "./tags.ts";
import { teams } from "./teams.ts";
import { userAvailability } from "./user-availability.ts";
import { users } from "./users.ts";
import { webhooks } from "./webhooks.ts";

/** The streams whose rows a list of Aircall has. */
export type ListedStreamName =
  | "calls"
  | "company"
  | "contacts"
  | "numbers"
  | "tags"
  | "teams"
  | "user_availablity"
  | "users"
  | "webhooks";

/** The streams of what Aircall derives from calls, which is read call by call. */
export type InsightName =
  | "transcriptions"
  | "sentiments"
  | "topics"
  | "summaries"
  | "action_items"
  | "custom_summaries"
  | "playbook_results"
  | "evaluations"
  | "predicted_csats";

/** The streams whose rows requests can read. */
export type RequestedStreamName = ListedStreamName | InsightName;

/** Names of streams. Captures in use refer to them, so they never change, misspellings included. */
export type StreamName = RequestedStreamName | "events" | "messages";

/** Every stream of the connector. A name without a definition does not compile. */
export const streams: Readonly<Record<StreamName, StreamDefinition>> = {
  calls,
  company,
  contacts,
  events,
  messages,
  numbers,
  tags,
  teams,
  user_availablity: userAvailability,
  users,
  webhooks,
  transcriptions,
  sentiments,
  topics,
  summaries,
  action_items: actionItems,
  custom_summaries: customSummaries,
  playbook_results: playbookResults,
  evaluations,
  predicted_csats: predictedCsats,
};

export const streamNames = Object.keys(streams) as readonly StreamName[];

/** The streams that are captured unless others are asked for. */
export const listedStreamNames = streamNames.filter(isListed);

/** The streams whose rows can be read without receiving events. */
export const requestedStreamNames = streamNames.filter(isRequested);

/** The streams of what Aircall derives from calls. */
export const insightNames = streamNames.filter(isInsight);

/** Whether a list of Aircall has the rows of the stream. */
export function isListed(name: StreamName): name is ListedStreamName {
  return !isOptional(name);
}

/** Whether a capture has the stream only where it is asked for. */
export function isOptional(name: StreamName): boolean {
  return streams[name].isOptional === true;
}

/** Whether Aircall derives the rows of the stream from calls. Each costs a request for its call. */
export function isInsight(name: StreamName): name is InsightName {
  return isOptional(name) && isRequested(name);
}

/** Whether requests read the rows of the stream. The rows of any other come by events only. */
export function isRequested(name: StreamName): name is RequestedStreamName {
  return streams[name].capturesEvent === undefined;
}

export function isStreamName(name: string): name is StreamName {
  return Object.hasOwn(streams, name);
}
