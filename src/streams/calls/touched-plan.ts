import { ROWS_PER_PAGE } from "../../aircall/index.ts";
import type { UnnamedEvent } from "../aircall-event.ts";
import { idIn, type TouchedObject, type WaitingObject } from "../touched.ts";
import type { Span } from "../window.ts";
import { RECENT_SECONDS } from "./schedule-state.ts";

/** What happens while a call goes on. To read a busy account's calls at each of these costs several requests a call. */
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
  return {
    id,
    hint: startedAt,
    isPolled,
    canWait: isPolled && (WHILE_IT_GOES_ON.has(event) || isSecondEnd(event, data)),
  };
}

/** `call.ended` follows `call.hungup` by about half a minute. What it adds is the recording or voicemail, if there is one. */
function isSecondEnd(event: string, { recording, voicemail, asset }: UnnamedEvent["data"]): boolean {
  return event === "call.ended" && !recording && !voicemail && !asset;
}

export interface PlannedReads {
  readonly windows: { readonly span: Span; readonly ids: ReadonlySet<number> }[];
  readonly singles: number[];
  /** Calls that a poll of one page reads. */
  readonly polled: number[];
  /** Calls that wait for the next poll. */
  readonly left: number[];
}

/**
 * The fewest requests that read the calls that are due. A poll reads those of the last half hour where one page has all
 * calls of that time, by the known starts. Elsewhere calls that can wait are left to the next poll, and a window of one
 * page reads several calls between which few others started; it takes along others that are not due yet. Any other call
 * is a request of its own.
 */
export function planReads(
  touched: readonly WaitingObject[],
  recentStarts: readonly number[],
  nowSeconds: number,
): PlannedReads {
  const isRecent = ({ hint }: TouchedObject) => hint > nowSeconds - RECENT_SECONDS && hint <= nowSeconds;
  const isQuiet = recentStarts.length <= ROWS_IN_WINDOW;
  // An event that comes hours late names a call that no poll reads any more.
  const isLeft = (call: TouchedObject) => !isQuiet && call.canWait === true && isRecent(call);
  const wanted = touched.filter((call) => !isLeft(call));
  const plan: PlannedReads = {
    windows: [],
    singles: wanted.filter((call) => call.isDue && !isRecent(call)).map(({ id }) => id),
    polled: [],
    left: touched.filter(isLeft).map(({ id }) => id),
  };
  const recent = wanted.filter(isRecent).sort((left, right) => left.hint - right.hint);
  if (isQuiet && recent.some(({ isDue }) => isDue)) return { ...plan, polled: recent.map(({ id }) => id) };
  const fits = (first: number, last: number) =>
    last < recent.length && rowsIn(spanOf(recent, first, last), recentStarts) <= ROWS_IN_WINDOW;
  let planned = 0;
  for (let due = 0; due < recent.length; due++) {
    if (due < planned || !recent[due]?.isDue) continue;
    let [first, last] = [due, due];
    while (fits(first, last + 1)) last += 1;
    while (first > planned && fits(first - 1, last)) first -= 1;
    planned = last + 1;
    const ids = recent.slice(first, planned).map(({ id }) => id);
    if (ids.length === 1) plan.singles.push(...ids);
    else plan.windows.push({ span: spanOf(recent, first, last), ids: new Set(ids) });
  }
  return plan;
}

export function idsIn({ windows, singles, polled, left }: PlannedReads): Set<number> {
  return new Set([...windows.flatMap(({ ids }) => [...ids]), ...singles, ...polled, ...left]);
}

function spanOf(recent: readonly TouchedObject[], first: number, last: number): Span {
  const [from, through] = [recent[first], recent[last]] as [TouchedObject, TouchedObject];
  return { after: from.hint - SEAM_SECONDS - 1, until: through.hint + SEAM_SECONDS };
}

function rowsIn({ after, until }: Span, starts: readonly number[]): number {
  return starts.filter((startedAt) => startedAt > after && startedAt <= until).length;
}
