import type { Json, JsonObject } from "../shared/json.ts";
import { fits } from "../shared/validated.ts";

/** Requests that were sent within the same stretch of this many parts of a window are kept as if sent at its end. */
const PARTS = 6;

const SCHEMA = {
  type: "object",
  required: ["sent"],
  properties: {
    sent: {
      type: "array",
      items: { type: "array", items: { type: "integer", minimum: 0 }, minItems: 2, maxItems: 2 },
    },
    blockedUntilMs: { type: ["integer", "null"] },
  },
} as const;

/** What a process has asked of the company's quota lately. Instants are Unix milliseconds. */
export interface RecentRequests {
  readonly sentMs: readonly number[];
  /** Until when the server refuses everything, as far as it has said. */
  readonly blockedUntilMs: number;
}

/** As JSON of a fixed size, however many requests there were. */
export function recentRequestsAsJson(
  { sentMs, blockedUntilMs }: RecentRequests,
  windowMs: number,
): JsonObject {
  const latestMs = sentMs.at(-1) ?? 0;
  const counts = new Map<number, number>();
  for (const oneMs of sentMs) {
    const partsAgo = Math.floor(((latestMs - oneMs) * PARTS) / windowMs);
    const endMs = latestMs - Math.floor((partsAgo * windowMs) / PARTS);
    counts.set(endMs, (counts.get(endMs) ?? 0) + 1);
  }
  return {
    sent: [...counts].map(([endMs, count]) => [endMs, count]),
    blockedUntilMs: blockedUntilMs > latestMs ? blockedUntilMs : null,
  };
}

/** `undefined` for a value that this or an earlier version has not written. */
export function parseRecentRequests(value: Json | undefined): RecentRequests | undefined {
  if (!fits(SCHEMA, value)) return undefined;
  const sentMs = value.sent.flatMap(([endMs = 0, count = 0]) =>
    Array<number>(Math.min(count, 1_000)).fill(endMs),
  );
  return {
    sentMs: sentMs.sort((left, right) => left - right),
    blockedUntilMs: value.blockedUntilMs ?? -Infinity,
  };
}
