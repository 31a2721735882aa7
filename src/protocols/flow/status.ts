import type { CaptureEvent } from "../../connector.ts";
import { Backfills, backfillText } from "../../shared/backfills.ts";
import type { Clock, Log } from "../../shared/ports.ts";

const BETWEEN_REPORTS_MS = 30_000;

export interface CaptureStatusOptions {
  /** The names of the streams, by binding. */
  readonly streams: readonly string[];
  readonly log: Log;
  readonly clock: Pick<Clock, "now">;
  /** What the request budget lets through. */
  readonly mostRowsPerMinute: number;
}

/** Logs the status of the task, which Flow shows beside the capture. */
export class CaptureStatus {
  readonly #streams: readonly string[];
  readonly #log: Log;
  readonly #clock: Pick<Clock, "now">;
  readonly #backfills: Backfills;
  readonly #working: Set<number>;
  readonly #failing = new Map<number, "failed just now" | "waits for another try">();
  #followingStatus = "";
  /** The last sentence about events. */
  #events = "";
  #reportedMs = -Infinity;

  constructor({ streams, log, clock, mostRowsPerMinute }: CaptureStatusOptions) {
    this.#streams = streams;
    this.#log = log;
    this.#clock = clock;
    this.#backfills = new Backfills(clock, mostRowsPerMinute);
    this.#working = new Set(streams.keys());
    this.#report(streams.length === 0 ? "No bindings are enabled." : `Capturing ${streams.join(", ")}.`);
  }

  onEvent(event: CaptureEvent): void {
    this.#backfills.onEvent(event);
    if (event.kind === "backfills") this.#reportBackfill(event.binding);
    else if (event.kind === "failed") this.#failing.set(event.binding, "failed just now");
    else if (event.kind === "rests") this.#rests(event.binding);
  }

  /** Takes a sentence about events. It stays in the status until the next one, since it may say what is lost. */
  onEvents(sentence: string): void {
    this.#events = sentence;
    if (this.#working.size === 0) this.#reportFollowing();
    else this.#report(sentence);
  }

  /** A stream rests after a failure too; it has recovered when it rests again without one. */
  #rests(binding: number): void {
    this.#working.delete(binding);
    if (this.#failing.get(binding) === "failed just now") this.#failing.set(binding, "waits for another try");
    else this.#failing.delete(binding);
    if (this.#working.size === 0) this.#reportFollowing();
  }

  #reportFollowing(): void {
    const failing = [...this.#failing.keys()].map((index) => this.#streams[index]);
    const streams =
      failing.length === 0
        ? "Caught up; following changes."
        : `Following changes, but for ${failing.join(", ")}: the log says why, and it is tried again.`;
    const status = `${streams} ${this.#events}`.trimEnd();
    if (status !== this.#followingStatus) this.#report(status);
    this.#followingStatus = status;
  }

  #reportBackfill(binding: number): void {
    const standing = this.#backfills.standing(binding);
    const nowMs = this.#clock.now();
    if (!standing || nowMs < this.#reportedMs + BETWEEN_REPORTS_MS) return;
    this.#reportedMs = nowMs;
    this.#report(`Backfilling ${this.#streams[binding]}: ${backfillText(standing)}`);
  }

  #report(message: string): void {
    this.#log.info(message, { eventType: "connectorStatus" });
  }
}
