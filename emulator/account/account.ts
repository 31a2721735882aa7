import type { EmulatorClock } from "../clock.ts";
import type { ResolvedOptions } from "../options.ts";
import { hashText, mix, type Random } from "../random.ts";
import { Calls } from "./calls.ts";
import { Changes } from "./changes.ts";
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
import { Insights } from "./insights.ts";
import { Messages } from "./messages.ts";
import { COMPANY_NAME } from "./names.ts";
import { Webhooks } from "./webhooks.ts";
import { ZONES, zoneAt, zoneIndexOf } from "./zones.ts";

/** Draws the other party of a call or message. */
type Party = (random: Random, zoneIndex: number, day: number) => { digits: string; contactId: number | null };

interface Traffic {
  zoneOfNumber: readonly number[];
  /** The IDs of the lines in each zone. */
  numberIdsByZone: readonly (readonly number[])[];
  party: Party;
  /** Nothing starts later than this Unix second. */
  lastSeconds: number;
  isEven: boolean;
}

/** One company's data. It is a function of the seed, the sizes and the clock, plus the changes that tests make. */
export class Account {
  readonly users: Collection<User>;
  readonly numbers: Collection<PhoneNumber>;
  readonly teams: Collection<Team>;
  readonly tags: Collection<Tag>;
  readonly webhooks: Webhooks;
  readonly contacts: Contacts;
  readonly calls: Calls;
  readonly messages: Messages;
  readonly insights: Insights;
  /** Reports what tests and requests change. */
  readonly changes = new Changes();
  readonly #clock: EmulatorClock;
  #companyName = COMPANY_NAME;

  constructor(options: ResolvedOptions) {
    const { account: size, clock } = options;
    const seed = hashText(options.seed);
    this.#clock = clock;
    const createdNow = () => ({ createdAtSeconds: this.nowSeconds });
    const { changes } = this;
    this.users = new Collection(
      size.users,
      makeUser(seed, size.numbers),
      createdNow,
      changes.reporter((change) => ({ of: "user", ...change })),
    );
    this.numbers = new Collection(
      size.numbers,
      makeNumber(seed),
      createdNow,
      changes.reporter((change) => ({ of: "number", ...change })),
    );
    this.teams = new Collection(size.teams, makeTeam(seed, size.users), createdNow);
    this.tags = new Collection(size.tags, makeTag(seed));
    this.webhooks = new Webhooks(
      size.webhooks,
      makeWebhook(seed),
      createdNow,
      changes.reporter((change) => ({ of: "webhook", ...change })),
      options,
    );
    this.contacts = new Contacts(seed, size.contacts, clock, changes);
    const traffic = this.#trafficOf(options);
    this.calls = this.#makeCalls(seed, options, traffic);
    this.messages = this.#makeMessages(seed, options, traffic);
    this.insights = new Insights(seed, this.calls, options, changes);
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

  /** Where calls and messages come in, and from whom. */
  #trafficOf(options: ResolvedOptions): Traffic {
    const numbers = this.numbers.listed;
    const zoneOfNumber = numbers.map((_, index) => zoneIndexOf(index));
    const numberIdsByZone = ZONES.map((_, zone) =>
      idsOf(numbers.filter((_, index) => zoneOfNumber[index] === zone)),
    );
    const party: Party = (random, zoneIndex, day) => this.#party(random, zoneIndex, day);
    const { lastCallSeconds: lastSeconds, traffic } = options;
    return { zoneOfNumber, numberIdsByZone, party, lastSeconds, isEven: traffic === "even" };
  }

  #makeCalls(seed: number, options: ResolvedOptions, traffic: Traffic): Calls {
    const { calls, days } = options.account;
    const ingredients = {
      seed,
      numberIdsByZone: traffic.numberIdsByZone,
      recordingNumberIds: new Set(idsOf(this.numbers.listed.filter((number) => number.recordsCalls))),
      userIds: idsOf(this.users.listed),
      teamIds: idsOf(this.teams.listed),
      tagIds: idsOf(this.tags.listed),
      party: traffic.party,
    };
    const dayCalls = new DayCalls(seed, { ...traffic, callsPerDay: days > 0 ? calls / days : 0 });
    return new Calls(dayCalls, ingredients, { ...options, days }, this.changes);
  }

  #makeMessages(seed: number, options: ResolvedOptions, traffic: Traffic): Messages {
    const { messagesPerDay, days } = options.account;
    const messageSeed = mix(seed, hashText("messages"));
    const starts = new DayCalls(messageSeed, { ...traffic, callsPerDay: messagesPerDay });
    return new Messages(starts, { ...traffic, seed: messageSeed }, { ...options, days }, this.changes);
  }

  /** Draws the other party: a contact, an unknown number, or rarely a withheld number. */
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
