import { type EmulatorClock, systemClock } from "./clock.ts";

/** The only credentials the emulator accepts. */
export const API_ID = "emulator-id";
export const API_TOKEN = "emulator-token";

/** How much the seeded account holds. Calls and contacts are met on average; the others exactly. */
export interface AccountSize {
  /** Calls over the whole of `days`. */
  calls: number;
  /** Length of the seeded call history, in days before now. It slides with the clock. */
  days: number;
  users: number;
  numbers: number;
  teams: number;
  tags: number;
  contacts: number;
  webhooks: number;
}

export interface LimiterOptions {
  /** Requests allowed per window for the whole company; null means unlimited. */
  limit: number | null;
  windowMs: number;
  /** `fixed` windows start at multiples of `windowMs`; a `sliding` one always ends now. */
  windowShape: "fixed" | "sliding";
  /** How long everything is refused after a breach. */
  blockMs: number;
  /** Which answers carry the three X-AircallApi headers. */
  rateHeaders: "refused" | "always";
}

export interface EmulatorOptions extends LimiterOptions {
  clock: EmulatorClock;
  /** Two emulators with the same seed and sizes hold the same account. */
  seed: string;
  account: Partial<AccountSize>;
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** Real time added to every answer. */
  latencyMs: number;
  /** Calls that started earlier than this many days ago are not served. */
  historyDays: number;
  /** No seeded call starts later than this UNIX second. */
  lastCallSeconds: number;
  /** Whether lists hold calls that have not ended. */
  listInProgress: boolean;
  /** Whether `from` on calls includes the very second it names. */
  callsFromInclusive: boolean;
  /** Lifetime written into signed recording and voicemail URLs. */
  signedUrlSeconds: number;
}

export interface ResolvedOptions extends EmulatorOptions {
  account: AccountSize;
}

const DEFAULT_SIZE: AccountSize = {
  calls: 3_000,
  days: 60,
  users: 60,
  numbers: 25,
  teams: 8,
  tags: 15,
  contacts: 400,
  webhooks: 3,
};

const DEFAULTS: ResolvedOptions = {
  clock: systemClock,
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
  lastCallSeconds: Number.POSITIVE_INFINITY,
  listInProgress: true,
  callsFromInclusive: false,
  signedUrlSeconds: 600,
};

export function resolveOptions(options: Partial<EmulatorOptions>): ResolvedOptions {
  return { ...DEFAULTS, ...options, account: { ...DEFAULT_SIZE, ...options.account } };
}
