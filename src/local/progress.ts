import type { CaptureEvent } from "../connector.ts";
import type { Block } from "../engine/index.ts";
import type { ConnectorError } from "../errors.ts";
import { type BackfillStanding, Backfills } from "../shared/backfills.ts";
import type { Clock } from "../shared/ports.ts";
import { isRequested, type StreamName } from "../streams/index.ts";

/** How far one stream has come in this run. */
export interface StreamProgress {
  readonly stream: StreamName;
  documents: number;
  deletions: number;
  requests: number;
  /** How many rows could not be used; the log names them. */
  skipped: number;
  status: "working" | "waiting" | "resting" | "done" | "failed";
  /** What it waits for, and until when; set while it waits or rests. */
  waiting?: { readonly because: string; readonly untilMs: number };
  /** When it last had something to do. */
  lastActiveMs: number;
  /** When it last came to a rest or an end, and so knew all that there was. */
  lookedMs?: number;
  /** Set from a failure until the stream has come to a rest, or its backfill has advanced. */
  failing?: { readonly sinceMs: number; readonly error: ConnectorError };
  /** Set while a backfill is under way. */
  readonly backfill: BackfillStanding | undefined;
  error?: ConnectorError;
}

export interface CaptureProgressOptions {
  readonly streams: readonly StreamName[];
  readonly clock: Pick<Clock, "now">;
  /** What the request budget lets through. */
  readonly mostRowsPerMinute: number;
  readonly onChange: (changed: StreamProgress) => void;
}

/** The progress of a capture, from its events. Views read it. A binding that captures no stream has none. */
export class CaptureProgress {
  readonly streams: readonly StreamProgress[];
  readonly startedMs: number;
  /** Of Aircall's events. */
  readonly events: { taken: number; status?: string } = { taken: 0 };
  readonly #clock: Pick<Clock, "now">;
  readonly #backfills: Backfills;
  readonly #onChange: (changed: StreamProgress) => void;

  constructor({ streams, clock, mostRowsPerMinute, onChange }: CaptureProgressOptions) {
    const backfills = new Backfills(clock, mostRowsPerMinute);
    this.#clock = clock;
    this.#backfills = backfills;
    this.#onChange = onChange;
    this.startedMs = clock.now();
    this.streams = streams.map((stream, binding) => ({
      stream,
      get backfill() {
        return backfills.standing(binding);
      },
      documents: 0,
      deletions: 0,
      requests: 0,
      skipped: 0,
      status: "working",
      lastActiveMs: this.startedMs,
    }));
  }

  captured({ binding, documents }: Block): void {
    this.#change(binding, (progress) => {
      const deletions = documents.filter(({ _meta }) => _meta.op === "d").length;
      progress.deletions += deletions;
      progress.documents += documents.length - deletions;
    });
  }

  onEvent(event: CaptureEvent): void {
    this.#backfills.onEvent(event);
    this.#change(event.binding, (progress) => {
      if (event.kind === "skipped") progress.skipped = event.rows;
      else applyEvent(progress, event, this.#clock.now());
    });
  }

  #change(binding: number, apply: (progress: StreamProgress) => void): void {
    const progress = this.streams[binding];
    if (!progress) return;
    progress.lastActiveMs = this.#clock.now();
    apply(progress);
    this.#onChange(progress);
  }
}

function applyEvent(
  progress: StreamProgress,
  event: Exclude<CaptureEvent, { kind: "skipped" }>,
  nowMs: number,
): void {
  delete progress.waiting;
  if (event.kind === "request") {
    progress.requests += 1;
    progress.status = "working";
  } else if (event.kind === "backfills") {
    progress.status = "working";
    delete progress.failing;
  } else if (event.kind === "wait") {
    progress.status = "waiting";
    progress.waiting = event;
  } else if (event.kind === "rests") {
    if (progress.status !== "failed") {
      progress.status = "resting";
      looked(progress, nowMs);
    }
    // Only an event ends the rest of a stream that has no list.
    if (isRequested(progress.stream)) progress.waiting = { because: "the next read", untilMs: event.untilMs };
  } else if (event.kind === "done") {
    progress.status = "done";
    looked(progress, nowMs);
  } else {
    progress.status = "failed";
    progress.error = event.error;
    progress.failing = { sinceMs: progress.failing?.sinceMs ?? nowMs, error: event.error };
  }
}

function looked(progress: StreamProgress, nowMs: number): void {
  progress.lookedMs = nowMs;
  delete progress.failing;
}
