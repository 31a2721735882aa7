import { calls } from "./calls/calls.ts";
import { company } from "./company.ts";
import { contacts } from "./contacts/contacts.ts";
import type { StreamDefinition } from "./definition.ts";
import { numbers } from "./numbers.ts";
import { tags } from "./tags.ts";
import { teams } from "./teams.ts";
import { userAvailability } from "./user-availability.ts";
import { users } from "./users.ts";
import { webhooks } from "./webhooks.ts";

/** Names of streams. Captures in use refer to them, so they never change, misspellings included. */
export type StreamName =
  | "calls"
  | "company"
  | "contacts"
  | "numbers"
  | "tags"
  | "teams"
  | "user_availablity"
  | "users"
  | "webhooks";

/** Every stream of the connector. A name without a definition does not compile. */
export const streams: Readonly<Record<StreamName, StreamDefinition>> = {
  calls,
  company,
  contacts,
  numbers,
  tags,
  teams,
  user_availablity: userAvailability,
  users,
  webhooks,
};

export const streamNames = Object.keys(streams) as readonly StreamName[];

export function isStreamName(name: string): name is StreamName {
  return Object.hasOwn(streams, name);
}
