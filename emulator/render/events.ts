import type { Account } from "../account/account.ts";
import type { CallLife } from "../account/call-life.ts";
import type { ContactLife } from "../account/contact-life.ts";
import type { PhoneNumber, User } from "../account/directory.ts";
import { isoDate } from "../account/time.ts";
import type { EventOptions } from "../events/options.ts";
import { renderCall } from "./call.ts";
import { renderContact } from "./contact.ts";
import { renderNumber } from "./number.ts";
import { renderNestedUser, renderUser } from "./user.ts";

/** The keys of a call that are absent from an event, instead of null. */
const ABSENT_WHEN_NULL = ["user", "contact", "assigned_to", "transferred_by", "transferred_to"] as const;

/** A call at an instant as its events show it. */
export function eventCall(
  life: CallLife,
  account: Account,
  atSeconds: number,
  options: EventOptions,
  signedUrlSeconds: number,
): Record<string, unknown> {
  const flags = { withContact: true, withShortUrls: true, signedUrlSeconds };
  const { sid, conference_participants, ...call } = renderCall(life, account, flags, atSeconds);
  const shown: Record<string, unknown> = { ...call, call_uuid: sid, participants: conference_participants };
  if (call.contact !== null) shown.contact = datedAsInEvents(call.contact, options);
  for (const key of ABSENT_WHEN_NULL) if (shown[key] === null) delete shown[key];
  return shown;
}

/** A user who is shown in a call although no list shows the user there. */
export function ringingUser(user: User, atSeconds: number) {
  return renderNestedUser(user, atSeconds);
}

/** A contact at an instant as its events show it. */
export function eventContact(contact: ContactLife, atSeconds: number, options: EventOptions) {
  return datedAsInEvents(renderContact(contact, atSeconds), options);
}

function datedAsInEvents(contact: ReturnType<typeof renderContact>, { contactDates }: EventOptions) {
  if (contactDates === "seconds") return contact;
  const dateOf = (atSeconds: number) => isoDate(atSeconds).replace(".000Z", "Z");
  return { ...contact, created_at: dateOf(contact.created_at), updated_at: dateOf(contact.updated_at) };
}

/** A user as the v2 events show it: without its numbers. */
export function eventUser(user: User, atSeconds: number) {
  const { id, direct_link, name, email, available, availability_status, substatus, language, wrap_up_time } =
    renderUser(user, atSeconds);
  return {
    id,
    direct_link,
    name,
    email,
    available,
    availability_status,
    substatus,
    language,
    wrap_up_time,
  };
}

/** A line as it is within other events. */
export function eventNumber(number: PhoneNumber, atSeconds: number) {
  const { created_at: _, ...line } = renderNumber(number, atSeconds);
  return { ...line, e164_digits: `+${number.digits.replace(/\D/g, "")}` };
}
