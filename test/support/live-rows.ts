import type { JsonObject } from "../../src/shared/json.ts";
import type { ListedStreamName } from "../../src/streams/index.ts";

/**
 * Rows in every form in which accounts have been seen to return them or Aircall documents them, with made-up
 * values. Keys and the instants by which lists are read are left out: those of an emulated row stay.
 */
export const LIVE_ROWS: Readonly<Record<ListedStreamName, readonly JsonObject[]>> = {
  calls: calls(),
  company: [
    { users_count: 7, numbers_count: 2 },
    { users_count: 0, numbers_count: 0 },
  ],
  contacts: contacts(),
  numbers: numbers(),
  tags: [
    { direct_link: "https://api.aircall.io/v1/tags/1", name: "Refund", color: "#00ff7f", description: null },
    { direct_link: null, name: "Callback Request", color: "#00FF7F", description: "queue_callback" },
    { name: "No link", color: "#000000", description: "" },
  ],
  teams: teams(),
  user_availablity: ["available", "offline", "do_not_disturb", "in_call", "after_call_work", null].map(
    (availability) => ({ availability }),
  ),
  users: users(),
  webhooks: webhooks(),
};

function calls(): JsonObject[] {
  const done = {
    sid: "CA0000000000000000000000000000aa01",
    direct_link: "https://api.aircall.io/v1/calls/4100000001",
    direction: "inbound",
    status: "done",
    missed_call_reason: null,
    answered_at: 1_790_000_012,
    ended_at: 1_790_000_132,
    duration: 132,
    raw_digits: "+33 6 39 98 00 01",
    recording: "https://media.example.test/call-1.mp3?X-Amz-Expires=600&X-Amz-Signature=00",
    recording_short_url: "https://short-urls.example.test/v1/1",
    voicemail: null,
    voicemail_short_url: null,
    asset: "https://assets.aircall.io/calls/4100000001/recording",
    cost: "2.34",
    pricing_type: "in_bundle",
    country_code_a2: "FR",
    hangup_cause: null,
    archived: false,
    number: nestedNumber(),
    user: { ...nestedUser(), state: "always_opened", extension: "001" },
    contact: null,
    assigned_to: null,
    transferred_by: null,
    transferred_to: nestedUser(),
    teams: [null, { ...team(), id: 77 }],
    comments: [
      {
        id: 31,
        content: "call back monday\n",
        posted_at: 1_790_000_200,
        posted_by: nestedUser(),
      },
      { id: 32, content: "by a program", posted_at: 1_790_000_300, posted_by: null },
    ],
    tags: [
      { id: 11, name: "Refund", tagged_at: 1_790_000_190, tagged_by: nestedUser() },
      { id: 12, name: "By Aircall", created_at: 1_790_000_190, tagged_by: {} },
    ],
    conference_participants: [
      { type: "user", id: 501, name: "Ada Byron" },
      { type: "contact", id: "880001", name: "Lin Okafor", phone_number: "+4930000001" },
      { type: "external", phone_number: "+33639980001" },
    ],
    ivr_options_selected: [
      { id: "1", title: "Sales", key: "fallback", branch: null, created_at: "2026-09-21T14:13:20.000Z" },
      { id: 2, title: "Support", key: "2", branch: "left", transition_ended_at: "2026-09-21T14:13:20Z" },
    ],
  };
  const missed = {
    status: "initial",
    missed_call_reason: "abandoned_in_ivr",
    answered_at: null,
    duration: 0,
    raw_digits: "anonymous",
    recording: null,
    recording_short_url: null,
    voicemail: "https://media.example.test/call-2.mp3?X-Amz-Expires=600&X-Amz-Signature=00",
    voicemail_short_url: "https://short-urls.example.test/v1/2",
    asset: null,
    cost: null,
    pricing_type: null,
    country_code_a2: null,
    hangup_cause: "originator_cancel",
    archived: true,
    number: null,
    user: null,
    contact: { id: 880_001, ...contacts()[0] },
    assigned_to: { id: 501, name: "Ada Byron" },
    transferred_by: nestedUser(),
    teams: [],
    comments: [],
    tags: [],
    conference_participants: null,
    ivr_options_selected: null,
  };
  const abridged = {
    comments: [{ id: 31, content: "", posted_at: 1_790_000_200, posted_by: { id: 501, name: "Ada Byron" } }],
    tags: [{ id: 11, name: "Refund", tagged_at: 1_790_000_190, tagged_by: { id: 501, name: "Ada Byron" } }],
    assigned_to: nestedUser(),
    contact: 880_001,
    cost: "0",
    number: { ...nestedNumber(), priority: 0, messages: null },
  };
  return [
    done,
    { ...done, ...missed },
    { ...done, ...abridged },
    { direction: "outbound", number: { ...nestedNumber(), priority: "1" } },
  ];
}

