import type { Document } from "../engine/index.ts";
import type { JsonObject } from "../shared/json.ts";
import type { Clock } from "../shared/ports.ts";
import type { Look } from "./registration.ts";

/** Aircall sends an event again for so long. https://developer.aircall.io/api-references/#webhook-usage */
const SENT_AGAIN_FOR_MS = 12 * 3_600_000;

/** So many calls, and so much time, without an event show that the address does not lead here. */
const CALLS_WITHOUT_EVENT = 3;
const SILENCE_MS = 10 * 60_000;
const BETWEEN_REPORTS_MS = 3_600_000;

export interface EventWatchOptions {
  /** When events were last known to come, by the state; Unix seconds. */
  readonly wellAt: unknown;
  /** Keeps that in the state. */
  readonly keep: (patch: JsonObject) => void;
  /** The address and the port, for people. */
  readonly eventsUrl: string;
  readonly port: () => number;
  /** Whether the capture has streams that only events have. */
  readonly hasEventStreams: boolean;
  readonly clock: Pick<Clock, "now">;
  readonly report: (status: string) => void;
}

/** Notices that events do not come, and since when. */
export class EventWatch {
  readonly #options: EventWatchOptions;
  #wellAtMs: number | undefined;
  #hasLooked = false;
  /** When the last event came or, before the first, when the webhook was first seen well. */
  #heardMs: number | undefined;
  #callsSince = 0;
  #reportedMs = -Infinity;

  constructor(options: EventWatchOptions) {
    this.#options = options;
    this.#wellAtMs = typeof options.wellAt === "number" ? options.wellAt * 1000 : undefined;
  }

  /** An event has come. */
  heard(): void {
    if (this.#reportedMs > -Infinity) this.#options.report("Events come again.");
    this.#reportedMs = -Infinity;
    this.#heardMs = this.#options.clock.now();
    this.#callsSince = 0;
  }

  /** The webhook has been looked at. */
  looked({ state, gap }: Look): void {
    if (state === "refused" || state === "unreachable") return;
    const nowMs = this.#options.clock.now();
    const sinceMs = gap?.sinceMs ?? this.#wellAtMs;
    const wasAway = !this.#hasLooked && nowMs - (sinceMs ?? nowMs) > SENT_AGAIN_FOR_MS;
    if (gap || wasAway) this.#reportLost(sinceMs, nowMs);
    this.#hasLooked = true;
    this.#heardMs ??= nowMs;
    this.#wellAtMs = nowMs;
    this.#options.keep({ wellAt: Math.floor(nowMs / 1000) });
  }

  /** Documents have been captured. Calls that started since the last event should have been announced. */
  captured(documents: readonly Document[]): void {
    const heardMs = this.#heardMs;
    if (heardMs === undefined) return;
    const unannounced = ({ started_at }: Document) =>
      typeof started_at === "number" && started_at * 1000 > heardMs;
    this.#callsSince += documents.filter(unannounced).length;
    const nowMs = this.#options.clock.now();
    const isSilent = this.#callsSince >= CALLS_WITHOUT_EVENT && nowMs > heardMs + SILENCE_MS;
    if (!isSilent || nowMs < this.#reportedMs + BETWEEN_REPORTS_MS) return;
    this.#reportedMs = nowMs;
    const { eventsUrl, port, report } = this.#options;
    report(
      `No event has come since ${instant(heardMs)}, although there have been calls. Check that ${eventsUrl} leads to port ${port()} of this capture. Until events come, changes are captured by polling.`,
    );
  }

  #reportLost(sinceMs: number | undefined, nowMs: number): void {
    const since = sinceMs === undefined ? "an unknown time" : instant(sinceMs);
    const lost = this.#options.hasEventStreams
      ? " Messages and events of that time are gone, since no list has them."
      : "";
    this.#options.report(
      `Aircall may have sent no events from ${since} to ${instant(nowMs)}. Other changes are caught up by polling.${lost}`,
    );
  }
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
