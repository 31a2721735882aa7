import {
  type Account,
  API_ID,
  API_TOKEN,
  type Emulator,
  type EmulatorOptions,
  type EventOptions,
  startEmulator,
} from "../../emulator/index.ts";
import type { Log, Ports } from "../../src/shared/ports.ts";
import { TestClock, takingTime } from "../../test/support/clock.ts";
import { type Change, changeOfContact, changesOfCalls, KINDS, type Kind } from "./changes.ts";
import { Deliveries, freePort, sendEverySecond, sendingEvents } from "./events.ts";
import { type InsightResult, InsightWatch } from "./insights.ts";
import { type Staleness, Watch } from "./watch.ts";

/** A Wednesday, in UTC. */
export const DAY_START_MS = Date.UTC(2026, 8, 16);
export const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const CREDENTIALS = { apiId: API_ID, apiToken: API_TOKEN };

/** How far back the account goes: as far as Aircall lists calls. */
export const HISTORY_DAYS = 183;

/** Half of it on the way there, half on the way back. */
const REQUEST_TAKES_MS = 300;

export interface DayOptions {
  /** Calls that start on the measured day, within 1 %. */
  readonly calls: number;
  readonly contacts: number;
  readonly contactEdits: number;
  readonly listInProgress: boolean;
  /** How long before the measured day the capture starts. */
  readonly warmUpMs: number;
  /** How long after the measured day its changes are waited for, at most. */
  readonly waitDays: number;
  /** How Aircall sends events. Left out, the capture receives none. */
  readonly events?: Partial<EventOptions>;
  /** The share of the calls with a recording or voicemail that have insights. Left out, the capture asks for none. */
  readonly insightShare?: number;
}

/** What a capture of the day runs with. */
export interface DayWorld {
  readonly clock: TestClock;
  readonly ports: Ports;
  readonly origin: string;
  /** Where a capture that receives events is to listen. */
  readonly eventsPort: number | undefined;
  /** Aborts when the capture has to end. */
  readonly signal: AbortSignal;
  /** Takes each captured document of a call or contact. */
  readonly watch: Watch<Kind>;
  /** Takes each captured document of an insight. Absent where none are captured. */
  readonly insights: InsightWatch | undefined;
  countRequest(stream: string, purpose: string): void;
}

export interface RunResult {
  readonly callsOnDay: number;
  /** Requests on the measured day, by stream and purpose. */
  readonly requests: Readonly<Record<string, number>>;
  /** Requests of the whole run that the API refused for being too many. */
  readonly refused: number;
  readonly staleness: readonly Staleness<Kind>[];
  /** Of the changes that no event announced in time, where events are received. */
  readonly unannounced?: readonly Staleness<Kind>[];
  readonly insights?: InsightResult;
  /** Log lines of warning and above. */
  readonly complaints: readonly string[];
}

/** Runs a capture through the measured day on a simulated clock. */
export async function simulateDay(
  options: DayOptions,
  capture: (world: DayWorld) => Promise<void>,
): Promise<RunResult> {
  const { options: size, account, startsMs, changes } = await planDay(options);
  const clock = new TestClock(DAY_START_MS - options.warmUpMs);
  const deliveries = new Deliveries();
  const eventsPort = options.events && (await freePort());
  const emulator = await startEmulator({
    ...size,
    ...(options.events && sendingEvents(options.events, deliveries, clock)),
    clock,
  });
  const watch = new Watch(Object.keys(KINDS) as Kind[], clock.now);
  for (const change of changes) watch.expect(change);
  const insights =
    options.insightShare === undefined
      ? undefined
      : new InsightWatch(account, DAY_START_MS / 1000, clock.now);
  void editContacts(emulator, clock, watch, spread(startsMs, options.contactEdits));
  const stopping = new AbortController();
  if (options.events) void sendEverySecond(emulator, clock, stopping.signal);
  const complaints: string[] = [];
  const requests: Record<string, number> = {};
  const isMeasured = () => clock.now() >= DAY_START_MS && clock.now() < DAY_START_MS + DAY_MS;
  let webhookRequests = 0;
  const countingWebhooks: typeof fetch = (input, init) => {
    if (isMeasured() && String(input).includes("/v1/webhooks")) webhookRequests += 1;
    return emulator.fetch(input, init);
  };
  const running = capture({
    clock,
    ports: {
      clock,
      random: () => 0.5,
      fetch: takingTime(clock, countingWebhooks, REQUEST_TAKES_MS),
      log: collecting(complaints, insights),
    },
    origin: emulator.url,
    eventsPort,
    signal: stopping.signal,
    watch,
    insights,
    countRequest(stream, purpose) {
      const name = `${stream}, ${purpose}`;
      if (isMeasured()) requests[name] = (requests[name] ?? 0) + 1;
    },
  });
  await clock.runUntil(DAY_START_MS + DAY_MS);
  const lastMs = DAY_START_MS + (1 + options.waitDays) * DAY_MS;
  // Insights are asked for again at ages, whether they have changed or not.
  while ((insights || !watch.isOver) && clock.now() < lastMs)
    await clock.runUntil(Math.min(lastMs, clock.now() + HOUR_MS));
  stopping.abort();
  await running;
  await emulator.close();
  // No binding reports the requests that keep the webhook of the capture whole.
  const forOwnWebhook = webhookRequests - (requests["webhooks, snapshot"] ?? 0);
  return {
    callsOnDay: startsMs.length,
    requests: { ...requests, ...(options.events && { "webhook of the capture": forOwnWebhook }) },
    refused: emulator.requests.refused,
    staleness: watch.staleness(),
    ...(options.events && { unannounced: watch.staleness((change) => !deliveries.announced(change)) }),
    ...(insights && { insights: insights.result() }),
    complaints,
  };
}

