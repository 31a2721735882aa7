/**
 * The cursors of a re-read schedule, one for each step, by the age of the step in seconds as text. A
 * cursor is an instant in Unix seconds: every call that started up to it has been read when the call was
 * at least that old. The cursor of an older step is never later than that of a younger one, and no
 * cursor is later than the present less the age.
 */
export type RereadCursors = Readonly<Record<string, number>>;

const HOUR_SECONDS = 3600;

/** A step is due once half its age has gathered since its cursor, or an hour, whichever is less. */
export function isDue(ageSeconds: number, cursors: RereadCursors, nowSeconds: number): boolean {
  const gatheredSeconds = nowSeconds - ageSeconds - cursorOf(ageSeconds, cursors);
  return gatheredSeconds >= Math.min(ageSeconds / 2, HOUR_SECONDS);
}

export function cursorOf(ageSeconds: number, cursors: RereadCursors): number {
  return cursors[ageSeconds] ?? -Infinity;
}

/**
 * The ages of the steps that one reading can serve, from this one down: each next step begins no later than where
 * the one before it ends.
 */
export function adjoiningAges(ageSeconds: number, cursors: RereadCursors, nowSeconds: number): number[] {
  const younger = Object.keys(cursors)
    .map(Number)
    .filter((age) => age < ageSeconds)
    .sort((left, right) => right - left);
  const adjoining = [ageSeconds];
  for (const age of younger) {
    if (cursorOf(age, cursors) > nowSeconds - Math.min(...adjoining)) break;
    adjoining.push(age);
  }
  return adjoining;
}

/** The cursors of a schedule that begins now: a call that is younger than a step will come to its age. */
export function freshCursors(
  agesSeconds: readonly number[],
  nowSeconds: number,
  startSeconds: number,
): RereadCursors {
  return Object.fromEntries(agesSeconds.map((age) => [age, Math.max(nowSeconds - age, startSeconds - 1)]));
}

/**
 * The known cursors, fitted to these ages. A new step begins at the cursor of the next older step, since
 * every call up to there has been read at an even greater age. Where no older step is known, it begins as
 * a fresh one, but no later than any known cursor: the calls that it then reads need not be read for a
 * younger step again. A cursor that a fast clock has left in the future comes back to the present less its age.
 */
export function fittedCursors(
  agesSeconds: readonly number[],
  known: RereadCursors,
  nowSeconds: number,
  startSeconds: number,
): RereadCursors {
  const fresh = freshCursors(agesSeconds, nowSeconds, startSeconds);
  const cursors: Record<string, number> = {};
  let beginning = Math.min(...Object.values(known));
  for (const age of agesSeconds.toSorted((left, right) => right - left)) {
    beginning = known[age] ?? beginning;
    cursors[age] = Math.min(beginning, cursorOf(age, fresh));
  }
  return cursors;
}

/**
 * The cursors after every call up to an instant has been read at this age. Calls that were read at a
 * great age need not be read again for a smaller one: the cursors of the younger steps move too.
 */
export function rereadThrough(
  cursors: RereadCursors,
  ageSeconds: number,
  throughSeconds: number,
): RereadCursors {
  const moved = Object.entries(cursors).map(([age, cursor]) => [
    age,
    Number(age) <= ageSeconds ? Math.max(cursor, throughSeconds) : cursor,
  ]);
  return Object.fromEntries(moved);
}
