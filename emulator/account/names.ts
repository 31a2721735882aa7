import type { Random } from "../random.ts";

const FIRST_NAMES = [
  "Amber",
  "Basil",
  "Cobalt",
  "Coral",
  "Ember",
  "Flint",
  "Hazel",
  "Indigo",
  "Jasper",
  "Juniper",
  "Linden",
  "Maple",
  "Marble",
  "Nettle",
  "Onyx",
  "Opal",
  "Pepper",
  "Quill",
  "Reed",
  "Saffron",
  "Sage",
  "Teal",
  "Umber",
  "Willow",
];
const LAST_NAMES = [
  "Demoson",
  "Draftley",
  "Dummersby",
  "Exampleby",
  "Fixtureby",
  "Ipsumley",
  "Loremont",
  "Mockford",
  "Placeholm",
  "Protoville",
  "Sampleton",
  "Sketchwell",
  "Specimenson",
  "Testwell",
  "Trialbrook",
  "Variableson",
];
const COMPANIES = [
  "Placeholder Parts",
  "Sample Street Bakery",
  "Lorem Logistics",
  "Ipsum Insurance",
  "Mockingbird Mills",
  "Example Orchards",
  "Dummy & Draft",
  "Test Tube Toys",
  "Fixture Furniture",
  "Specimen Seeds",
];

export const TAG_NAMES = [
  "Refund",
  "Billing",
  "Callback",
  "Complaint",
  "Demo request",
  "Upgrade",
  "Wrong number",
  "Delivery",
  "Returns",
  "Renewal",
  "Cancellation",
  "Feedback",
  "Technical",
  "Follow-up",
  "Sales lead",
];

export const TEAM_NAMES = [
  "Support",
  "Sales",
  "Billing",
  "Onboarding",
  "Success",
  "Dispatch",
  "Renewals",
  "Returns",
];

export const COMMENTS = [
  "call back monday",
  "asked for an invoice",
  "left a message\nwill try again",
  "wants a demo",
  "problem solved",
  "sent the price list",
  "transferred the order details",
  "not interested",
];

export const MESSAGES = [
  "Is my order on its way?",
  "Thank you, that works.",
  "Please call me back this afternoon.",
  "Your parcel arrives on Friday.\nReply STOP to end these messages.",
  "Can you send the invoice again?",
  "We have moved your appointment to 15:00.",
];

export const COMPANY_NAME = "Lorem & Sample Ltd";

export interface PersonName {
  first: string;
  last: string;
}

export function personName(random: Random): PersonName {
  return { first: random.pick(FIRST_NAMES) ?? "", last: random.pick(LAST_NAMES) ?? "" };
}

export function companyName(random: Random): string {
  return random.pick(COMPANIES) ?? "";
}

/** An address in a reserved domain, which cannot be owned. `distinct` makes addresses of equal names differ. */
export function emailAddress(name: PersonName, distinct: number, domain: string): string {
  return `${name.first}.${name.last}.${distinct}@${domain}`.toLowerCase();
}

/** The n-th name of a list, or a numbered name after the end of the list. */
export function nthName(names: readonly string[], index: number, kind: string): string {
  return names[index] ?? `${kind} ${index + 1}`;
}
