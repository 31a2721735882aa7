/**
 * The rungs of a ladder of cursors, by age in seconds as text: every call that started up to the
 * instant (Unix seconds) has been read when it was at least that old. An older rung never stands
 * beyond a younger one, and none beyond the present less its age.
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
 * to there has been read at an even greater age. Where none older is known it begins as a fresh one, but
 * not beyond what any rung has read: when it is climbed, it takes the younger ones along. A rung that a
 * clock which was fast has left in the future comes back to where it belongs.
 */
export function rungsFor(
  agesSeconds: readonly number[],
  known: Rungs,
  nowSeconds: number,
  startSeconds: number,
): Rungs {
  const fresh = freshRungs(agesSeconds, nowSeconds, startSeconds);
  const rungs: Record<string, number> = {};
  let beginning = Math.min(...Object.values(known));
  for (const age of agesSeconds.toSorted((left, right) => right - left)) {
    beginning = known[age] ?? beginning;
    rungs[age] = Math.min(beginning, cursorOf(age, fresh));
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
