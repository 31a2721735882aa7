import { EVENT_NAMES } from "./account/event-names.ts";
import { type InsightOptions, insightOptions } from "./account/insight-options.ts";
import type { WebhookRules } from "./account/webhooks.ts";
import { type EmulatorClock, systemClock } from "./clock.ts";
import { type EventOptions, eventOptions } from "./events/options.ts";

/** The credentials that the emulator accepts unless it has others. */
export const API_ID = "emulator-id";
export const API_TOKEN = "emulator-token";

/** The size of the seeded account. The numbers of calls and contacts are averages, the others are exact. */
export interface AccountSize {
  /** Calls in all `days` together. */
  calls: number;
  /** The length of the seeded call history, in days before now. The history moves with the clock. */
  days: number;
  users: number;
  numbers: number;
  teams: number;
  tags: number;
  contacts: number;
  webhooks: number;
  /** Messages sent and received on an average day. No list has them, only events. */
  messagesPerDay: number;
}

export interface LimiterOptions {
  /** Requests allowed per window for the whole company, or null for no limit. */
  limit: number | null;
  windowMs: number;
  /** `fixed` windows start at multiples of `windowMs`; a `sliding` window always ends now. */
  windowShape: "fixed" | "sliding";
  /** How long all requests are refused after the limit was exceeded. */
  blockMs: number;
  /** Which answers have the three X-AircallApi headers. */
  rateHeaders: "refused" | "always";
}

export interface EmulatorOptions extends LimiterOptions, WebhookRules {
  clock: EmulatorClock;
  /** The ID of the only API key that is accepted. */
  apiId: string;
  /** Emulators with the same seed and sizes have the same account. */
  seed: string;
  account: Partial<AccountSize>;
  host: string;
  /** 0 selects any free port. */
  port: number;
  /** A delay of every answer, in real time. */
  latencyMs: number;
  /** Calls that started earlier than this many days ago are not served. */
  historyDays: number;
  /** Calls and messages come in office hours, or as many in each minute of the week. */
  traffic: "office" | "even";
  /** No seeded call starts later than this Unix second. */
  lastCallSeconds: number;
  /** Whether lists contain calls that have not ended. */
  listInProgress: boolean;
  /** Whether `from` on calls includes calls that started in exactly that second. */
  callsFromInclusive: boolean;
  /** The lifetime that the signed URLs of recordings and voicemails state. */
  signedUrlSeconds: number;
  insights: Partial<InsightOptions>;
  events: Partial<EventOptions>;
  /** Sends events to the webhooks. By default, they are sent over HTTP, and to this machine only. */
  sendEvent: typeof fetch | null;
}

export interface ResolvedOptions extends EmulatorOptions {
  account: AccountSize;
  insights: InsightOptions;
  events: EventOptions;
}

const DEFAULT_SIZE: AccountSize = {
  calls: 1_000,
  days: 60,
  users: 60,
  numbers: 25,
  teams: 8,
  tags: 15,
  contacts: 200,
  webhooks: 3,
  messagesPerDay: 0,
};

const DEFAULTS: ResolvedOptions = {
  clock: systemClock,
  apiId: API_ID,
  seed: "aircall",
  account: DEFAULT_SIZE,
  host: "127.0.0.1",
  port: 0,
  limit: 120,
  windowMs: 60_000,
  windowShape: "fixed",
  blockMs: 60_000,
  rateHeaders: "refused",
  latencyMs: 0,
  historyDays: 183,
  traffic: "office",
  lastCallSeconds: Number.POSITIVE_INFINITY,
  listInProgress: true,
  callsFromInclusive: false,
  signedUrlSeconds: 600,
  insights: insightOptions(),
  events: eventOptions(),
  sendEvent: null,
  keyMayWrite: true,
  eventNames: EVENT_NAMES,
  httpOnThisMachine: false,
};

export function resolveOptions(options: Partial<EmulatorOptions>): ResolvedOptions {
  return {
    ...DEFAULTS,
    ...options,
    account: { ...DEFAULT_SIZE, ...options.account },
    insights: insightOptions(options.insights),
    events: eventOptions(options.events),
  };
}
