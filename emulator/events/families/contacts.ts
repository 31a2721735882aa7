import type { Change } from "../../account/changes.ts";
import type { ContactLife } from "../../account/contact-life.ts";
import { dayOf, NEVER } from "../../account/time.ts";
import { eventContact } from "../../render/events.ts";
import type { Consequences, Family, FamilyWorld, Happening, Horizon } from "../happening.ts";

export class ContactEvents implements Family {
  readonly resource = "contact";
  readonly #world: FamilyWorld;
  /** The day whose seeded contacts were looked at last, and what happens to them on it. */
  #day = Number.NaN;
  #ofDay: Happening[] = [];

  constructor(world: FamilyWorld) {
    this.#world = world;
  }

  *pending(): Generator<Happening> {
    for (const contact of this.#world.account.contacts.touched.values()) yield* this.#of(contact);
  }

  *beginning(afterSeconds: number, untilSeconds: number): Generator<Happening> {
    const { touched } = this.#world.account.contacts;
    for (let day = dayOf(afterSeconds); day <= dayOf(untilSeconds); day++) {
      for (const happening of this.#seededOn(day)) {
        const isWithin = happening.atMs > afterSeconds * 1_000 && happening.atMs <= untilSeconds * 1_000;
        if (isWithin && !touched.has(Number(happening.id))) yield happening;
      }
    }
  }

  consequencesOf(change: Change, { nowMs }: Horizon): Consequences | null {
    if (change.of !== "contact") return null;
    const contact = this.#world.account.contacts.recall(change.id);
    if (contact === undefined) return { announced: [], coming: [] };
    return {
      announced: change.event === null ? [] : [this.#happening(contact, change.event, nowMs)],
      coming: this.#of(contact),
    };
  }

  #seededOn(day: number): Happening[] {
    if (day === this.#day) return this.#ofDay;
    this.#ofDay = [];
    for (const contact of this.#world.account.contacts.untouchedOn(day)) {
      for (const happening of this.#of(contact))
        if (dayOf(happening.atMs / 1_000) === day) this.#ofDay.push(happening);
    }
    this.#day = day;
    return this.#ofDay;
  }

  *#of(contact: ContactLife): Generator<Happening> {
    yield this.#happening(contact, "contact.created", contact.createdAt * 1_000);
    for (const atSeconds of contact.editedAt) {
      if (atSeconds > contact.createdAt && atSeconds < contact.deletedAt)
        yield this.#happening(contact, "contact.updated", atSeconds * 1_000);
    }
    if (contact.deletedAt < NEVER)
      yield this.#happening(contact, "contact.deleted", contact.deletedAt * 1_000);
  }

  #happening(contact: ContactLife, event: string, atMs: number): Happening {
    return { event, resource: "contact", id: contact.id, atMs, data: () => this.#data(contact, event, atMs) };
  }

  #data(contact: ContactLife, event: string, atMs: number): object {
    const shown = eventContact(contact, Math.floor(atMs / 1_000), this.#world.options);
    return event === "contact.deleted" ? { ...shown, phone_numbers: [], emails: [] } : shown;
  }
}
