import type { QuotaUse } from "../connector.ts";
import type { StreamProgress } from "../local/index.ts";
import { parseInstant } from "../shared/instant.ts";
import type { Reading } from "./readings.ts";
import type { StatusSources } from "./sources.ts";

const HOUR_MS = 3_600_000;

/** One stream at one instant. */
export interface StreamOverview
  extends Pick<
    StreamProgress,
    | "stream"
    | "status"
    | "documents"
    | "deletions"
    | "requests"
    | "skipped"
    | "backfill"
    | "waiting"
    | "lookedMs"
  > {
  /** Left out while the store has not been read. */
  readonly rows?: number;
  /** The instant of its newest row. */
  readonly newestMs?: number;
  readonly failure?: Failure;
}

export interface Failure {
  readonly sinceMs: number;
  /** What happened and what to do, without a secret. */
  readonly message: string;
  /** Whether it may pass by itself. */
  readonly mayPass: boolean;
}

/** The whole capture at one instant, in numbers: nothing of what its rows say. */
export interface Overview {
  readonly nowMs: number;
  readonly startedMs: number;
  readonly target: string;
  readonly streams: readonly StreamOverview[];
  readonly quota?: QuotaUse;
  readonly events?: { readonly taken: number; readonly status?: string };
  readonly charted: string;
  /** The rows of the charted stream by the hour of Unix time. */
  readonly rowsByHour: ReadonlyMap<number, number>;
  /** When the store was read; left out before the first time. */
  readonly storeReadMs?: number;
  /** Why the store could not be read. */
  readonly storeProblem?: string;
}

export function overviewOf(sources: StatusSources, { tables, atMs, problem }: Reading): Overview {
  const { progress, target, charted, clock, receivesEvents, hide } = sources;
  const { taken, status } = progress.events;
  const quota = sources.quotaUse();
  return {
    nowMs: clock.now(),
    startedMs: progress.startedMs,
    target: hide(target),
    streams: progress.streams.map((stream) => ({
      ...streamOf(stream, sources),
      ...rowsOf(tables.get(stream.stream)),
    })),
    ...(quota && { quota }),
    ...(receivesEvents && { events: { taken, ...(status !== undefined && { status: hide(status) }) } }),
    charted,
    rowsByHour: tables.get(charted)?.rowsByHour ?? new Map(),
    ...(atMs !== undefined && { storeReadMs: atMs }),
    ...(problem !== undefined && { storeProblem: hide(problem) }),
  };
}

/** The streams that have failed for an hour, and have not recovered since. */
export function failedForAnHour(
  sources: Pick<StatusSources, "clock" | "hide" | "progress">,
): { stream: string; failure: Failure }[] {
  const nowMs = sources.clock.now();
  return sources.progress.streams.flatMap((progress) => {
    const failure = failureOf(progress, sources);
    return failure && nowMs >= failure.sinceMs + HOUR_MS ? [{ stream: progress.stream, failure }] : [];
  });
}

function streamOf(progress: StreamProgress, sources: Pick<StatusSources, "hide">): StreamOverview {
  const { stream, status, documents, deletions, requests, skipped } = progress;
  const { backfill, waiting, lookedMs } = progress;
  const failure = failureOf(progress, sources);
  return {
    ...{ stream, status, documents, deletions, requests, skipped, backfill },
    ...(waiting && { waiting }),
    ...(lookedMs !== undefined && { lookedMs }),
    ...(failure && { failure }),
  };
}

function failureOf({ failing }: StreamProgress, { hide }: Pick<StatusSources, "hide">): Failure | undefined {
  if (!failing) return undefined;
  const { sinceMs, error } = failing;
  return { sinceMs, message: hide(error.message), mayPass: error.recovery === "wait-and-retry" };
}

function rowsOf(table: { rows: number; newest?: number | string } | undefined) {
  if (!table) return {};
  const { rows, newest } = table;
  const newestMs = typeof newest === "number" ? newest * 1000 : parseInstant(newest ?? "");
  return { rows, ...(newestMs !== undefined && { newestMs }) };
}
