import { type Priority, ROWS_PER_PAGE } from "../../aircall/index.ts";
import type { Json } from "../../shared/json.ts";
import { nowSeconds, type Source } from "../source.ts";
import { readWindow } from "../window.ts";
import { callList } from "./list.ts";
import { RECENT_SECONDS, rereadAges } from "./schedule-state.ts";
import { readWithin, type UnreadSpans } from "./unread.ts";

/**
 * Yields pages of all calls within reach of the re-read ages, but for those that the pass itself has read before: by
 * its polls, the first of which was at `firstPollSeconds`, and the spans of the history. Where the others are more
 * calls than a pass may read again, yields a page at most, and logs that the ages have to do.
 */
export async function* rereadInPass(
  source: Source,
  priority: Priority,
  firstPollSeconds: number,
  history: UnreadSpans,
): AsyncGenerator<readonly Json[]> {
  const mostCalls = source.rereadRequestsPerPass * ROWS_PER_PAGE;
  if (mostCalls === 0) return;
  const after = Math.max(firstPollSeconds - Math.max(...rereadAges(source)), source.startSeconds - 1);
  const list = callList(source.api.for("re-read in a pass", priority), nowSeconds(source));
  let calls = 0;
  for (const span of readWithin(history, { after, until: firstPollSeconds - RECENT_SECONDS })) {
    for await (const { rows, rowsLeft } of readWindow(list, span.after, span.until)) {
      yield rows;
      calls += rows.length;
      if (calls + rowsLeft > mostCalls) return reportTooMany(calls + rowsLeft, source);
    }
  }
}

function reportTooMany(calls: number, { log, rereadRequestsPerPass }: Source): void {
  const requests = Math.ceil(calls / ROWS_PER_PAGE);
  log.info(
    `Only calls that have come to a re-read age are read again: to read all ${calls} calls up to the last age again would take ${requests} requests, and advanced.reread_requests_per_pass is ${rereadRequestsPerPass}.`,
  );
}
