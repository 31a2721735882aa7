import { type ContactLife, informationOf, updatedAt } from "../account/contact-life.ts";
import { directLink } from "./links.ts";

/** A contact as the API returns it now. */
export function renderContact(contact: ContactLife, nowSeconds: number) {
  return {
    id: contact.id,
    direct_link: directLink(`/v1/contacts/${contact.id}`),
    first_name: contact.firstName,
    last_name: contact.lastName,
    company_name: contact.companyName,
    information: informationOf(contact, nowSeconds),
    is_shared: true,
    created_at: contact.createdAt,
    updated_at: updatedAt(contact, nowSeconds),
    phone_numbers: contact.phoneNumbers,
    emails: contact.emails,
  };
}
