import type { CaptureEvent } from "../../connector.ts";
import type { Clock, Log } from "../../shared/ports.ts";

const BETWEEN_REPORTS_MS = 30_000;

/** Tells the task's status, which Flow shows to the person whose capture it is. */
export class CaptureStatus {
  readonly #streams: readonly string[];
  readonly #log: Log;
  readonly #clock: Pick<Clock, "now">;
  readonly #backfillBeganMs = new Map<number, number>();
  readonly #working: Set<number>;
  #reportedMs = -Infinity;

  constructor(streams: readonly string[], log: Log, clock: Pick<Clock, "now">) {
    this.#streams = streams;
    this.#log = log;
    this.#clock = clock;
    this.#working = new Set(streams.keys());
    this.#tell(streams.length === 0 ? "No bindings are enabled." : `Capturing ${streams.join(", ")}.`);
  }

  heard(event: CaptureEvent): void {
    if (event.kind === "backfills") this.#reportBackfill(event);
    else if (event.kind === "rests" && this.#working.delete(event.binding) && this.#working.size === 0) {
      this.#tell("Caught up; following changes.");
    }
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
    this.#tell(`Backfilling ${this.#streams[binding]}: ${percent} %${left}`);
  }

  #tell(message: string): void {
    this.#log.info(message, { eventType: "connectorStatus" });
  }
}

function roughTime(durationMs: number): string {
  const minutes = Math.round(durationMs / 60_000);
  if (minutes < 1) return "a minute";
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
