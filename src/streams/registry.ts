import { calls } from "./calls/calls.ts";
import { company } from "./company.ts";
import { contacts } from "./contacts/contacts.ts";
import type { StreamDefinition } from "./definition.ts";
import { numbers } from "./numbers.ts";
import { tags } from "./tags.ts";
import { teams } from "./teams.ts";
import { userAvailablity } from "./user-availability.ts";
import { users } from "./users.ts";
import { webhooks } from "./webhooks.ts";

/** The names under which captures in use know the streams; they never change. */
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
  user_availablity: userAvailablity,
  users,
  webhooks,
};

export const streamNames = Object.keys(streams) as readonly StreamName[];

export function isStreamName(name: string): name is StreamName {
  return Object.hasOwn(streams, name);
}
