import { calls } from "./calls/calls.ts";
import { company } from "./company.ts";
import { contacts } from "./contacts/contacts.ts";
import type { StreamDefinition } from "./definition.ts";
import { events } from "./events.ts";
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

/** Names of streams. Captures in use refer to them, so they never change, misspellings included. */
export type StreamName = ListedStreamName | "events" | "messages";

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
};

export const streamNames = Object.keys(streams) as readonly StreamName[];

/** The streams whose rows can be read without receiving events. */
export const listedStreamNames = streamNames.filter(isListed);

/** Whether a list of Aircall has the rows of the stream. The rows of any other come by events only. */
export function isListed(name: StreamName): name is ListedStreamName {
  return streams[name].capturesEvent === undefined;
}

export function isStreamName(name: string): name is StreamName {
  return Object.hasOwn(streams, name);
}
