interface PriorityRules {
  /** Requests that are spread keep room in the window for urgent ones. */
  readonly isSpread: boolean;
  /** The largest part of a window's allowance that these requests take. */
  readonly share: number;
}

/**
 * What a request is for, the most urgent first. Aircall's events come as fast as people work, so that reading what they
 * touch leaves half of a window to all else. A `spare` request is sent at once, or counts as a re-read: see `SpareShare`. The
 * history of insights may take days, so that half of a window is left to all that comes meanwhile, spare requests included.
 */
const PRIORITIES = {
  event: { isSpread: false, share: 0.5 },
  tail: { isSpread: false, share: 1 },
  snapshot: { isSpread: false, share: 1 },
  reread: { isSpread: true, share: 1 },
  backfill: { isSpread: true, share: 1 },
  insight: { isSpread: true, share: 1 },
  spare: { isSpread: false, share: 1 },
  insightHistory: { isSpread: true, share: 0.5 },
} satisfies Record<string, PriorityRules>;

export type Priority = keyof typeof PRIORITIES;

const MOST_URGENT_FIRST = Object.keys(PRIORITIES);

/** The lower, the more urgent. */
export function rankOf(priority: Priority): number {
  return MOST_URGENT_FIRST.indexOf(priority);
}

export function isSpread(priority: Priority): boolean {
  return PRIORITIES[priority].isSpread;
}

/** How many requests of a priority a window may hold that may hold `allowed` of all; one at least. */
export function shareOf(priority: Priority, allowed: number): number {
  return Math.max(1, Math.floor(PRIORITIES[priority].share * allowed));
}
