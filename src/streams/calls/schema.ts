import { nestedTeam, nestedUser, numberFields } from "../nested.ts";
import { anyOf, documentSchema, flag, integer, list, object, text, unixSeconds } from "../schema.ts";

/** A call as `/v1/calls` renders it. Source: https://developer.aircall.io/api-references/#call-overview */
export const callSchema = documentSchema(
  "Call",
  "id",
  { type: "integer", description: "ID of the call, larger than 32 bits." },
  {
    sid: text("The carrier's ID of the call."),
    direct_link: text("API address of the call."),
    direction: text("inbound or outbound."),
    status: text("initial, answered or done."),
    missed_call_reason: text("Why an inbound call was not answered."),
    started_at: unixSeconds("When the call started."),
    answered_at: unixSeconds("When the call was answered; null if it never was."),
    ended_at: unixSeconds("When the call ended; null while it goes on."),
    duration: integer("Seconds from start to end, ringing and menus included; 0 until the end."),
    raw_digits: text("The other party's number as Aircall displays it, or anonymous."),
    recording: text(
      "Address of the recording. It is signed afresh at each read and expires within the hour.",
    ),
    voicemail: text(
      "Address of the voicemail. It is signed afresh at each read and expires within the hour.",
    ),
    recording_short_url: text("Short address of the recording, if requested."),
    voicemail_short_url: text("Short address of the voicemail, if requested."),
    asset: text("Address of the recording or voicemail for people who are logged in to Aircall."),
    cost: text("Cost of the call in U.S. cents. Deprecated by Aircall."),
    pricing_type: text("How the call is priced."),
    country_code_a2: text("ISO 3166-1 alpha-2 code of the other party's country."),
    hangup_cause: text("Why the call ended, as the carrier says."),
    archived: flag("Whether the call is marked as needing no follow-up."),
    number: object("The number that was called or that called.", {
      id: integer("ID of the number."),
      ...numberFields,
    }),
    user: nestedUser("The user who made or took the call."),
    contact: anyOf(
      ["object", "integer"],
      "The contact behind the other party's number, or its ID; null unless requested.",
    ),
    assigned_to: nestedUser("The user whom the call is assigned to."),
    transferred_by: nestedUser("The user who transferred the call."),
    transferred_to: nestedUser("The user whom the call was transferred to."),
    teams: list("Teams that the call rang for; inbound calls only.", nestedTeam),
    comments: list(
      "Notes on the call.",
      object("A note.", {
        id: integer("ID of the note."),
        content: text("The note."),
        posted_at: unixSeconds("When the note was written."),
        posted_by: nestedUser("Who wrote the note; null when a program did."),
      }),
    ),
    tags: list(
      "Tags on the call.",
      object("A tag on the call.", {
        id: integer("ID of the tag."),
        name: text("Name of the tag."),
        tagged_at: unixSeconds("When the call was tagged."),
        tagged_by: nestedUser("Who tagged the call; empty when Aircall did."),
      }),
    ),
    conference_participants: list("Who took part in a conference.", object("A participant.", {})),
    ivr_options_selected: list("What the caller chose in menus.", object("A choice.", {})),
  },
);
