/**
 * The rungs of a ladder of cursors, by age in seconds as text: every call that started up to the
 * instant (Unix seconds) has been read when it was at least that old.
 */
export type Rungs = Readonly<Record<string, number>>;

const HOUR_SECONDS = 3600;

/** A rung is climbed once as much as half its age has gathered on it, or an hour's worth. */
export function isDue(ageSeconds: number, rungs: Rungs, nowSeconds: number): boolean {
  const gatheredSeconds = nowSeconds - ageSeconds - cursorOf(ageSeconds, rungs);
  return gatheredSeconds >= Math.min(ageSeconds / 2, HOUR_SECONDS);
}

export function cursorOf(ageSeconds: number, rungs: Rungs): number {
  return rungs[ageSeconds] ?? -Infinity;
}

/** The rungs of a ladder that begins now: what is younger than a rung will come to it. */
export function freshRungs(agesSeconds: readonly number[], nowSeconds: number, startSeconds: number): Rungs {
  return Object.fromEntries(agesSeconds.map((age) => [age, Math.max(nowSeconds - age, startSeconds - 1)]));
}

/**
 * The known rungs, for these ages. A new rung begins where the next older one stands, since all up
 * to there has been read at an even greater age, or as a fresh one where none older is known.
 */
export function rungsFor(
  agesSeconds: readonly number[],
  known: Rungs,
  nowSeconds: number,
  startSeconds: number,
): Rungs {
  const fresh = freshRungs(agesSeconds, nowSeconds, startSeconds);
  const rungs: Record<string, number> = {};
  let olderSeconds: number | undefined;
  for (const age of agesSeconds.toSorted((left, right) => right - left)) {
    olderSeconds = known[age] ?? olderSeconds;
    rungs[age] = olderSeconds ?? cursorOf(age, fresh);
  }
  return rungs;
}

/**
 * The rungs after all up to an instant has been read at this age. What was read at a great age need
 * not be read again for a smaller one: the younger rungs come along.
 */
export function climbed(rungs: Rungs, ageSeconds: number, throughSeconds: number): Rungs {
  const moved = Object.entries(rungs).map(([age, cursor]) => [
    age,
    Number(age) <= ageSeconds ? Math.max(cursor, throughSeconds) : cursor,
  ]);
  return Object.fromEntries(moved);
}
