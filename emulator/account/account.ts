import type { EmulatorClock } from "../clock.ts";
import type { ResolvedOptions } from "../options.ts";
import { hashText, type Random } from "../random.ts";
import { Calls } from "./calls.ts";
import { Collection } from "./collection.ts";
import { CONTACT_LIFETIME_DAYS } from "./contact-life.ts";
import { Contacts } from "./contacts.ts";
import { DayCalls } from "./day-calls.ts";
import {
  makeNumber,
  makeTag,
  makeTeam,
  makeUser,
  makeWebhook,
  type PhoneNumber,
  type Tag,
  type Team,
  type User,
} from "./directory.ts";
import { COMPANY_NAME } from "./names.ts";
import { Webhooks } from "./webhooks.ts";
import { ZONES, zoneAt, zoneIndexOf } from "./zones.ts";

/** One company's data. It is a function of the seed, the sizes and the clock, plus the changes that tests make. */
export class Account {
  readonly users: Collection<User>;
  readonly numbers: Collection<PhoneNumber>;
  readonly teams: Collection<Team>;
  readonly tags: Collection<Tag>;
  readonly webhooks: Webhooks;
  readonly contacts: Contacts;
  readonly calls: Calls;
  readonly #clock: EmulatorClock;
  #companyName = COMPANY_NAME;

  constructor(options: ResolvedOptions) {
    const { account: size, clock } = options;
    const seed = hashText(options.seed);
    this.#clock = clock;
    const createdNow = () => ({ createdAtSeconds: this.nowSeconds });
    this.users = new Collection(size.users, makeUser(seed, size.numbers), createdNow);
    this.numbers = new Collection(size.numbers, makeNumber(seed), createdNow);
    this.teams = new Collection(size.teams, makeTeam(seed, size.users), createdNow);
    this.tags = new Collection(size.tags, makeTag(seed));
    this.webhooks = new Webhooks(size.webhooks, makeWebhook(seed), createdNow, options);
    this.contacts = new Contacts(seed, size.contacts, clock);
    this.calls = this.#makeCalls(seed, options);
  }

  get nowSeconds(): number {
    return Math.floor(this.#clock.now() / 1000);
  }

  get companyName(): string {
    return this.#companyName;
  }

  renameCompany(name: string): void {
    this.#companyName = name;
  }

  #makeCalls(seed: number, options: ResolvedOptions): Calls {
    const { calls, days } = options.account;
    const numbers = this.numbers.listed;
    const zoneOfNumber = numbers.map((_, index) => zoneIndexOf(index));
    const ingredients = {
      seed,
      numberIdsByZone: ZONES.map((_, zone) =>
        idsOf(numbers.filter((_, index) => zoneOfNumber[index] === zone)),
      ),
      recordingNumberIds: new Set(idsOf(numbers.filter((number) => number.recordsCalls))),
      userIds: idsOf(this.users.listed),
      teamIds: idsOf(this.teams.listed),
      tagIds: idsOf(this.tags.listed),
      party: (random: Random, zoneIndex: number, day: number) => this.#party(random, zoneIndex, day),
    };
    const dayCalls = new DayCalls(seed, {
      callsPerDay: days > 0 ? calls / days : 0,
      zoneOfNumber,
      lastSeconds: options.lastCallSeconds,
    });
    return new Calls(dayCalls, ingredients, { ...options, days });
  }

  /** Draws the other party of a call: a contact, an unknown number, or rarely a withheld number. */
  #party(random: Random, zoneIndex: number, day: number): { digits: string; contactId: number | null } {
    const knownSince = day - random.integer(1, CONTACT_LIFETIME_DAYS - 1);
    const contact = random.pick(this.contacts.seededOn(knownSince));
    const stranger = zoneAt(zoneIndex).party(random.integer(0, 9_999));
    if (random.chance(0.02)) return { digits: "anonymous", contactId: null };
    const digits = contact?.phoneNumbers[0]?.value;
    return contact && digits ? { digits, contactId: contact.id } : { digits: stranger, contactId: null };
  }
}

function idsOf(items: readonly { id: number }[]): number[] {
  return items.map((item) => item.id);
}
