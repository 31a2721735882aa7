import { Counter, Gauge, Registry } from "prom-client";
import type { Overview, StreamOverview } from "./overview.ts";

/** The media type of `metricsText`. */
export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

type Metric = typeof Counter | typeof Gauge;

/** A metric of each stream for which there is a value. */
const OF_STREAMS: readonly [
  Metric,
  name: string,
  help: string,
  (stream: StreamOverview) => number | undefined,
][] = [
  [Gauge, "rows", "Rows in the table of the stream.", ({ rows }) => rows],
  [
    Gauge,
    "newest_row_timestamp_seconds",
    "Instant of the newest row, by its own field.",
    ({ newestMs }) => seconds(newestMs),
  ],
  [
    Gauge,
    "last_look_timestamp_seconds",
    "When the stream last had read all that there was.",
    ({ lookedMs }) => seconds(lookedMs),
  ],
  [
    Gauge,
    "next_look_timestamp_seconds",
    "When the stream is read next; absent while it is being read.",
    ({ waiting }) => seconds(waiting?.untilMs),
  ],
  [
    Gauge,
    "failing",
    "1 from a failure of the stream until it has recovered, else 0.",
    ({ failure }) => (failure ? 1 : 0),
  ],
  [
    Gauge,
    "failing_since_timestamp_seconds",
    "When the stream has failed; absent while it works.",
    ({ failure }) => seconds(failure?.sinceMs),
  ],
  [
    Gauge,
    "backfill_rows_left",
    "Rows that a backfill has still to read.",
    ({ backfill }) => backfill?.leftRows,
  ],
  [
    Gauge,
    "backfill_seconds_left",
    "How long a backfill still takes, by the rate of the last minute.",
    ({ backfill }) => seconds(backfill?.leftMs),
  ],
  [Counter, "documents_total", "Objects captured in this run.", ({ documents }) => documents],
  [Counter, "deletions_total", "Deletions captured in this run.", ({ deletions }) => deletions],
  [Counter, "requests_total", "Requests sent to Aircall in this run.", ({ requests }) => requests],
  [Counter, "skipped_rows_total", "Rows that could not be used in this run.", ({ skipped }) => skipped],
];

/** The capture in Prometheus' text format. */
export function metricsText(overview: Overview): Promise<string> {
  const registry = new Registry();
  const gauge = (name: string, help: string, value: number | undefined) => {
    if (value !== undefined) new Gauge({ name: named(name), help, registers: [registry] }).set(value);
  };
  const { quota, events } = overview;
  gauge("start_timestamp_seconds", "When the capture was started.", seconds(overview.startedMs));
  gauge("quota_requests", "Requests of the last minute.", quota?.sentRequests);
  gauge("quota_allowed_requests", "Requests that a minute may hold.", quota?.allowedRequests);
  gauge("store_read_timestamp_seconds", "When the rows were counted.", seconds(overview.storeReadMs));
  gauge(
    "store_readable",
    "1 if the rows could be counted, else 0.",
    overview.storeProblem === undefined ? 1 : 0,
  );
  if (events)
    new Counter({
      name: named("events_total"),
      help: "Events of Aircall that were made durable in this run.",
      registers: [registry],
    }).inc(events.taken);
  for (const [Kind, name, help, read] of OF_STREAMS) {
    const metric = new Kind({ name: named(name), help, labelNames: ["stream"], registers: [registry] });
    for (const stream of overview.streams) {
      const value = read(stream);
      if (value !== undefined) metric.inc({ stream: stream.stream }, value);
    }
  }
  return registry.metrics();
}

const named = (name: string) => `source_aircall_${name}`;

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined || !Number.isFinite(ms) ? undefined : ms / 1000;
}
