import { hashText, Random } from "../random.ts";
import { companyName, emailAddress, personName } from "./names.ts";
import { NEVER, SECONDS_PER_DAY } from "./time.ts";
import { ZONES, zoneAt } from "./zones.ts";

export interface ContactDetail {
  id: number;
  label: string;
  value: string;
}

/** Everything that happens to one contact. Instants are in Unix seconds. */
export interface ContactLife {
  readonly id: number;
  firstName: string;
  lastName: string;
  companyName: string;
  /** A fixed note, or null for one that changes with each seeded edit. */
  information: string | null;
  createdAt: number;
  /** In ascending order. */
  editedAt: number[];
  deletedAt: number;
  phoneNumbers: ContactDetail[];
  emails: ContactDetail[];
}

/** Contacts are deleted after this time at the latest, so that the number of contacts stays constant. */
export const CONTACT_LIFETIME_DAYS = 730;

/** How many IDs are reserved for the contacts of one UTC day. */
export const CONTACT_IDS_PER_DAY = 10_000;

export function generateContact(seed: number, day: number, index: number): ContactLife {
  const random = new Random(seed, hashText("contact"), day, index);
  const id = day * CONTACT_IDS_PER_DAY + index;
  const name = personName(random);
  const createdAt = day * SECONDS_PER_DAY + random.integer(0, SECONDS_PER_DAY - 1);
  const zone = zoneAt(random.integer(0, ZONES.length - 1));
  const lastsDays = random.chance(0.05) ? random.integer(1, CONTACT_LIFETIME_DAYS) : CONTACT_LIFETIME_DAYS;
  return {
    id,
    firstName: name.first,
    lastName: name.last,
    companyName: companyName(random),
    information: null,
    createdAt,
    editedAt: editsAfter(createdAt, random),
    deletedAt: createdAt + lastsDays * SECONDS_PER_DAY,
    phoneNumbers: [{ id: id * 10, label: "Work", value: zone.party(random.integer(0, 9_999)) }],
    emails: random.chance(0.7)
      ? [{ id: id * 10 + 1, label: "Work", value: emailAddress(name, id, "example.org") }]
      : [],
  };
}

/** A contact that a test adds. Nothing happens to it unless the test causes it. */
export function newContact(seed: number, day: number, index: number, createdAt: number): ContactLife {
  return { ...generateContact(seed, day, index), createdAt, editedAt: [], deletedAt: NEVER };
}

/** Draws up to three edits, weeks or months apart. */
function editsAfter(createdAt: number, random: Random): number[] {
  const edits: number[] = [];
  let editedAt = createdAt;
  for (let left = random.integer(0, 3); left > 0; left--) {
    editedAt += Math.ceil(random.lognormal(60, 1) * SECONDS_PER_DAY);
    edits.push(editedAt);
  }
  return edits;
}

export function updatedAt(contact: ContactLife, nowSeconds: number): number {
  return contact.editedAt.findLast((atSeconds) => atSeconds <= nowSeconds) ?? contact.createdAt;
}

export function informationOf(contact: ContactLife, nowSeconds: number): string {
  if (contact.information !== null) return contact.information;
  const edits = contact.editedAt.filter((atSeconds) => atSeconds <= nowSeconds).length;
  return edits === 0 ? "" : `Reviewed, note ${edits}`;
}

export function isAlive(contact: ContactLife, nowSeconds: number): boolean {
  return contact.createdAt <= nowSeconds && nowSeconds < contact.deletedAt;
}
