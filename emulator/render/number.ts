import { isOpen } from "../account/availability.ts";
import type { PhoneNumber } from "../account/directory.ts";
import { isoDate } from "../account/time.ts";
import { directLink } from "./links.ts";

/** A row of the number list. */
export function renderNumber(number: PhoneNumber, nowSeconds: number) {
  return {
    id: number.id,
    direct_link: directLink(`/v1/numbers/${number.id}`),
    name: number.name,
    digits: number.digits,
    created_at: isoDate(number.createdAtSeconds),
    country: number.country,
    time_zone: number.timeZone,
    open: isOpen(number, nowSeconds),
    availability_status: "custom",
    is_ivr: number.isIvr,
    live_recording_activated: number.recordsCalls,
    priority: number.priority,
    messages: {
      welcome: `https://media.example.test/${number.id}/welcome.mp3`,
      waiting: `https://media.example.test/${number.id}/waiting.mp3`,
      ringing_tone: null,
      ivr: number.isIvr ? `https://media.example.test/${number.id}/ivr.mp3` : null,
      voicemail: null,
      after_hours: null,
      unanswered_call: null,
      closed: null,
      callback_later: null,
    },
  };
}

/** A line within a call. It has no priority, and one more flag than in the list. */
export function renderNestedNumber(number: PhoneNumber, nowSeconds: number) {
  return { ...renderNumber(number, nowSeconds), priority: null, flow_editor_enabled: number.isIvr };
}
