import type { ViewRow, ViewSpec } from "../store/index.ts";
import { fieldsOf, itemsOf, madeColumn } from "./described.ts";

const transcription = fieldsOf("transcriptions");
const utterance = itemsOf("transcriptions", "content.utterances");

export const callUtterances: ViewSpec = {
  name: "call_utterances",
  description: "What one participant of a call said without a break.",
  table: "transcriptions",
  unfolds: "content.utterances",
  columns: [
    transcription("call_id", null, { references: "calls" }),
    transcription("call_created_at"),
    transcription("type"),
    transcription("language", "content.language"),
    madeColumn("position", "integer", "Place in the call, from 1.", (row) => row.position),
    utterance("start_time"),
    utterance("end_time"),
    utterance("participant_type"),
    utterance("user_id", null, { references: "users" }),
    utterance("phone_number"),
    utterance("ai_voice_agent_id"),
    utterance("text"),
  ],
};

const message = fieldsOf("messages");

const otherParty = (row: ViewRow) =>
  `coalesce(${["international_format", "raw_digits", "external_number"]
    .map((field) => row.field(field, "text"))
    .join(", ")})`;

/** Aircall has no ID for what passes between a number and one other party, and spells that party's number in several ways. */
const thread = (row: ViewRow) =>
  `coalesce(${row.field("group_conversation_id", "text")}, ` +
  `CAST(${row.field("number.id", "integer")} AS VARCHAR) || '/' || regexp_replace(${otherParty(row)}, '[-+(). ]', '', 'g'))`;

export const threadMessages: ViewSpec = {
  name: "thread_messages",
  description: "A text message in its thread.",
  table: "messages",
  columns: [
    madeColumn(
      "thread_id",
      "text",
      "The conversation of a group, or the ID of the company's number and the digits of the other party.",
      thread,
    ),
    madeColumn(
      "position",
      "integer",
      "Place in the thread, from 1.",
      (row) =>
        `row_number() OVER (PARTITION BY ${thread(row)} ORDER BY ${row.field("created_at", "instant")}, ${row.field("id", "text")})`,
    ),
    message("message_id", "id", { references: "messages" }),
    message("created_at"),
    message("sent_at"),
    message("updated_at"),
    message("direction"),
    message("status"),
    message("channel"),
    madeColumn("other_party", "text", "Phone number of the other party; null for a group.", otherParty),
    message("number_id", "number.id", { references: "numbers" }),
    message("number_name", "number.name"),
    message("contact_id", "contact.id", { references: "contacts" }),
    message("contact_first_name", "contact.first_name"),
    message("contact_last_name", "contact.last_name"),
    message("body"),
  ],
};
