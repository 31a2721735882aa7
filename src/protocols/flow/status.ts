import type { CaptureEvent } from "../../connector.ts";
import type { Clock, Log } from "../../shared/ports.ts";

const BETWEEN_REPORTS_MS = 30_000;

/** Logs the status of the task, which Flow shows beside the capture. */
export class CaptureStatus {
  readonly #streams: readonly string[];
  readonly #log: Log;
  readonly #clock: Pick<Clock, "now">;
  readonly #backfillBeganMs = new Map<number, number>();
  readonly #working: Set<number>;
  readonly #failing = new Map<number, "failed just now" | "waits for another try">();
  #followingStatus = "";
  #reportedMs = -Infinity;

  constructor(streams: readonly string[], log: Log, clock: Pick<Clock, "now">) {
    this.#streams = streams;
    this.#log = log;
    this.#clock = clock;
    this.#working = new Set(streams.keys());
    this.#report(streams.length === 0 ? "No bindings are enabled." : `Capturing ${streams.join(", ")}.`);
  }

  onEvent(event: CaptureEvent): void {
    if (event.kind === "backfills") this.#reportBackfill(event);
    else if (event.kind === "failed") this.#failing.set(event.binding, "failed just now");
    else if (event.kind === "rests") this.#rests(event.binding);
  }

  /** A stream rests after a failure too; it has recovered when it rests again without one. */
  #rests(binding: number): void {
    this.#working.delete(binding);
    if (this.#failing.get(binding) === "failed just now") this.#failing.set(binding, "waits for another try");
    else this.#failing.delete(binding);
    if (this.#working.size > 0) return;
    const failing = [...this.#failing.keys()].map((index) => this.#streams[index]);
    const status =
      failing.length === 0
        ? "Caught up; following changes."
        : `Following changes, but for ${failing.join(", ")}: the log says why, and it is tried again.`;
    if (status !== this.#followingStatus) this.#report(status);
    this.#followingStatus = status;
  }

  #reportBackfill({ binding, doneRows, leftRows }: CaptureEvent & { kind: "backfills" }): void {
    const nowMs = this.#clock.now();
    const beganMs = this.#backfillBeganMs.get(binding) ?? nowMs;
    this.#backfillBeganMs.set(binding, beganMs);
    if (leftRows === 0 || nowMs < this.#reportedMs + BETWEEN_REPORTS_MS) return;
    this.#reportedMs = nowMs;
    const percent = Math.floor((100 * doneRows) / (doneRows + leftRows));
    const leftMs = ((nowMs - beganMs) / doneRows) * leftRows;
    const left = nowMs === beganMs ? "" : `, about ${roughTime(leftMs)} left`;
    this.#report(`Backfilling ${this.#streams[binding]}: ${percent} %${left}`);
  }

  #report(message: string): void {
    this.#log.info(message, { eventType: "connectorStatus" });
  }
}

function roughTime(durationMs: number): string {
  const minutes = Math.round(durationMs / 60_000);
  if (minutes < 1) return "a minute";
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
