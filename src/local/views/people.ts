import type { StreamName } from "../../streams/index.ts";
import type { ViewSpec } from "../store/index.ts";
import { fieldsOf, itemsOf, madeColumn } from "./described.ts";

/** A value of a contact that there may be several of. */
function contactValues(name: string, list: string, column: string, what: string): ViewSpec {
  const contact = fieldsOf("contacts");
  const value = itemsOf("contacts", list);
  return {
    name,
    description: `${what} of a contact.`,
    table: "contacts",
    unfolds: list,
    columns: [
      contact("contact_id", "id", { references: "contacts" }),
      contact("first_name"),
      contact("last_name"),
      contact("company_name"),
      madeColumn("position", "integer", "Place in the list of the contact, from 1.", (row) => row.position),
      value("value_id", "id"),
      value("label"),
      value(column, "value", { description: `${what}.` }),
    ],
  };
}

export const contactPhoneNumbers = contactValues(
  "contact_phone_numbers",
  "phone_numbers",
  "phone_number",
  "A phone number",
);

export const contactEmails = contactValues("contact_emails", "emails", "email", "An email address");

/** The users that a list of another object names. */
function pairs(name: string, table: StreamName, one: string, description: string): ViewSpec {
  const owner = fieldsOf(table);
  const user = itemsOf(table, "users");
  return {
    name,
    description,
    table,
    unfolds: "users",
    columns: [
      owner(`${one}_id`, "id", { references: table }),
      owner(`${one}_name`, "name"),
      user("user_id", "id", { references: "users" }),
      user("user_name", "name"),
      user("user_email", "email"),
    ],
  };
}

export const teamUsers = pairs("team_users", "teams", "team", "A team and one of its members.");

export const numberUsers = pairs(
  "number_users",
  "numbers",
  "number",
  "A number and a user who takes calls on it. Empty where Aircall lists numbers without their users.",
);
