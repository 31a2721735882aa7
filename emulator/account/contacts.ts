import type { EmulatorClock } from "../clock.ts";
import { hashText, Random } from "../random.ts";
import type { Changes } from "./changes.ts";
import {
  CONTACT_IDS_PER_DAY,
  CONTACT_LIFETIME_DAYS,
  type ContactLife,
  generateContact,
  informationOf,
  isAlive,
  newContact,
} from "./contact-life.ts";
import { type ContactOrder, Listings } from "./contact-listings.ts";
import { dayOf, NEVER } from "./time.ts";

/** Contacts that tests add have this index and higher ones, on each day. */
const FIRST_ADDED_INDEX = CONTACT_IDS_PER_DAY / 2;

type ContactChanges = Partial<Omit<ContactLife, "id" | "createdAt" | "editedAt" | "deletedAt">>;

/** An import can leave `editedAt`, and so `updated_at`, before the creation. */
type NewContact = ContactChanges & Partial<Pick<ContactLife, "editedAt">>;

/** The shared contacts of the account: seeded contacts, and those that tests add or change. */
export class Contacts {
  readonly #seed: number;
  readonly #perDay: number;
  readonly #clock: EmulatorClock;
  readonly #changes: Changes;
  readonly #seeded = new Map<number, ContactLife[]>();
  /** Contacts that tests added or changed. Seeded contacts stay unchanged, since calls are generated from them. */
  readonly #touched = new Map<number, ContactLife>();
  #addedCount = 0;
  #listings: Listings | null = null;

  constructor(seed: number, size: number, clock: EmulatorClock, changes: Changes) {
    this.#seed = seed;
    this.#perDay = size / CONTACT_LIFETIME_DAYS;
    this.#clock = clock;
    this.#changes = changes;
  }

  get #nowSeconds(): number {
    return Math.floor(this.#clock.now() / 1000);
  }

  find(id: number, atSeconds = this.#nowSeconds): ContactLife | undefined {
    const contact = this.recall(id);
    return contact !== undefined && isAlive(contact, atSeconds) ? contact : undefined;
  }

  /** Finds a contact even if it was removed, or is still to be created. */
  recall(id: number): ContactLife | undefined {
    const day = Math.floor(id / CONTACT_IDS_PER_DAY);
    return this.#touched.get(id) ?? this.seededOn(day)[id % CONTACT_IDS_PER_DAY];
  }

  /** The contacts that tests added or changed. */
  get touched(): ReadonlyMap<number, ContactLife> {
    return this.#touched;
  }

  /** The seeded contacts that can exist on a UTC day and that no test has changed. */
  *untouchedOn(day: number): Generator<ContactLife> {
    for (let created = day - CONTACT_LIFETIME_DAYS; created <= day; created++) {
      for (const contact of this.seededOn(created)) if (!this.#touched.has(contact.id)) yield contact;
    }
  }

  /** The contacts that exist now, in ascending order. The array is shared: do not change it. */
  listed(order: ContactOrder): readonly ContactLife[] {
    return this.#listingsNow().contacts(order);
  }

  /** Adds a generated contact with the given properties, created now, and returns its ID. */
  add(properties: NewContact = {}): number {
    const nowSeconds = this.#nowSeconds;
    const day = dayOf(nowSeconds);
    const index = FIRST_ADDED_INDEX + (this.#addedCount++ % FIRST_ADDED_INDEX);
    const contact = { ...newContact(this.#seed, day, index, nowSeconds), ...properties };
    this.#change(contact, "contact.created");
    return contact.id;
  }

  /** Changes a contact and moves its `updated_at` to now. */
  edit(id: number, changes: ContactChanges): void {
    const contact = this.#existing(id);
    const nowSeconds = this.#nowSeconds;
    const editedAt = [...contact.editedAt, nowSeconds].sort((left, right) => left - right);
    const information = informationOf(contact, nowSeconds);
    this.#change({ ...contact, information, ...changes, editedAt }, "contact.updated");
  }

  /** Changes a contact without changing its `updated_at`, and without an event. */
  editSilently(id: number, changes: ContactChanges): void {
    this.#change({ ...this.#existing(id), ...changes }, null);
  }

  remove(id: number): void {
    this.#change({ ...this.#existing(id), deletedAt: this.#nowSeconds }, "contact.deleted");
  }

  /** Undoes a removal, without an event. */
  restore(id: number): void {
    const contact = this.#touched.get(id);
    if (contact === undefined) throw new RangeError(`no contact with id ${id} was removed`);
    this.#change({ ...contact, deletedAt: NEVER }, null);
  }

  /** The seeded contacts created on a UTC day, removed ones included. */
  seededOn(day: number): readonly ContactLife[] {
    const known = this.#seeded.get(day) ?? this.#generate(day);
    this.#seeded.set(day, known);
    return known;
  }

  #generate(day: number): ContactLife[] {
    const random = new Random(this.#seed, hashText("contacts"), day);
    const count = Math.floor(this.#perDay) + (random.chance(this.#perDay % 1) ? 1 : 0);
    return Array.from({ length: count }, (_, index) => generateContact(this.#seed, day, index));
  }

  #listingsNow(): Listings {
    const nowSeconds = this.#nowSeconds;
    if (this.#listings === null || !this.#listings.canReach(nowSeconds)) {
      this.#listings = new Listings(this.#everyone(nowSeconds), nowSeconds);
    }
    this.#listings.moveTo(nowSeconds);
    return this.#listings;
  }

  /** All contacts that can exist today, including those already deleted and those still to be created. */
  #everyone(nowSeconds: number): ContactLife[] {
    const today = dayOf(nowSeconds);
    return [...this.#touched.values(), ...this.untouchedOn(today)];
  }

  #existing(id: number): ContactLife {
    const contact = this.find(id);
    if (contact === undefined) throw new RangeError(`no contact has id ${id}`);
    return contact;
  }

  #change(contact: ContactLife, event: string | null): void {
    this.#changes.before();
    this.#listingsNow().replace(contact);
    this.#touched.set(contact.id, contact);
    this.#changes.after({ of: "contact", id: contact.id, event });
  }
}
