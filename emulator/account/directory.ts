import { hashText, Random } from "../random.ts";
import { emailAddress, nthName, personName, TAG_NAMES, TEAM_NAMES } from "./names.ts";
import { SECONDS_PER_HOUR } from "./time.ts";
import { zoneAt } from "./zones.ts";

/** The company opened its account on 2024-01-08. Everything in the directory is newer. */
const OPENED_AT_SECONDS = Date.UTC(2024, 0, 8, 9) / 1000;

const FIRST_USER_ID = 500_001;
const FIRST_NUMBER_ID = 900_001;
const FIRST_TEAM_ID = 70_001;
const FIRST_TAG_ID = 110_001;
const FIRST_WEBHOOK_ID = 31_001;

export interface User {
  readonly id: number;
  name: string;
  email: string;
  createdAtSeconds: number;
  timeZone: string;
  language: string;
  /** Three digits. */
  extension: string;
  wrapUpSeconds: number;
  defaultNumberId: number | null;
  /** `always_open`, `always_closed`, or the reason that the user selected. */
  substatus: string;
}

export interface PhoneNumber {
  readonly id: number;
  name: string;
  /** In display format, with spaces. */
  digits: string;
  createdAtSeconds: number;
  country: string;
  timeZone: string;
  isIvr: boolean;
  recordsCalls: boolean;
  priority: number | null;
}

export interface Team {
  readonly id: number;
  name: string;
  createdAtSeconds: number;
  userIds: number[];
}

export interface Tag {
  readonly id: number;
  name: string;
  /** `#` and six hexadecimal digits. */
  color: string;
  description: string | null;
}

export interface Webhook {
  /** The deprecated numeric ID. */
  readonly id: number;
  /** The primary ID, with which `direct_link` ends. */
  uuid: string;
  createdAtSeconds: number;
  url: string;
  active: boolean;
  /** 32 hexadecimal digits, sent with every event. */
  token: string;
  events: string[];
}

const CREATED_EVERY_SECONDS = 3 * SECONDS_PER_HOUR;

/** Items are created every few hours from the opening on, so that creation dates ascend with the IDs. */
function createdAt(index: number, random: Random): number {
  return OPENED_AT_SECONDS + index * CREATED_EVERY_SECONDS + random.integer(0, CREATED_EVERY_SECONDS - 1);
}

export function makeUser(seed: number, numberCount: number): (index: number) => User {
  return (index) => {
    const random = new Random(seed, hashText("user"), index);
    const name = personName(random);
    const { timeZone, language } = zoneAt(index);
    return {
      id: FIRST_USER_ID + index,
      name: `${name.first} ${name.last}`,
      email: emailAddress(name, index + 1, "example.com"),
      createdAtSeconds: createdAt(index, random),
      timeZone,
      language,
      extension: String(index + 1).padStart(3, "0"),
      wrapUpSeconds: random.integer(0, 4) * 15,
      defaultNumberId: numberCount > 0 ? FIRST_NUMBER_ID + random.integer(0, numberCount - 1) : null,
      substatus: random.chance(0.9) ? "always_open" : "Back office",
    };
  };
}

export function makeNumber(seed: number): (index: number) => PhoneNumber {
  return (index) => {
    const random = new Random(seed, hashText("number"), index);
    const zone = zoneAt(index);
    return {
      id: FIRST_NUMBER_ID + index,
      name: `${nthName(TEAM_NAMES, index % TEAM_NAMES.length, "Line")} ${zone.country} ${index + 1}`,
      digits: zone.line(index),
      createdAtSeconds: createdAt(index, random),
      country: zone.country,
      timeZone: zone.timeZone,
      isIvr: random.chance(0.3),
      recordsCalls: random.chance(0.8),
      priority: [0, null, 1][index % 3] ?? null,
    };
  };
}

export function makeTeam(seed: number, userCount: number): (index: number) => Team {
  return (index) => {
    const random = new Random(seed, hashText("team"), index);
    const members = Array.from({ length: userCount }, (_, user) => FIRST_USER_ID + user);
    return {
      id: FIRST_TEAM_ID + index,
      name: nthName(TEAM_NAMES, index, "Team"),
      createdAtSeconds: createdAt(index, random),
      userIds: members.filter(() => random.chance(0.2)),
    };
  };
}

export function makeTag(seed: number): (index: number) => Tag {
  return (index) => {
    const random = new Random(seed, hashText("tag"), index);
    return {
      id: FIRST_TAG_ID + index,
      name: nthName(TAG_NAMES, index, "Tag"),
      color: `#${random.hex(6)}`,
      description: random.chance(0.3) ? "queue_callback" : null,
    };
  };
}

export function makeWebhook(seed: number): (index: number) => Webhook {
  return (index) => {
    const random = new Random(seed, hashText("webhook"), index);
    return {
      id: FIRST_WEBHOOK_ID + index,
      uuid: `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-8${random.hex(3)}-${random.hex(12)}`,
      createdAtSeconds: createdAt(index, random),
      url: `https://hooks.example.test/aircall/${index + 1}`,
      active: random.chance(0.9),
      token: random.hex(32),
      events: ["call.created", "call.answered", "call.ended", "contact.updated"].slice(
        0,
        random.integer(1, 4),
      ),
    };
  };
}
