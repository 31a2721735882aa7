import type { ViewColumn, ViewRow, ViewSpec } from "../store/index.ts";
import { fieldsOf, itemsOf, madeColumn } from "./described.ts";

const call = fieldsOf("calls");

const instant = (name: string) => call(name, null, { type: "instant" });

/** Seconds between two instants of a call, which Aircall has in whole seconds. */
const seconds = (name: string, description: string, value: (row: ViewRow) => string): ViewColumn =>
  madeColumn(name, "integer", description, value);

const at = (row: ViewRow, field: string) => row.field(field, "integer");

/** Seconds from the start to the answer, or to the end of a call that was not answered. */
const untilAnswered = (row: ViewRow) =>
  `coalesce(${at(row, "answered_at")}, ${at(row, "ended_at")}) - ${at(row, "started_at")}`;

const person = (field: string, whose: string): ViewColumn[] => [
  call(`${field}_id`, `${field}.id`, { references: "users", description: `ID of ${whose}.` }),
  call(`${field}_name`, `${field}.name`, { description: `Full name of ${whose}.` }),
];

export const callDetails: ViewSpec = {
  name: "call_details",
  description: "A call, with instants, and how long people talked and waited.",
  table: "calls",
  columns: [
    call("call_id", "id", { references: "calls" }),
    call("direction"),
    call("status"),
    instant("started_at"),
    instant("answered_at"),
    instant("ended_at"),
    call("duration_seconds", "duration"),
    seconds(
      "talk_seconds",
      "Seconds from the answer to the end; null if the call was not answered or goes on.",
      (row) => `${at(row, "ended_at")} - ${at(row, "answered_at")}`,
    ),
    seconds(
      "ring_seconds",
      "Seconds from the start to the answer, or to the end of a call that was not answered; menus and queues included.",
      untilAnswered,
    ),
    seconds(
      "wait_seconds",
      "Seconds that the caller of an inbound call waited, as `ring_seconds`; null for outbound calls.",
      (row) => `CASE WHEN ${row.field("direction", "text")} = 'inbound' THEN ${untilAnswered(row)} END`,
    ),
    call("missed_call_reason"),
    call("hangup_cause"),
    call("other_party", "raw_digits"),
    call("country_code_a2"),
    call("number_id", "number.id", { references: "numbers" }),
    call("number_name", "number.name"),
    call("number_digits", "number.digits"),
    ...person("user", "the user who made or took the call"),
    call("user_email", "user.email", { description: "Email address of the user who made or took the call." }),
    madeColumn(
      "contact_id",
      "integer",
      "ID of the contact; null unless requested.",
      (row) => `coalesce(${row.field("contact.id", "integer")}, ${row.field("contact", "integer")})`,
      "contacts",
    ),
    ...person("assigned_to", "the user whom the call is assigned to"),
    ...person("transferred_by", "the user who transferred the call"),
    ...person("transferred_to", "the user whom the call was transferred to"),
    madeColumn(
      "has_recording",
      "boolean",
      "Whether there is a recording.",
      (row) => `${row.field("recording", "text")} IS NOT NULL`,
    ),
    madeColumn(
      "has_voicemail",
      "boolean",
      "Whether there is a voicemail.",
      (row) => `${row.field("voicemail", "text")} IS NOT NULL`,
    ),
    call("archived"),
    call("asset"),
  ],
};

const callId = call("call_id", "id", { references: "calls" });

const startedAt = call("started_at", null, { type: "instant" });

/** Where Aircall has no ID for an element of a list. */
const position = madeColumn(
  "position",
  "integer",
  "Place in the list of the call, from 1.",
  (row) => row.position,
);

const tag = itemsOf("calls", "tags");

export const callTags: ViewSpec = {
  name: "call_tags",
  description: "A tag on a call.",
  table: "calls",
  unfolds: "tags",
  columns: [
    callId,
    startedAt,
    tag("tag_id", "id", { references: "tags" }),
    tag("tag_name", "name"),
    tag("tagged_at", null, { type: "instant" }),
    tag("tagged_by_id", "tagged_by.id", {
      references: "users",
      description: "ID of the user who tagged the call; null when Aircall did.",
    }),
    tag("tagged_by_name", "tagged_by.name", { description: "Full name of the user who tagged the call." }),
  ],
};

const comment = itemsOf("calls", "comments");

export const callComments: ViewSpec = {
  name: "call_comments",
  description: "A note on a call.",
  table: "calls",
  unfolds: "comments",
  columns: [
    callId,
    startedAt,
    comment("comment_id", "id"),
    comment("content"),
    comment("posted_at", null, { type: "instant" }),
    comment("posted_by_id", "posted_by.id", {
      references: "users",
      description: "ID of the user who wrote the note; null when a program did.",
    }),
    comment("posted_by_name", "posted_by.name", { description: "Full name of the user who wrote the note." }),
  ],
};

const team = itemsOf("calls", "teams");

export const callTeams: ViewSpec = {
  name: "call_teams",
  description: "A team that an inbound call rang for.",
  table: "calls",
  unfolds: "teams",
  columns: [callId, startedAt, team("team_id", "id", { references: "teams" }), team("team_name", "name")],
};

const participant = itemsOf("calls", "conference_participants");

/** Source: https://developer.aircall.io/api-references/#participants */
export const callParticipants: ViewSpec = {
  name: "call_participants",
  description: "Somebody who took part in the conference of a call.",
  table: "calls",
  unfolds: "conference_participants",
  columns: [
    callId,
    startedAt,
    position,
    participant("type", null, { type: "text", description: "user, contact or external." }),
    participant("participant_id", "id", {
      type: "text",
      description: "ID of the user or contact; null for others.",
    }),
    participant("name", null, { type: "text", description: "Name of the user or contact." }),
    participant("phone_number", null, { type: "text", description: "Phone number; null for users." }),
  ],
};

const choice = itemsOf("calls", "ivr_options_selected");

/** Source: https://developer.aircall.io/api-references/#ivr-options */
export const callIvrChoices: ViewSpec = {
  name: "call_ivr_choices",
  description: "What the caller chose in a menu.",
  table: "calls",
  unfolds: "ivr_options_selected",
  columns: [
    callId,
    startedAt,
    position,
    choice("choice_id", "id", { type: "text", description: "ID of the choice." }),
    choice("title", null, { type: "text", description: "What the choice stands for." }),
    choice("key", null, { type: "text", description: "The key that was pressed, or fallback." }),
    choice("branch", null, { type: "text", description: "The branch of the menu." }),
    choice("created_at", null, { type: "instant", description: "When the choice was made." }),
    choice("transition_started_at", null, {
      type: "instant",
      description: "When the passage to the branch began.",
    }),
    choice("transition_ended_at", null, {
      type: "instant",
      description: "When the passage to the branch ended.",
    }),
  ],
};
