/**
 * A capture as the connector that this one replaces has left it behind: resource configs with what
 * the control plane adds, the state of its Airbyte core, and the write schemas of its collections.
 */

const text = { type: ["string", "null"] };
const number = { type: ["number", "null"] };
const flag = { type: ["boolean", "null"] };
const dateTime = { type: ["string", "null"], format: "date-time" };
const object = (properties: object) => ({ type: ["object", "null"], properties, additionalProperties: true });
const list = (items: object) => ({ type: ["array", "null"], items });

const user = object({
  id: { type: ["integer", "null"] },
  availability_status: text,
  available: flag,
  created_at: dateTime,
  direct_link: text,
  email: text,
  language: text,
  name: text,
  time_zone: text,
  wrap_up_time: { type: ["integer", "null"] },
});

const numberFields = {
  direct_link: text,
  name: text,
  digits: text,
  created_at: dateTime,
  country: text,
  time_zone: text,
  open: flag,
  availability_status: text,
  is_ivr: flag,
  live_recording_activated: flag,
  messages: object({ welcome: text, waiting: text, ivr: text, voicemail: text, after_hours: text }),
};

const PROPERTIES = {
  calls: {
    id: { type: "integer" },
    started_at: number,
    answered_at: number,
    ended_at: number,
    duration: number,
    created_at: { type: "string", format: "date-time" },
    direction: text,
    status: text,
    recording: text,
    voicemail: text,
    asset: text,
    cost: text,
    raw_digits: text,
    archived: flag,
    number: object({ id: number, ...numberFields }),
    user,
    assigned_to: user,
    transferred_to: user,
    teams: list(object({ id: number, name: text, direct_link: text, created_at: dateTime })),
    comments: list(object({ id: number, content: text, posted_at: number })),
    tags: list(object({ id: number, name: text, created_at: number })),
  },
  company: { name: { type: "string" }, users_count: number, numbers_count: number },
  contacts: {
    id: { type: "integer" },
    first_name: text,
    last_name: text,
    company_name: text,
    information: text,
    is_shared: flag,
    created_at: number,
    updated_at: number,
    phone_numbers: list(object({ id: number, label: text, value: text })),
    emails: list(object({ id: number, label: text, value: text })),
  },
  numbers: { id: { type: "integer" }, ...numberFields },
  tags: { id: { type: "integer" }, name: text, color: text, description: text },
  teams: { id: { type: "integer" }, name: text, direct_link: text, created_at: dateTime, users: list(user) },
  user_availablity: { id: { type: "integer" }, availability: text },
  users: {
    id: { type: "integer" },
    name: text,
    email: text,
    created_at: dateTime,
    available: flag,
    wrap_up_time: number,
  },
  webhooks: { id: { type: "integer" }, url: text, active: flag, created_at: dateTime, events: list(text) },
};

type LegacyStream = keyof typeof PROPERTIES;

export const LEGACY_STREAMS = Object.keys(PROPERTIES) as LegacyStream[];

/** As a collection holds it: the connector's schema is a definition, and the root refers to it by name. */
export function legacyWriteSchema(stream: LegacyStream): object {
  const schema = {
    $id: "flow://connector-schema",
    type: "object",
    required: [stream === "company" ? "name" : "id"],
    properties: PROPERTIES[stream],
    additionalProperties: true,
  };
  return { $defs: { "flow://connector-schema": schema }, $ref: "flow://connector-schema" };
}

export function legacyResourceConfig(stream: LegacyStream): object {
  const isIncremental = stream === "numbers" || stream === "teams";
  return {
    _meta: { path: [stream] },
    stream,
    syncMode: isIncremental ? "incremental" : "full_refresh",
    cursorField: isIncremental ? ["created_at"] : ["id"],
  };
}

export const LEGACY_STATE = {
  numbers: { created_at: "2026-04-30T00:00:00.000000+0000" },
  teams: { created_at: "2026-04-30T00:00:00.000000+0000" },
};
