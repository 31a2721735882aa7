import { ROWS_PER_PAGE } from "../../aircall/index.ts";
import type { UnnamedEvent } from "../aircall-event.ts";
import { idIn, type TouchedObject } from "../touched.ts";
import type { Span } from "../window.ts";
import { RECENT_SECONDS } from "./schedule-state.ts";

/**
 * Events of a call that goes on, which touch it only once it is older than what each poll reads: the poll captures
 * these, and to read a call at each of them costs several requests for each call.
 */
const WHILE_IT_GOES_ON: ReadonlySet<string> = new Set([
  "call.created",
  "call.ringing_on_agent",
  "call.agent_declined",
  "call.answered",
  "call.transferred",
  "call.external_transferred",
  "call.unsuccessful_transfer",
  "call.hold",
  "call.unhold",
  "call.ivr_option_selected",
]);

/** The start of a call may be corrected by a second between the event and the read. */
const SEAM_SECONDS = 1;

/** Calls that the connector does not know yet may have started among the known ones. */
const ROWS_IN_WINDOW = ROWS_PER_PAGE - 5;

/** A call, with its start as the hint: Unix seconds, 0 if the event has none. */
export function touchedCall({ event, timestamp, data }: UnnamedEvent): TouchedObject | undefined {
  const id = event.startsWith("call.") ? idIn(data.id) : undefined;
  if (id === undefined) return undefined;
  const startedAt = typeof data.started_at === "number" ? data.started_at : 0;
  const isPolled = startedAt > timestamp - RECENT_SECONDS;
  if (isPolled && (WHILE_IT_GOES_ON.has(event) || isEndWithoutNews(event, data))) return undefined;
  return { id, hint: startedAt };
}

/** `call.ended` follows `call.hungup` by about half a minute, and brings the recording or voicemail if there is one. */
function isEndWithoutNews(event: string, { recording, voicemail, asset }: UnnamedEvent["data"]): boolean {
  return event === "call.ended" && !recording && !voicemail && !asset;
}

export interface PlannedReads {
  readonly windows: { readonly span: Span; readonly ids: ReadonlySet<number> }[];
  readonly singles: number[];
}

/**
 * The fewest requests that read all of the calls, given by ID with the start of each: a window of a page for several calls of
 * the last half hour between which few others started, by the known starts; a request of its own for any other call.
 */
export function planReads(
  touched: ReadonlyMap<number, number>,
  recentStarts: readonly number[],
  nowSeconds: number,
): PlannedReads {
  const plan: PlannedReads = { windows: [], singles: [] };
  const isRecent = (startedAt: number) => startedAt > nowSeconds - RECENT_SECONDS && startedAt <= nowSeconds;
  const recent = [...touched].filter(([, startedAt]) => isRecent(startedAt)).sort(([, a], [, b]) => a - b);
  plan.singles.push(...[...touched].filter(([, startedAt]) => !isRecent(startedAt)).map(([id]) => id));
  for (let first = 0; first < recent.length; ) {
    const span = spanOf(recent, first, first);
    let last = first;
    while (
      last + 1 < recent.length &&
      rowsIn(spanOf(recent, first, last + 1), recentStarts) <= ROWS_IN_WINDOW
    )
      last += 1;
    const ids = recent.slice(first, last + 1).map(([id]) => id);
    if (ids.length === 1) plan.singles.push(...ids);
    else
      plan.windows.push({ span: { ...span, until: spanOf(recent, first, last).until }, ids: new Set(ids) });
    first = last + 1;
  }
  return plan;
}

type Touched = readonly [id: number, startedAt: number];

function spanOf(recent: readonly Touched[], first: number, last: number): Span {
  const [[, from], [, through]] = [recent[first], recent[last]] as [Touched, Touched];
  return { after: from - SEAM_SECONDS - 1, until: through + SEAM_SECONDS };
}

function rowsIn({ after, until }: Span, starts: readonly number[]): number {
  return starts.filter((startedAt) => startedAt > after && startedAt <= until).length;
}
