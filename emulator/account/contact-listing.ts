import type { ContactLife } from "./contact-life.ts";

interface Entry {
  readonly instant: number;
  readonly contact: ContactLife;
}

/** Contacts by an instant of each, then by id. One is moved without the others being sorted again. */
export class ContactListing {
  readonly #entries: Entry[];
  readonly #entryOf: Map<number, Entry>;
  #contacts: readonly ContactLife[] | null = null;

  /** @param instantOf is asked once for each contact. */
  constructor(contacts: readonly ContactLife[], instantOf: (contact: ContactLife) => number) {
    this.#entries = contacts
      .map((contact) => ({ instant: instantOf(contact), contact }))
      .sort((left, right) => left.instant - right.instant || left.contact.id - right.contact.id);
    this.#entryOf = new Map(this.#entries.map((entry) => [entry.contact.id, entry]));
  }

  /** Ascending. The array stays as it is when a contact is moved. */
  get contacts(): readonly ContactLife[] {
    this.#contacts ??= this.#entries.map(({ contact }) => contact);
    return this.#contacts;
  }

  /** The contact is listed there from now on, in the stead of what was listed by its id. */
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

  /** Where the entry stands, or would stand. */
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
