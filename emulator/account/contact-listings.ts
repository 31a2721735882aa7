import { type ContactLife, isAlive, updatedAt } from "./contact-life.ts";
import { ContactListing } from "./contact-listing.ts";
import { dayOf, SECONDS_PER_DAY } from "./time.ts";

export type ContactOrder = "created_at" | "updated_at";

/** Something that happens to a contact by itself. */
interface Happening {
  atSeconds: number;
  id: number;
}

/** The contacts in both orders. It follows the clock to the end of the UTC day in which it was made. */
export class Listings {
  readonly #lastSecond: number;
  readonly #contactOf: Map<number, ContactLife>;
  readonly #byCreation: ContactListing;
  readonly #byUpdate: ContactListing;
  /** What is still to happen on this day, the latest first. */
  readonly #toCome: Happening[];
  #nowSeconds: number;

  /** @param everyone all contacts that exist at some moment of the day. */
  constructor(everyone: readonly ContactLife[], nowSeconds: number) {
    this.#nowSeconds = nowSeconds;
    this.#lastSecond = (dayOf(nowSeconds) + 1) * SECONDS_PER_DAY - 1;
    this.#contactOf = new Map(everyone.map((contact) => [contact.id, contact]));
    const alive = everyone.filter((contact) => isAlive(contact, nowSeconds));
    this.#byCreation = new ContactListing(alive, (contact) => contact.createdAt);
    this.#byUpdate = new ContactListing(alive, (contact) => updatedAt(contact, nowSeconds));
    this.#toCome = everyone
      .flatMap((contact) => happenings(contact, nowSeconds, this.#lastSecond))
      .sort((left, right) => right.atSeconds - left.atSeconds);
  }

  canReach(nowSeconds: number): boolean {
    return nowSeconds >= this.#nowSeconds && nowSeconds <= this.#lastSecond;
  }

  /** Lets happen what happens up to then. */
  moveTo(nowSeconds: number): void {
    this.#nowSeconds = nowSeconds;
    for (let next = this.#toCome.at(-1); next && next.atSeconds <= nowSeconds; next = this.#toCome.at(-1)) {
      this.#toCome.pop();
      const contact = this.#contactOf.get(next.id);
      if (contact !== undefined) this.#place(contact);
    }
  }

  /** A contact that a test added or changed. */
  replace(contact: ContactLife): void {
    this.#contactOf.set(contact.id, contact);
    this.#place(contact);
  }

  contacts(order: ContactOrder): readonly ContactLife[] {
    return (order === "updated_at" ? this.#byUpdate : this.#byCreation).contacts;
  }

  #place(contact: ContactLife): void {
    if (isAlive(contact, this.#nowSeconds)) {
      this.#byCreation.place(contact, contact.createdAt);
      this.#byUpdate.place(contact, updatedAt(contact, this.#nowSeconds));
    } else {
      this.#byCreation.remove(contact.id);
      this.#byUpdate.remove(contact.id);
    }
  }
}

function happenings(contact: ContactLife, afterSeconds: number, throughSeconds: number): Happening[] {
  return [contact.createdAt, ...contact.editedAt, contact.deletedAt]
    .filter((atSeconds) => atSeconds > afterSeconds && atSeconds <= throughSeconds)
    .map((atSeconds) => ({ atSeconds, id: contact.id }));
}
