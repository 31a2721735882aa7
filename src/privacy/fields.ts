/** The kinds of personal data that the connector knows in an account. */
export const personalKinds = ["phone_numbers", "emails", "names"] as const;
export type PersonalKind = (typeof personalKinds)[number];

/** These are personal wherever they stand. A line of the company's own (`digits`) is not. */
const ANYWHERE: ReadonlyMap<string, PersonalKind> = new Map([
  ["raw_digits", "phone_numbers"],
  ["phone_number", "phone_numbers"],
  ["external_caller_number", "phone_numbers"],
  ["external_transferred_to", "phone_numbers"],
  ["email", "emails"],
  ["first_name", "names"],
  ["last_name", "names"],
]);

/** The values that Aircall lists under these names, with a label beside each. */
const LISTS: ReadonlyMap<string, PersonalKind> = new Map([
  ["phone_numbers", "phone_numbers"],
  ["emails", "emails"],
]);

/** A `name` is a person's within these; numbers, teams, tags and the company have one too. */
const PEOPLE: ReadonlySet<string> = new Set([
  "users",
  "user",
  "assigned_to",
  "transferred_by",
  "transferred_to",
  "posted_by",
  "tagged_by",
  "contacts",
  "contact",
  "conference_participants",
  "participants",
]);

/**
 * What stands in a field, if that is personal. `owner` is the name of the field that the object
 * lies in, alone or in a list; the rows of an answer lie in the field of their list.
 */
export function personalKind(owner: string, field: string): PersonalKind | undefined {
  if (field === "value") return LISTS.get(owner);
  if (field === "name") return PEOPLE.has(owner) ? "names" : undefined;
  return ANYWHERE.get(field);
}

/** What the bare texts in a list are, should Aircall ever give them without a label. */
export function personalKindOfTexts(list: string): PersonalKind | undefined {
  return LISTS.get(list);
}
