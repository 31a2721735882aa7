import type { AircallReader } from "../../aircall/index.ts";
import { ConnectorError } from "../../errors.ts";
import type { Json } from "../../shared/json.ts";
import { HOUR_MS, MINUTE_MS, nowSeconds, type Source } from "../source.ts";
import { readWindow, type Span } from "../window.ts";
import { callList } from "./list.ts";
import { RECENT_SECONDS, rereadAges } from "./schedule-state.ts";

const DAY_SECONDS = 86_400;

/** Where the tiers end, beside the last re-read age. */
const TIER_DAYS = [1, 3, 10];

/** How long a tier rests after a request that failed: longer if a person may have to look first. */
const RETRY_AFTER_MS = { "wait-and-retry": MINUTE_MS, "stop-and-report": HOUR_MS };

/** Calls of similar ages, which are read again and again, from the oldest to the youngest. */
interface Tier {
  readonly youngestSeconds: number;
  readonly oldestSeconds: number;
  /** How long a reading takes in proportion to one of the calls of the last day, where requests are scarce. */
  readonly weight: number;
  /** What is left of the present reading; `undefined` when a new one is to begin. */
  left: Span | undefined;
  /** When the present or last reading began; Unix milliseconds. */
  beganMs: number;
  /** How long the tier rests since an instant in Unix milliseconds. */
  rest: { readonly sinceMs: number; readonly durationMs: number };
  /** How much has been read, in readings times the weight: the tier with the least is read next. */
  progress: number;
}

/**
 * Reads the calls between half an hour and the last re-read age again in a cycle, a page at a time and with spare
 * requests only. The interval at which a call is read grows with the fourth root of its age: most changes come early,
 * and most calls are old. No state has how far a reading has come: after a restart, the cycle begins anew.
 */
export class SpareReread {
  readonly #source: Source;
  readonly #api: AircallReader;
  readonly #knownSinceSeconds: () => number;
  readonly #tiers: readonly Tier[];
  /** The progress of the tier that was read last: a tier that has rested does not catch up with what it left out. */
  #progress = 0;

  /** Leaves out calls from before `knownSinceSeconds`, in Unix seconds: what was captured of them is not known. */
  constructor(source: Source, knownSinceSeconds: () => number) {
    this.#source = source;
    this.#api = source.api.for("spare re-read", "spare");
    this.#knownSinceSeconds = knownSinceSeconds;
    this.#tiers = tiersUpTo(Math.max(...rereadAges(source)));
  }

  /** When there are calls to read and a request to spare for them, as far as is known now; Unix milliseconds. */
  nextAtMs(): number {
    return Math.max(Math.min(...this.#tiers.map(this.#dueAtMs)), this.#api.spareAtMs());
  }

  /**
   * Reads the next page of the tier whose turn it is. Yields more than one page where they share a second. A failure
   * is logged, and the tier goes on after a rest.
   */
  async *turn(): AsyncGenerator<readonly Json[]> {
    const tier = this.#nextTier();
    try {
      yield* this.#read(tier);
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.recovery === "fix-config") throw error;
      tier.rest = { sinceMs: this.#source.clock.now(), durationMs: RETRY_AFTER_MS[error.recovery] };
      this.#source.log.info(`Calls are read again between the re-read ages later: ${error.message}`);
    }
  }

  async *#read(tier: Tier): AsyncGenerator<readonly Json[]> {
    const { after, until } = tier.left ?? this.#begin(tier);
    const list = callList(this.#api, nowSeconds(this.#source));
    for await (const { rows, throughSeconds } of readWindow(list, after, until)) {
      yield rows;
      if (throughSeconds === after) continue;
      tier.left = { after: throughSeconds, until };
      tier.progress += (tier.weight * (throughSeconds - after)) / (tier.oldestSeconds - tier.youngestSeconds);
      if (throughSeconds < until) return;
    }
    tier.left = undefined;
    tier.rest = { sinceMs: tier.beganMs, durationMs: this.#source.intervalMs * tier.weight };
  }

  #begin(tier: Tier): Span {
    const now = nowSeconds(this.#source);
    const { startSeconds } = this.#source;
    tier.beganMs = this.#source.clock.now();
    tier.left = {
      after: Math.max(now - tier.oldestSeconds, startSeconds - 1, this.#knownSinceSeconds() - 1),
      until: now - tier.youngestSeconds,
    };
    return tier.left;
  }

  #nextTier(): Tier {
    const now = this.#source.clock.now();
    const due = this.#tiers.filter((tier) => this.#dueAtMs(tier) <= now);
    const next = due.reduce((least, tier) => (tier.progress < least.progress ? tier : least));
    next.progress = Math.max(next.progress, this.#progress);
    this.#progress = next.progress;
    return next;
  }

  /** When the tier may go on; at once when the clock has been set back since its rest began. */
  readonly #dueAtMs = ({ rest: { sinceMs, durationMs } }: Tier): number =>
    sinceMs > this.#source.clock.now() ? -Infinity : sinceMs + durationMs;
}

function tiersUpTo(lastAgeSeconds: number): Tier[] {
  const ends = TIER_DAYS.map((days) => days * DAY_SECONDS).filter((age) => age < lastAgeSeconds);
  const borders = [RECENT_SECONDS, ...ends, lastAgeSeconds];
  return borders.slice(1).flatMap((oldestSeconds, index) => {
    const youngestSeconds = borders[index] ?? oldestSeconds;
    if (youngestSeconds === oldestSeconds) return [];
    return {
      youngestSeconds,
      oldestSeconds,
      weight: (oldestSeconds / DAY_SECONDS) ** 0.25,
      left: undefined,
      beganMs: -Infinity,
      rest: { sinceMs: -Infinity, durationMs: 0 },
      progress: 0,
    };
  });
}
