import type { ContactLife } from "./contact-life.ts";

interface Entry {
  readonly instant: number;
  readonly contact: ContactLife;
}

/** Contacts in the order of an instant, then of their IDs. Moving one contact does not sort the others again. */
export class ContactListing {
  readonly #entries: Entry[];
  readonly #entryOf: Map<number, Entry>;
  #contacts: readonly ContactLife[] | null = null;

  /** @param instantOf is called once for each contact. */
  constructor(contacts: readonly ContactLife[], instantOf: (contact: ContactLife) => number) {
    this.#entries = contacts
      .map((contact) => ({ instant: instantOf(contact), contact }))
      .sort((left, right) => left.instant - right.instant || left.contact.id - right.contact.id);
    this.#entryOf = new Map(this.#entries.map((entry) => [entry.contact.id, entry]));
  }

  /** In ascending order. Later changes of the listing do not change the returned array. */
  get contacts(): readonly ContactLife[] {
    this.#contacts ??= this.#entries.map(({ contact }) => contact);
    return this.#contacts;
  }

  /** Lists a contact at an instant, in place of any entry with the same ID. */
  place(contact: ContactLife, instant: number): void {
    this.remove(contact.id);
    const entry = { instant, contact };
    this.#entries.splice(this.#positionOf(entry), 0, entry);
    this.#entryOf.set(contact.id, entry);
    this.#contacts = null;
  }

  remove(id: number): void {
    const entry = this.#entryOf.get(id);
    if (entry === undefined) return;
    this.#entries.splice(this.#positionOf(entry), 1);
    this.#entryOf.delete(id);
    this.#contacts = null;
  }

  /** The position of the entry, or the position at which to insert it. */
  #positionOf({ instant, contact }: Entry): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#entries[middle];
      const isBefore =
        other !== undefined &&
        (other.instant === instant ? other.contact.id < contact.id : other.instant < instant);
      if (isBefore) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
