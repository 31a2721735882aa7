import { type BackfillStanding, backfillFields } from "../../shared/backfills.ts";
import type { StreamName } from "../../streams/index.ts";

/**
 * A measurement in the form of the Singer specification: how many records a stream has written since its
 * last measurement. Source: https://github.com/singer-io/getting-started/blob/master/docs/SYNC_MODE.md#metric-messages
 * Singer's own library names a stream in the tag `endpoint`, Meltano's in `stream`. `backfill` is an addition
 * of this tap, which readers of metrics pass over.
 */
export function recordCountMetric(stream: StreamName, records: number, backfill?: BackfillStanding): string {
  const point = {
    type: "counter",
    metric: "record_count",
    value: records,
    tags: { endpoint: stream, stream },
    ...(backfill && { backfill: backfillFields(backfill) }),
  };
  return `METRIC: ${JSON.stringify(point)}`;
}
