import { labelledValues } from "../nested.ts";
import type { RowNeeds } from "../rows.ts";
import { documentSchema, flag, text, unixSeconds } from "../schema.ts";
import { isId } from "../values.ts";

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

export type ContactRow = { id: number };

/** A contact without a time of change is read by the full scan. */
export const CONTACT_NEEDS: RowNeeds<ContactRow> = { id: isId };
