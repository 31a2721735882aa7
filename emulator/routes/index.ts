import type { InsightName } from "../account/insight-kinds.ts";
import { calls } from "./calls.ts";
import { company } from "./company.ts";
import { contacts } from "./contacts.ts";
import { insights } from "./insights.ts";
import { messages } from "./messages.ts";
import { numbers } from "./numbers.ts";
import type { EmulatedStream } from "./stream.ts";
import { tags } from "./tags.ts";
import { teams } from "./teams.ts";
import { userAvailability } from "./user-availability.ts";
import { users } from "./users.ts";
import { webhooks } from "./webhooks.ts";

export type StreamName =
  | "calls"
  | "contacts"
  | "users"
  | "user_availablity"
  | "teams"
  | "numbers"
  | "tags"
  | "webhooks"
  | "company"
  | "messages"
  | InsightName;

/** The streams that the emulator serves. */
export const STREAMS: Readonly<Record<StreamName, EmulatedStream>> = {
  calls,
  contacts,
  users,
  user_availablity: userAvailability,
  teams,
  numbers,
  tags,
  webhooks,
  company,
  messages,
  ...insights,
};
