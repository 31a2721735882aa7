import { anyOf, flag, integer, isoInstant, list, object, text } from "./schema.ts";

/**
 * Objects that Aircall renders inside others, with fewer fields than the object has on its own.
 * Their live fields (`available`, `open` and the like) show the moment of reading.
 */

export const nestedUser = (description: string) =>
  object(description, {
    id: integer("ID of the user."),
    direct_link: text("API address of the user."),
    name: text("Full name."),
    email: text("Email address."),
    available: flag("Whether the user could take a call when this was read."),
    availability_status: text("Availability of the user when this was read."),
    created_at: isoInstant("When the user was created."),
    time_zone: text("IANA name of the user's time zone."),
    language: text("IETF tag of the user's language."),
    wrap_up_time: integer("Seconds of wrap-up time after a call."),
  });

const numberMessages = object("Addresses of the sounds that callers hear.", {
  welcome: text("Welcome message."),
  waiting: text("Waiting music."),
  ringing_tone: text("Ringing tone."),
  ivr: text("Menu message."),
  voicemail: text("Voicemail greeting."),
  after_hours: text("Message outside opening hours."),
  unanswered_call: text("Message when nobody answers."),
  closed: text("Message when the number is closed."),
  callback_later: text("Message that asks to call back later."),
});

export const numberFields = {
  direct_link: text("API address of the number."),
  name: text("Name of the number in Aircall."),
  digits: text("The phone number as Aircall displays it."),
  created_at: isoInstant("When the number was created."),
  country: text("ISO 3166-1 alpha-2 code of the country."),
  time_zone: text("IANA name of the number's time zone."),
  open: flag("Whether the number was open when this was read. Deprecated by Aircall."),
  availability_status: text("Opening of the number when this was read: open, custom or closed."),
  is_ivr: flag("Whether the number has a menu. Deprecated by Aircall."),
  live_recording_activated: flag("Whether calls on the number are recorded."),
  priority: anyOf(["integer", "string"], "Priority of the number in queues: 0 or 1."),
  messages: numberMessages,
};

export const nestedTeam = object("A team.", {
  id: integer("ID of the team."),
  name: text("Name of the team."),
  direct_link: text("API address of the team."),
  created_at: isoInstant("When the team was created."),
});

export const labelledValues = (description: string) =>
  list(
    description,
    object("A value and what it is used for.", {
      id: integer("ID of the value."),
      label: text("Label, such as Work or Home."),
      value: text("The value."),
    }),
  );
