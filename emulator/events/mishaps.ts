import { hashText, Random } from "../random.ts";
import type { Happening } from "./happening.ts";
import type { EventOptions, Span } from "./options.ts";

/** The second copy of an event follows within half a minute. */
const LATEST_COPY_MS = 30_000;

/**
 * When an event is due at a webhook: once, or twice, or not at all. It depends only on the seed, the webhook and
 * the event.
 */
export function dueTimesMs(
  { event, id, atMs }: Happening,
  webhookId: number,
  seed: number,
  { losses, duplicates, disorderSeconds }: EventOptions,
): number[] {
  const random = new Random(seed, webhookId, hashText(`${event} ${id}`), Math.floor(atMs / 1_000));
  if (random.chance(losses)) return [];
  const isDuplicated = random.chance(duplicates);
  const dueMs = atMs + Math.round(random.next() * disorderSeconds * 1_000);
  return isDuplicated ? [dueMs, dueMs + random.integer(1_000, LATEST_COPY_MS)] : [dueMs];
}

export function spanAt(spans: readonly Span[], atMs: number): Span | undefined {
  return spans.find(({ fromMs, untilMs }) => atMs >= fromMs && atMs < untilMs);
}
