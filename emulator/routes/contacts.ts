import type { ContactLife } from "../account/contact-life.ts";
import { type Selection, UNKNOWN_ID, wholeNumber } from "../envelope.ts";
import { renderContact } from "../render/contact.ts";
import { digitsOf } from "./digits.ts";
import { type EmulatedStream, type Query, selectItems, serveList, type World } from "./stream.ts";

const shape = { key: "contacts", ordered: true, linked: true };

export const contacts: EmulatedStream = {
  name: "contacts",
  rows: listContacts,
  serve(app, world) {
    serveList(app, world, { ...shape, path: "/v1/contacts", select: listContacts });
    serveList(app, world, { ...shape, path: "/v1/contacts/search", select: searchContacts });
    app.get("/v1/contacts/:id", (context) => {
      const contact = world.account.contacts.find(wholeNumber(context.req.param("id")) ?? 0);
      if (contact === undefined) return context.json(UNKNOWN_ID, 404);
      return context.json({ contact: renderContact(contact, world.account.nowSeconds) });
    });
  },
};

function listContacts(world: World, query: Query): Selection {
  return select(world, createdInWindow(world, query));
}

function searchContacts(world: World, query: Query): Selection {
  const phoneNumber = query.text("phone_number");
  const email = query.text("email");
  const found = createdInWindow(world, query).filter(
    ({ phoneNumbers, emails }) =>
      (phoneNumber === undefined ||
        phoneNumbers.some(({ value }) => digitsOf(value) === digitsOf(phoneNumber))) &&
      (email === undefined || emails.some(({ value }) => value === email)),
  );
  return select(world, found);
}

/** `from` and `to` are inclusive. They always refer to the creation of a contact, even with `order_by=updated_at`. */
function createdInWindow(world: World, query: Query): readonly ContactLife[] {
  const orderBy = query.text("order_by") === "updated_at" ? "updated_at" : "created_at";
  const listed = world.account.contacts.listed(orderBy);
  const from = query.seconds("from");
  const to = query.seconds("to");
  if (from === null && to === null) return listed;
  return listed.filter(
    ({ createdAt }) => (from === null || createdAt >= from) && (to === null || createdAt <= to),
  );
}

function select(world: World, found: readonly ContactLife[]): Selection {
  return selectItems(found, (contact) => renderContact(contact, world.account.nowSeconds));
}
