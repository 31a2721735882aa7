import type { Document, Step } from "../engine/index.ts";
import type { JsonObject } from "../shared/json.ts";
import type { AircallEvent } from "./aircall-event.ts";
import { HOUR_MS, type Source } from "./source.ts";

/** What a stream captures of events, and the patch of its state that covers it. */
export interface CapturedEvents {
  readonly docs: readonly Document[];
  readonly patch: JsonObject;
}

/** No event ends a rest later than it comes; the interval only lets a session show that the stream is alive. */
export const EVENTS_INTERVAL_MS = HOUR_MS;

/**
 * The steps of a stream that captures events: those that have come, and a checkpoint, whose block makes them durable.
 * Events that an earlier run took and did not commit come again first.
 */
export async function* eventSteps(
  { arrivals, clock, log, intervalMs }: Source,
  capture: (events: readonly AircallEvent[]) => CapturedEvents,
): AsyncGenerator<Step> {
  if (!arrivals)
    log.warn(
      "Nothing can be captured: the rows of this stream come by events only. Set advanced.events_url to receive events, or leave the stream out.",
    );
  while (true) {
    const { items = [], committed = () => {} } = arrivals?.take() ?? {};
    if (items.length > 0) {
      const { docs, patch } = capture(items);
      yield { kind: "documents", docs };
      yield { kind: "checkpoint", patch, committed };
    }
    const untilMs = clock.now() + intervalMs;
    yield arrivals ? { kind: "rest", untilMs, touch: arrivals.touch } : { kind: "rest", untilMs };
  }
}
