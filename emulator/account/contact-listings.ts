import { type ContactLife, isAlive, updatedAt } from "./contact-life.ts";
import { ContactListing } from "./contact-listing.ts";
import { dayOf, SECONDS_PER_DAY } from "./time.ts";

export type ContactOrder = "created_at" | "updated_at";

/** A change of a contact that no test makes. */
interface ScheduledChange {
  atSeconds: number;
  id: number;
}

/** The contacts in both orders. A listing can follow the clock until the end of the UTC day for which it was made. */
export class Listings {
  readonly #lastSecond: number;
  readonly #contactOf: Map<number, ContactLife>;
  readonly #byCreation: ContactListing;
  readonly #byUpdate: ContactListing;
  /** The changes that are still to happen on this day, latest first. */
  readonly #upcoming: ScheduledChange[];
  #nowSeconds: number;

  /** @param everyone all contacts that exist at some time of the day. */
  constructor(everyone: readonly ContactLife[], nowSeconds: number) {
    this.#nowSeconds = nowSeconds;
    this.#lastSecond = (dayOf(nowSeconds) + 1) * SECONDS_PER_DAY - 1;
    this.#contactOf = new Map(everyone.map((contact) => [contact.id, contact]));
    const alive = everyone.filter((contact) => isAlive(contact, nowSeconds));
    this.#byCreation = new ContactListing(alive, (contact) => contact.createdAt);
    this.#byUpdate = new ContactListing(alive, (contact) => updatedAt(contact, nowSeconds));
    this.#upcoming = everyone
      .flatMap((contact) => changesBetween(contact, nowSeconds, this.#lastSecond))
      .sort((left, right) => right.atSeconds - left.atSeconds);
  }

  canReach(nowSeconds: number): boolean {
    return nowSeconds >= this.#nowSeconds && nowSeconds <= this.#lastSecond;
  }

  /** Applies the changes up to an instant. */
  moveTo(nowSeconds: number): void {
    this.#nowSeconds = nowSeconds;
    for (
      let next = this.#upcoming.at(-1);
      next && next.atSeconds <= nowSeconds;
      next = this.#upcoming.at(-1)
    ) {
      this.#upcoming.pop();
      const contact = this.#contactOf.get(next.id);
      if (contact !== undefined) this.#place(contact);
    }
  }

  /** Adds or replaces a contact that a test added or changed. */
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

function changesBetween(
  contact: ContactLife,
  afterSeconds: number,
  throughSeconds: number,
): ScheduledChange[] {
  return [contact.createdAt, ...contact.editedAt, contact.deletedAt]
    .filter((atSeconds) => atSeconds > afterSeconds && atSeconds <= throughSeconds)
    .map((atSeconds) => ({ atSeconds, id: contact.id }));
}
