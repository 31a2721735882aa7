/** One attempt to send an event. */
export interface RecordedAttempt {
  event: string;
  /** The ID of the object that the event is about. */
  id: number | string;
  /** When it happened. */
  happenedAtMs: number;
  url: string;
  /** Counted from 1. */
  attempt: number;
  /** The status of the answer, or null if there was none in time. */
  status: number | null;
  /** When the attempt began, by the clock of the emulator. */
  atMs: number;
}

/** Why an event, or one more attempt, was not sent. */
export type Omission =
  /** By the share of `losses`. */
  | "loss"
  | "outage"
  /** It was due while the webhook was disabled. What happens after that is not even counted. */
  | "disabled"
  /** All attempts failed. */
  | "abandoned"
  /** Too many events waited. */
  | "overflow";

/** How many attempts `recent` keeps. */
const RECENT_KEPT = 1_000;

/** What was sent to whom. */
export class EventRecord {
  /** The number of attempts. */
  attempts = 0;
  /** The number of events that were received, by name. An event to two webhooks, or sent twice, counts twice. */
  readonly received = new Map<string, number>();
  readonly omitted = new Map<Omission, number>();
  /** The latest attempts, in the order of their answers. */
  readonly recent: RecordedAttempt[] = [];

  add(attempt: RecordedAttempt, isReceived: boolean): void {
    this.attempts++;
    if (isReceived) increase(this.received, attempt.event);
    this.recent.push(attempt);
    if (this.recent.length > RECENT_KEPT) this.recent.shift();
  }

  omit(reason: Omission): void {
    increase(this.omitted, reason);
  }
}

function increase<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
