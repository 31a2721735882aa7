import { labelledValues, numberFields } from "../nested.ts";
import { anyOf, documentSchema, flag, integer, isoInstant, list, MERGING, object, text } from "../schema.ts";

/** One line on a field that Aircall's sources describe differently. */
const ANY = ["object", "array", "string"];

const mediaFile = object("A file.", {
  file_name: text("Name of the file."),
  file_type: text("Media type, such as image/jpeg."),
  presigned_url: text("Address of the file. It expires."),
});

export const messageSchema = documentSchema(
  "Message",
  "id",
  { type: "string", description: "ID of the message." },
  {
    group_message_id: text("ID of a group message, where Aircall names it so."),
    group_conversation_id: text("ID of the group conversation."),
    participants: list("Phone numbers of the members of a group conversation.", {}),
    direct_link: text("API address of the message."),
    direction: text("inbound or outbound."),
    external_number: text("Phone number of the other party, as Aircall displays it."),
    raw_digits: text("Phone number of the other party."),
    international_format: text("Phone number of the other party, in international format."),
    body: text("Text of the message."),
    status: text("Delivery status, such as sent, received or delivered."),
    channel: text("whatsapp; absent for SMS and MMS."),
    media_details: list("Files of the message.", mediaFile),
    media_url: anyOf(["array", "string"], "Addresses of the files. They expire."),
    media: anyOf(["array", "object", "string"], "Files of the message, as some messages have them."),
    created_at: isoInstant("When the message was created."),
    sent_at: isoInstant("When the message was sent."),
    updated_at: isoInstant("When the message was last changed."),
    number: object("The company's number.", { id: integer("ID of the number."), ...numberFields }),
    contact: object("The contact with the other party's number.", {
      id: integer("ID of the contact."),
      direct_link: text("API address of the contact."),
      first_name: text("First name."),
      last_name: text("Last name."),
      company_name: text("Company."),
      information: text("Free text about the contact."),
      is_shared: flag("Whether the whole company sees the contact."),
      created_at: anyOf(["integer", "string"], "When the contact was created."),
      updated_at: anyOf(["integer", "string"], "When the contact was last changed."),
      phone_numbers: labelledValues("Phone numbers."),
      emails: labelledValues("Email addresses."),
    }),
    template_content: anyOf(ANY, "Values of the WhatsApp template."),
    type: text("Type of a WhatsApp message."),
    metadata: anyOf(ANY, "What WhatsApp adds to the message."),
    parent_id: anyOf(["integer", "string"], "ID of the message that a WhatsApp message replies to."),
    whatsapp_message_category: text("marketing, utility or authentication."),
    whatsapp_message_type: text("How WhatsApp charges for the message, such as regular."),
    recipient_country: text("ISO 3166-1 alpha-2 code of the recipient's country."),
  },
  MERGING,
);