function contacts(): JsonObject[] {
  return [
    {
      direct_link: "https://api.aircall.io/v1/contacts/880001",
      first_name: "Lin",
      last_name: "Okafor",
      company_name: "Beta GmbH",
      information: "",
      is_shared: true,
      phone_numbers: [{ id: 2_168_000_001, label: "Work", value: "+49 30 0000001" }],
      emails: [
        { id: 2, label: "Work", value: "lin@beta.test" },
        { label: null, value: "lin@beta.example" },
      ],
    },
    {
      first_name: null,
      last_name: null,
      company_name: null,
      information: null,
      description: null,
      is_shared: false,
      phone_numbers: [],
      emails: [],
    },
  ];
}

function number(): JsonObject {
  return {
    direct_link: "https://api.aircall.io/v1/numbers/9001",
    name: "Support FR",
    digits: "+33 1 99 00 00 01",
    created_at: "2024-01-01T08:00:00.000Z",
    country: "FR",
    time_zone: "Europe/Paris",
    open: true,
    availability_status: "custom",
    is_ivr: false,
    live_recording_activated: true,
    priority: 0,
    messages: {
      welcome: "https://media.example.test/w.mp3",
      waiting: "https://media.example.test/h.mp3",
      ringing_tone: "https://media.example.test/r.mp3",
      ivr: "https://media.example.test/i.mp3",
      voicemail: "https://media.example.test/v.mp3",
      after_hours: "https://media.example.test/a.mp3",
      unanswered_call: "https://media.example.test/u.mp3",
      closed: "https://media.example.test/c.mp3",
      callback_later: "https://media.example.test/b.mp3",
    },
  };
}

function nestedNumber(): JsonObject {
  return { id: 9001, ...number(), priority: null, flow_editor_enabled: true };
}

/** Another connector declares the priority as text. */
function numbers(): JsonObject[] {
  const bare = {
    open: null,
    availability_status: null,
    is_ivr: null,
    priority: null,
    messages: { welcome: null },
  };
  return [
    { ...number(), users: [nestedUser()] },
    { ...number(), ...bare, created_at: "2024-01-01T08:00:00Z", users: null },
    { ...number(), priority: 1, messages: null },
    { ...number(), priority: "1", users: [] },
  ];
}

function nestedUser(): JsonObject {
  return { id: 501, ...user() };
}

function user(): JsonObject {
  return {
    direct_link: "https://api.aircall.io/v2/users/501",
    name: "Ada Byron",
    email: "ada@acme.test",
    available: true,
    availability_status: "available",
    created_at: "2024-01-02T09:00:00.000Z",
    time_zone: "Europe/Paris",
    language: "fr-FR",
    wrap_up_time: 0,
  };
}

function users(): JsonObject[] {
  const own = { substatus: "always_open", state: "always_opened", extension: "001", default_number_id: 9001 };
  const bare = {
    extension: null,
    default_number_id: null,
    created_at: "2024-01-02T09:00:00Z",
    wrap_up_time: null,
  };
  return [
    { ...user(), ...own },
    { ...user(), ...own, ...bare, available: null, availability_status: null, substatus: null, state: null },
  ];
}

function team(): JsonObject {
  return {
    name: "Support",
    direct_link: "https://api.aircall.io/v1/teams/77",
    created_at: "2024-01-01T08:00:00.000Z",
  };
}

function teams(): JsonObject[] {
  const { available: _, ...member } = nestedUser();
  return [
    {
      ...team(),
      users: [
        { ...member, default_number_id: 9001 },
        { ...nestedUser(), created_at: null },
      ],
    },
    { ...team(), users: [] },
  ];
}

function webhooks(): JsonObject[] {
  const webhook = {
    webhook_id: "00000000-0000-4000-8000-000000000001",
    direct_link: "https://api.aircall.io/v1/webhooks/00000000-0000-4000-8000-000000000001",
    created_at: "2026-09-28T14:07:54.001Z",
    url: "https://hooks.example.test/1",
    active: true,
    events: ["call.created"],
  };
  return [
    { ...webhook, custom_name: "Line events" },
    { ...webhook, custom_name: null, active: false, events: [] },
  ];
}
