import type { Span } from "../window.ts";

/**
 * The spans of the past that no history has read yet, `(after, until]` by their `until` as text; Unix seconds.
 *
 * What lies before the start date is unread as well. So an earlier start date than the last reads what was
 * left out, and only that.
 */
export type UnreadSpans = Readonly<Record<string, number>>;

/** Before every call. An API may refuse an earlier instant. */
const BEGINNING_SECONDS = 0;

/** Everything up to an instant. */
export function allUntil(untilSeconds: number): UnreadSpans {
  return { [untilSeconds]: BEGINNING_SECONDS };
}

/** The spans with another one, which may overlap them. */
export function withSpan(spans: UnreadSpans, { after, until }: Span): UnreadSpans {
  return after < until ? { ...spans, [until]: Math.min(after, spans[until] ?? after) } : spans;
}

/** The spans without what lies in another one. */
export function withoutSpan(spans: UnreadSpans, { after, until }: Span): UnreadSpans {
  return spansOf(spans)
    .flatMap((unread) => [
      { after: unread.after, until: Math.min(unread.until, after) },
      { after: Math.max(unread.after, until), until: unread.until },
    ])
    .reduce<UnreadSpans>(withSpan, {});
}

/** The same spans, with a border at an instant. */
export function splitAt(spans: UnreadSpans, borderSeconds: number): UnreadSpans {
  return spansOf(spans).reduce<UnreadSpans>(
    (split, { after, until }) =>
      [
        { after, until: Math.min(until, borderSeconds) },
        { after: Math.max(after, borderSeconds), until },
      ].reduce(withSpan, split),
    {},
  );
}

/** The latest span that begins no earlier than an instant. */
export function latestSpan(spans: UnreadSpans, fromSeconds: number): Span | undefined {
  return spansOf(spans)
    .filter(({ after }) => after >= fromSeconds)
    .reduce<Span | undefined>(
      (latest, span) => (latest && latest.until > span.until ? latest : span),
      undefined,
    );
}

/** What of a span has been read, the earliest first. */
export function readWithin(spans: UnreadSpans, span: Span): Span[] {
  return spansOf(spans).reduce(
    (read, unread) =>
      read
        .flatMap(({ after, until }) => [
          { after, until: Math.min(until, unread.after) },
          { after: Math.max(after, unread.until), until },
        ])
        .filter(({ after, until }) => after < until),
    [span],
  );
}

/** Whether any of the seconds is unread, the bounds included. */
export function isUnread(spans: UnreadSpans, fromSeconds: number, throughSeconds: number): boolean {
  return spansOf(spans).some(({ after, until }) => fromSeconds <= until && throughSeconds > after);
}

function spansOf(spans: UnreadSpans): Span[] {
  return Object.entries(spans).map(([until, after]) => ({ after, until: Number(until) }));
}
