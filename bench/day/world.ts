import {
  API_ID,
  API_TOKEN,
  type Emulator,
  type EmulatorOptions,
  startEmulator,
} from "../../emulator/index.ts";
import type { Log, Ports } from "../../src/shared/ports.ts";
import { TestClock, takingTime } from "../../test/support/clock.ts";
import { type Change, changeOfContact, changesOfCalls } from "./changes.ts";
import { Watch } from "./watch.ts";

/** A Wednesday, in UTC. */
export const DAY_START_MS = Date.UTC(2026, 8, 16);
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export const CREDENTIALS = { apiId: API_ID, apiToken: API_TOKEN };

/** How far back the account goes: as far as Aircall lists calls. */
export const HISTORY_DAYS = 183;

const REQUEST_TAKES_MS = 300;

export function isOnDay(nowMs: number): boolean {
  return nowMs >= DAY_START_MS && nowMs < DAY_START_MS + DAY_MS;
}

export interface DayOptions {
  /** Calls that start on the measured day, within one in a hundred. */
  readonly calls: number;
  readonly contacts: number;
  readonly contactEdits: number;
  readonly listInProgress: boolean;
  /** When the clock begins to run. */
  readonly startMs: number;
}

/** An account with the measured day ahead of it, and all that will happen on that day. */
export interface DayWorld {
  readonly clock: TestClock;
  readonly ports: Ports;
  readonly emulator: Emulator;
  readonly watch: Watch;
  /** Lines of warning and above. */
  readonly complaints: string[];
  readonly callsOnDay: number;
}

export async function startDay(options: DayOptions): Promise<DayWorld> {
  const { account, callsOnDay, changes, startsMs } = await planDay(options);
  const clock = new TestClock(options.startMs);
  const emulator = await startEmulator({ ...account, clock });
  const complaints: string[] = [];
  const watch = new Watch(clock.now);
  for (const change of changes) watch.expect(change);
  editContacts(emulator, clock, watch, everyNth(startsMs, options.contactEdits));
  const ports = {
    clock,
    random: () => 0.5,
    fetch: takingTime(clock, emulator.fetch, REQUEST_TAKES_MS),
    log: complainingTo(complaints),
  };
  return { clock, ports, emulator, watch, complaints, callsOnDay };
}

interface DayPlan {
  readonly account: Partial<EmulatorOptions>;
  readonly callsOnDay: number;
  readonly changes: readonly Change[];
  /** When the calls of the day start, ascending. */
  readonly startsMs: readonly number[];
}

/** Sizes the account, and looks at it from the evening of the day after to see what the day brings. */
async function planDay(options: DayOptions): Promise<DayPlan> {
  const sized = (callsADay: number) => ({
    account: {
      calls: callsADay * HISTORY_DAYS,
      days: HISTORY_DAYS,
      contacts: options.contacts,
    },
    listInProgress: options.listInProgress,
    lastCallSeconds: (DAY_START_MS + DAY_MS) / 1000 - 1,
  });
  const drawn = await afterTheDay(sized(options.calls), (emulator) => startsOfDay(emulator).length);
  const account = sized((options.calls * options.calls) / drawn);
  return afterTheDay(account, (emulator) => {
    const startsMs = startsOfDay(emulator);
    const changes = changesOfCalls(emulator.account, DAY_START_MS / 1000);
    return { account, callsOnDay: startsMs.length, changes, startsMs };
  });
}

async function afterTheDay<Result>(
  account: Partial<EmulatorOptions>,
  look: (emulator: Emulator) => Result,
): Promise<Result> {
  const emulator = await startEmulator({ ...account, clock: { now: () => DAY_START_MS + 2 * DAY_MS } });
  try {
    return look(emulator);
  } finally {
    await emulator.close();
  }
}

function startsOfDay({ account }: Emulator): number[] {
  const { order } = account.calls;
  const day = order.slice(
    order.countBefore(DAY_START_MS / 1000),
    order.countBefore((DAY_START_MS + DAY_MS) / 1000),
  );
  return Array.from({ length: day.length }, (_, position) => day.startAt(position) * 1000);
}

/** Evenly chosen instants, so that what happens then has the shape of the day. */
function everyNth(instantsMs: readonly number[], count: number): number[] {
  const chosen = Array.from(
    { length: count },
    (_, index) => instantsMs[Math.floor((index * instantsMs.length) / count)],
  );
  return chosen.filter((instantMs) => instantMs !== undefined);
}

/** Somebody edits a contact, all over the address book, at each of the instants. */
async function editContacts(
  { account: { contacts } }: Emulator,
  clock: TestClock,
  watch: Watch,
  instantsMs: readonly number[],
): Promise<void> {
  for (const [index, instantMs] of instantsMs.entries()) {
    await clock.sleep(instantMs - clock.now());
    const everybody = contacts.listed("created_at");
    const contact = everybody[(index * 7_919) % everybody.length];
    if (contact === undefined) return;
    contacts.edit(contact.id, { information: `Called back, note ${index}` });
    watch.expect(changeOfContact(contact.id, Math.floor(instantMs / 1000)));
  }
}

function complainingTo(complaints: string[]): Log {
  const complain = (message: string) => {
    complaints.push(message);
  };
  return { debug: () => {}, info: () => {}, warn: complain, error: complain };
}
