/** The kinds of personal data that the connector recognizes. */
export const personalKinds = ["phone_numbers", "emails", "names"] as const;
export type PersonalKind = (typeof personalKinds)[number];

/** Fields that are personal in any object. `digits`, the number of one of the company's own lines, is not among them. */
const ANYWHERE: ReadonlyMap<string, PersonalKind> = new Map([
  ["raw_digits", "phone_numbers"],
  ["phone_number", "phone_numbers"],
  ["external_caller_number", "phone_numbers"],
  ["external_transferred_to", "phone_numbers"],
  ["email", "emails"],
  ["first_name", "names"],
  ["last_name", "names"],
]);

/** Lists of objects with a `label` and a personal `value`. */
const LISTS: ReadonlyMap<string, PersonalKind> = new Map([
  ["phone_numbers", "phone_numbers"],
  ["emails", "emails"],
]);

/** Fields that contain people, whose `name` is personal. The `name` of a number, team, tag or company is not. */
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
 * The kind of personal data in a field, or `undefined` if the field is not personal. `owner` is the
 * name of the field that contains the object, directly or in a list. For a row of a page, that is the
 * key of the list, such as `calls`.
 */
export function personalKind(owner: string, field: string): PersonalKind | undefined {
  if (field === "value") return LISTS.get(owner);
  if (field === "name") return PEOPLE.has(owner) ? "names" : undefined;
  return ANYWHERE.get(field);
}

/** The kind of the strings in a list, in case Aircall ever returns strings instead of objects with a label. */
export function personalKindOfTexts(list: string): PersonalKind | undefined {
  return LISTS.get(list);
}
