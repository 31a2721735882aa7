/** A span of time, in Unix milliseconds. Its end does not belong to it. */
export interface Span {
  fromMs: number;
  untilMs: number;
}

/**
 * How events are made and sent. The defaults are what is documented or most likely; the others are what else can be.
 * Tests may change all of it while the emulator runs.
 */
export interface EventOptions {
  /** How long the receiver may take to answer, in real time. */
  timeoutMs: number;
  /** How often one event is sent at most. After so many failures in a row, the webhook is disabled. */
  attempts: number;
  /** `growing` waits from ten seconds to an hour and a half, or a minute each time. */
  retrySpacing: "growing" | "minute";
  /** Whether a retry has the timestamp of the first attempt. */
  retryTimestamp: "identical" | "rebuilt";
  /** What becomes of events that happen while their webhook is disabled by failures. */
  whileDisabled: "lost" | "queued";
  /** The share of events that are sent twice. */
  duplicates: number;
  /** The share of events that are not sent. */
  losses: number;
  /** Each event is delayed by up to this many seconds, so that events overtake each other. */
  disorderSeconds: number;
  /** Nothing is sent in these spans. What happens in them is lost. */
  outages: Span[];
  messageTimes: "iso" | "ms";
  media: "media_details" | "media_url";
  /** Whether updates of a message's status have its number. */
  statusNumber: "present" | "absent";
  contactDates: "iso" | "seconds";
}

/** The given options, and the defaults of the others. */
export function eventOptions(options: Partial<EventOptions> = {}): EventOptions {
  return { ...DEFAULTS, ...options, outages: [...(options.outages ?? [])] };
}

const DEFAULTS: EventOptions = {
  timeoutMs: 5_000,
  attempts: 50,
  retrySpacing: "growing",
  retryTimestamp: "identical",
  whileDisabled: "lost",
  duplicates: 0,
  losses: 0,
  disorderSeconds: 0,
  outages: [],
  messageTimes: "iso",
  media: "media_details",
  statusNumber: "present",
  contactDates: "iso",
};
