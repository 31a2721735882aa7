import type { Document } from "../engine/index.ts";
import type { Json, JsonObject } from "../shared/json.ts";
import type { Clock } from "../shared/ports.ts";
import type { Look } from "./webhook/registration.ts";

/** Aircall sends an event again for so long. https://developer.aircall.io/api-references/#webhook-usage */
const SENT_AGAIN_FOR_MS = 12 * 3_600_000;

/** So many calls, and so much time, without an event show that the address does not lead here. */
const CALLS_WITHOUT_EVENT = 3;
const SILENCE_MS = 10 * 60_000;
const BETWEEN_REPORTS_MS = 3_600_000;

/** Reading all calls again with the requests that nothing else needs takes some hours: in a day, lost events are made up for. */
const MADE_UP_AFTER_MS = 24 * 3_600_000;

/** Calls that are captured within a minute of the first look may have started before the webhook was there. */
const SETTLING_MS = 60_000;

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

/**
 * Notices that events do not come, and since when. What Aircall dates is compared with other dates of Aircall's only,
 * since its clock and ours may be hours apart.
 */
export class EventWatch {
  readonly #options: EventWatchOptions;
  #wellAtMs: number | undefined;
  #firstLookMs: number | undefined;
  #isRegistered = false;
  #isRefused = false;
  /** When the last event came or, before the first, when the webhook was first seen well. */
  #heardMs: number | undefined;
  #hasHeard = false;
  /** When events were last found to have been lost; Unix milliseconds. */
  #lostMs = -Infinity;
  /** Calls that started later should have been announced. By Aircall's clock, in Unix seconds. */
  #announcedThrough = -Infinity;
  /** The IDs of such calls, of which no event has come. */
  readonly #unannounced = new Set<Json>();
  /** -Infinity while events come. */
  #silenceReportedMs = -Infinity;

  constructor(options: EventWatchOptions) {
    this.#options = options;
    this.#wellAtMs = typeof options.wellAt === "number" ? options.wellAt * 1000 : undefined;
  }

  /** Whether events name what changes: they come, and none has been lost for a day, as far as is known. */
  get areComing(): boolean {
    const hasMadeUp = this.#options.clock.now() >= this.#lostMs + MADE_UP_AFTER_MS;
    return this.#isRegistered && this.#hasHeard && !this.#isSilent && hasMadeUp;
  }

  /** An event has come. */
  heard({ timestamp }: { readonly timestamp: number }): void {
    const nowMs = this.#options.clock.now();
    if (this.#isSilent) this.#reportReturn(nowMs);
    else if (!this.#hasHeard && this.#lostMs === -Infinity) this.#options.report("Events are received.");
    this.#silenceReportedMs = -Infinity;
    this.#hasHeard = true;
    this.#heardMs = nowMs;
    this.#announcedThrough = Math.max(this.#announcedThrough, timestamp);
    this.#unannounced.clear();
  }

  /** The webhook has been looked at. */
  looked({ state, gap }: Look): void {
    this.#isRegistered = state !== "refused" && state !== "unreachable";
    if (state === "refused") this.#reportRefusal();
    if (!this.#isRegistered) return;
    const nowMs = this.#options.clock.now();
    if (this.#firstLookMs === undefined) this.#firstLook(nowMs, gap);
    else if (gap) this.#reportLost(this.#isSilent ? this.#heardMs : gap.sinceMs, nowMs);
    else if (this.#isRefused) this.#options.report("The webhook is set up again.");
    this.#isRefused = false;
    this.#reportSilence();
    if (this.#isSilent) return;
    this.#wellAtMs = nowMs;
    this.#options.keep({ wellAt: Math.floor(nowMs / 1000) });
  }

  /** Documents have been captured. */
  captured(documents: readonly Document[]): void {
    for (const { id = null, started_at: startedAt } of documents) {
      if (typeof startedAt !== "number" || startedAt <= this.#announcedThrough) continue;
      if (this.#isSettling) this.#announcedThrough = startedAt;
      else if (this.#unannounced.size < CALLS_WITHOUT_EVENT) this.#unannounced.add(id);
    }
    this.#reportSilence();
  }

  /** Whether it has been reported that no events come. */
  get #isSilent(): boolean {
    return this.#silenceReportedMs > -Infinity;
  }

  get #isSettling(): boolean {
    const settledMs = this.#hasHeard ? -Infinity : (this.#firstLookMs ?? Infinity) + SETTLING_MS;
    return this.#options.clock.now() < settledMs;
  }

  /** Aircall has sent again for twelve hours what came while no capture ran. */
  #firstLook(nowMs: number, gap: Look["gap"]): void {
    this.#firstLookMs = nowMs;
    this.#heardMs ??= nowMs;
    const sinceMs = gap?.sinceMs ?? this.#wellAtMs;
    if (gap || nowMs - (sinceMs ?? nowMs) > SENT_AGAIN_FOR_MS) this.#reportLost(sinceMs, nowMs);
    else if (!this.#hasHeard)
      this.#options.report(
        `Waiting for the first event. It comes if ${this.#place} of this capture, once something happens in the account.`,
      );
  }

  /** Once, until the webhook is well. */
  #reportRefusal(): void {
    if (!this.#isRefused)
      this.#options.report("No events are received: the webhook cannot be set up, and the log says why.");
    this.#isRefused = true;
  }

  #reportSilence(): void {
    const { clock, report } = this.#options;
    const nowMs = clock.now();
    const heardMs = this.#heardMs ?? nowMs;
    const isSilent = this.#unannounced.size >= CALLS_WITHOUT_EVENT && nowMs > heardMs + SILENCE_MS;
    if (!isSilent || !this.#isRegistered || nowMs < this.#silenceReportedMs + BETWEEN_REPORTS_MS) return;
    this.#silenceReportedMs = nowMs;
    report(
      `No event has come since ${instant(heardMs)}, although there have been calls. Check that ${this.#place} of this capture. Until events come, changes are captured by polling.`,
    );
  }

  #reportReturn(nowMs: number): void {
    this.#options.report("Events come again.");
    this.#lostMs = nowMs;
    const sinceMs = this.#heardMs ?? nowMs;
    if (nowMs - sinceMs > SENT_AGAIN_FOR_MS) this.#reportLost(sinceMs, nowMs);
  }

  #reportLost(sinceMs: number | undefined, nowMs: number): void {
    this.#lostMs = nowMs;
    const since = sinceMs === undefined ? "an unknown time" : instant(sinceMs);
    const lost = this.#options.hasEventStreams
      ? " Messages and events of that time are gone, since no list has them."
      : "";
    this.#options.report(
      `Aircall may have sent no events from ${since} to ${instant(nowMs)}. Other changes are caught up by polling.${lost}`,
    );
  }

  get #place(): string {
    const { eventsUrl, port } = this.#options;
    return `${eventsUrl} leads to port ${port()}`;
  }
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
