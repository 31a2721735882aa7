import type { AircallReader } from "../aircall/index.ts";
import type { Arrivals, RestStep, Step } from "../engine/index.ts";
import type { JsonObject } from "../shared/json.ts";
import type { Clock, Log } from "../shared/ports.ts";
import type { AircallEvent } from "./aircall-event.ts";
import type { MalformedRows } from "./malformed-rows.ts";
import type { DigestMemory } from "./memory.ts";
import type { SharedObjects } from "./shared-objects.ts";
import type { TouchedIds } from "./touched.ts";

export type SyncMode = "incremental" | "full_refresh";

/** The settings of a binding, and of the session that it runs in. */
export interface SourceSettings {
  /** A `pass` ends at the first rest of the stream. */
  readonly until: "pass" | "follow";
  readonly intervalMs: number;
  readonly syncMode: SyncMode;
  /** Calls that started before this instant are not read; Unix seconds. */
  readonly startSeconds: number;
  /** Where the binding has a start date of its own. Unix seconds. */
  readonly ownStartSeconds?: number | undefined;
  /** The ages at which calls are read again, in seconds. */
  readonly rereadAfterSeconds: readonly number[];
  /** The ages at which insights that can change are read again, in seconds since the start of the call. */
  readonly rereadInsightsAfterSeconds: readonly number[];
  /** A pass reads all calls within reach of the ages again where that takes no more requests. */
  readonly rereadRequestsPerPass: number;
}

/** What a running stream reads from, and the settings of its binding. */
export interface Source extends SourceSettings {
  readonly api: AircallReader;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  /** The versions that this process has captured, by the ID of the object. */
  readonly memory: DigestMemory;
  /** The events that the stream captures. Absent where no events are received, or the stream takes none. */
  readonly arrivals?: Arrivals<AircallEvent> | undefined;
  /** The objects that events have named. Absent where no events are received. */
  readonly touched?: TouchedIds | undefined;
  /** Whether events name what changes, as far as is known. Absent where no events are received. */
  readonly areEventsComing?: (() => boolean) | undefined;
  /** What the streams of the session share. */
  readonly shared: SharedObjects;
  /** Reports rows that are skipped. */
  readonly malformed: MalformedRows;
  /** Top-level fields that are left out of every document. */
  readonly secretFields: readonly string[];
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** Less than a day, so that a capture that runs each night, a little earlier or later, does the daily work each night. */
const DAILY_MS = 20 * HOUR_MS;

/** Deletes state that cannot be read, so that later patches do not merge with it. */
export function* forget(state: JsonObject): Generator<Step> {
  const patch = Object.fromEntries(Object.keys(state).map((name) => [name, null]));
  if (Object.keys(patch).length > 0) yield { kind: "checkpoint", patch };
}

export function nowSeconds({ clock }: Source): number {
  return Math.floor(clock.now() / 1000);
}

/** Whether so much time has passed since an instant. True as well when the clock has been set back since then. */
export function hasPassed(durationMs: number, sinceMs: number, { clock }: Source): boolean {
  const passedMs = clock.now() - sinceMs;
  return passedMs < 0 || passedMs >= durationMs;
}

/**
 * Rests until `pauseMs` have passed since an instant, until another instant, or until what events have touched is to be
 * read.
 */
export function* restUntilDue(
  beganMs: number,
  pauseMs: number,
  source: Source,
  untilMs = Infinity,
): Generator<RestStep> {
  const { clock, touched } = source;
  do {
    const rest = restSince(beganMs, pauseMs, source);
    const earliestMs = Math.min(rest.untilMs, untilMs, touched?.dueMs ?? Infinity);
    yield { kind: "rest", untilMs: earliestMs, ...(touched && { touch: touched.touch }) };
  } while (touched && !touched.isDue && clock.now() < untilMs && !hasPassed(pauseMs, beganMs, source));
}

/** A rest until `beganMs + pauseMs`, but at most `pauseMs` from now: the clock may have been set back. */
function restSince(beganMs: number, pauseMs: number, { clock }: Source): RestStep {
  return { kind: "rest", untilMs: Math.min(beganMs, clock.now()) + pauseMs };
}

/** Whether daily work that was last done at an instant is due again. Unix seconds. */
export function isDailyDue(lastSeconds: number, source: Source): boolean {
  return hasPassed(DAILY_MS, lastSeconds * 1000, source);
}

/** `full_refresh` on a stream that follows changes reads everything again once a day. */
export function isRereadDue(backfilledAtSeconds: number | undefined, source: Source): boolean {
  if (source.syncMode !== "full_refresh" || backfilledAtSeconds === undefined) return false;
  return isDailyDue(backfilledAtSeconds, source);
}