interface DayPlan {
  readonly options: Partial<EmulatorOptions>;
  readonly account: Account;
  /** When the calls of the day start, ascending. */
  readonly startsMs: readonly number[];
  readonly changes: readonly Change[];
}

/** Draws an account, and corrects its size by the number of calls that the first draw has on the day. */
export async function planDay({
  calls,
  contacts,
  listInProgress,
  insightShare,
}: Pick<DayOptions, "calls" | "contacts" | "listInProgress" | "insightShare">): Promise<DayPlan> {
  const draw = async (callsADay: number) => {
    const options = {
      account: { calls: callsADay * HISTORY_DAYS, days: HISTORY_DAYS, contacts, webhooks: 0 },
      listInProgress,
      ...(insightShare !== undefined && { insights: { share: insightShare } }),
      lastCallSeconds: (DAY_START_MS + DAY_MS) / 1000 - 1,
    };
    const emulator = await startEmulator({ ...options, clock: { now: () => DAY_START_MS + 2 * DAY_MS } });
    await emulator.close();
    return { options, emulator, startsMs: startsOfDay(emulator) };
  };
  const first = await draw(calls);
  const { options, emulator, startsMs } = await draw((calls * calls) / first.startsMs.length);
  const { account } = emulator;
  return { options, account, startsMs, changes: changesOfCalls(account, DAY_START_MS / 1000) };
}

function startsOfDay({ account }: Emulator): number[] {
  const { order } = account.calls;
  const day = order.slice(
    order.countBefore(DAY_START_MS / 1000),
    order.countBefore((DAY_START_MS + DAY_MS) / 1000),
  );
  return Array.from({ length: day.length }, (_, position) => day.startAt(position) * 1000);
}

/** So many of the instants, evenly chosen, so that they keep the shape of the day. */
function spread(instantsMs: readonly number[], count: number): number[] {
  return Array.from(
    { length: count },
    (_, index) => instantsMs[Math.floor((index * instantsMs.length) / count)] ?? DAY_START_MS,
  );
}

/** Edits a contact at each of the instants, all over the address book. */
async function editContacts(
  { account: { contacts } }: Emulator,
  clock: TestClock,
  watch: Watch<Kind>,
  instantsMs: readonly number[],
): Promise<void> {
  for (const [index, instantMs] of instantsMs.entries()) {
    await clock.sleep(instantMs - clock.now());
    const all = contacts.listed("created_at");
    const contact = all[(index * 7_919) % all.length];
    if (contact === undefined) return;
    contacts.edit(contact.id, { information: `Called back, note ${index}` });
    watch.expect(changeOfContact(contact.id, Math.floor(instantMs / 1000)));
  }
}

/** The client logs each request with its purpose. */
function collecting(complaints: string[], insights: InsightWatch | undefined): Log {
  const collect = (message: string) => {
    complaints.push(message);
  };
  return {
    debug: (message, fields) => insights?.countRequest(message, String(fields?.purpose)),
    info: () => {},
    warn: collect,
    error: collect,
  };
}
