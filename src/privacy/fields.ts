/** The kinds of personal data that the connector recognizes. */
export const personalKinds = ["phone_numbers", "emails", "names", "texts"] as const;
export type PersonalKind = (typeof personalKinds)[number];

/** Fields that are personal in any object. `digits`, the number of one of the company's own lines, is not among them. */
const ANYWHERE: ReadonlyMap<string, PersonalKind> = new Map([
  ["raw_digits", "phone_numbers"],
  ["phone_number", "phone_numbers"],
  ["external_number", "phone_numbers"],
  ["international_format", "phone_numbers"],
  ["external_caller_number", "phone_numbers"],
  ["external_transferred_to", "phone_numbers"],
  ["email", "emails"],
  ["first_name", "names"],
  ["last_name", "names"],
  // Of messages. The values of a template and the metadata of WhatsApp may hold what people wrote.
  ["body", "texts"],
  ["template_content", "texts"],
  ["metadata", "texts"],
  ["media", "texts"],
  ["media_url", "texts"],
  ["file_name", "texts"],
  ["presigned_url", "texts"],
  // Of comments, transcriptions, summaries, topics and action items.
  ["content", "texts"],
  ["text", "texts"],
  // Of contacts.
  ["information", "texts"],
  // Of AI voice agents: what callers answered, and why they were passed on.
  ["extracted_data", "texts"],
  ["escalation_reason", "texts"],
  // Of evaluations, or of the categories in them.
  ["questions", "texts"],
]);

/** Fields that are personal in the objects of one field only. */
const OWNED: Readonly<Record<string, ReadonlyMap<string, PersonalKind>>> = {
  phone_numbers: new Map([["value", "phone_numbers"]]),
  emails: new Map([["value", "emails"]]),
  playbook_result_topics: new Map([["result", "texts"]]),
  drivers: new Map([["label", "texts"]]),
};

/** Lists that may hold personal texts rather than objects. Group messages list their participants by number. */
const LISTS: ReadonlyMap<string, PersonalKind> = new Map([
  ["phone_numbers", "phone_numbers"],
  ["emails", "emails"],
  ["participants", "phone_numbers"],
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
  "created_by",
  "updated_by",
  "reviewed_by",
  "reviewer",
  "evaluator",
]);

/** Objects in which people write, also in fields that Aircall does not document. */
const COMMENTED: ReadonlySet<string> = new Set([
  "evaluations",
  "evaluation",
  "call_evaluation",
  "playbook_result",
]);

/** The fields in such objects that hold no comments: names of scorecards and the like, kinds, languages, IDs and instants. */
const WITHOUT_COMMENTS = /^(id|name|type|status|language)$|_(id|type|at|by)$/;

/**
 * The kind of personal data in a field, or `undefined` if the field is not personal. `owner` is the
 * name of the field that contains the object, directly or in a list. For a row of a page, that is the
 * key of the list, such as `calls`.
 */
export function personalKind(owner: string, field: string): PersonalKind | undefined {
  if (field === "name") return PEOPLE.has(owner) ? "names" : undefined;
  const owned = Object.hasOwn(OWNED, owner) ? OWNED[owner]?.get(field) : undefined;
  return owned ?? ANYWHERE.get(field);
}

/** Whether people write in the object or list of this field, at any depth: a text in it is personal if `isComment` says so. */
export function isCommented(field: string): boolean {
  return COMMENTED.has(field);
}

/** Whether a text in this field of such an object may be what people wrote. */
export function isComment(field: string): boolean {
  return !WITHOUT_COMMENTS.test(field);
}

/** The kind of the strings in a list. */
export function personalKindOfTexts(list: string): PersonalKind | undefined {
  return LISTS.get(list);
}
