import type { Static } from "typebox";
import { Check } from "typebox/schema";
import type { Json, JsonObject } from "../shared/json.ts";
import { labelledValues } from "./nested.ts";
import { documentSchema, flag, text, unixSeconds } from "./schema.ts";

export const contactSchema = documentSchema(
  "Contact",
  "id",
  { type: "integer", description: "ID of the contact." },
  {
    direct_link: text("API address of the contact."),
    first_name: text("First name."),
    last_name: text("Last name."),
    company_name: text("Company."),
    information: text("Free text about the contact."),
    is_shared: flag("Whether the whole company sees the contact."),
    created_at: unixSeconds("When the contact was created."),
    updated_at: unixSeconds("When the contact was last changed."),
    phone_numbers: labelledValues("Phone numbers."),
    emails: labelledValues("Email addresses."),
  },
);

/** What the logic relies on; everything else of a contact passes through unread. */
const CONTACT_ROW = {
  type: "object",
  required: ["id", "created_at", "updated_at"],
  properties: {
    id: { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    created_at: { type: "integer" },
    updated_at: { type: "integer" },
  },
} as const;
export type ContactRow = Static<typeof CONTACT_ROW>;

export const isContactRow = (row: Json): row is JsonObject & ContactRow => Check(CONTACT_ROW, row);
