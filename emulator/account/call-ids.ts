/** An ID is `day * IDS_PER_DAY + index`. IDs lie between 2^31 and 2^53, and ascend with the days. */
const IDS_PER_DAY = 2_000_000;

/** Calls that tests add have this index and higher ones, on each day. */
export const FIRST_MADE_INDEX = 1_000_000;

export function callIdAt(day: number, index: number): number {
  return day * IDS_PER_DAY + index;
}

/** The UTC day of a call, and its index on that day. */
export function placeOfId(id: number): { day: number; index: number } {
  return { day: Math.floor(id / IDS_PER_DAY), index: id % IDS_PER_DAY };
}

export function isSeeded(id: number): boolean {
  return id % IDS_PER_DAY < FIRST_MADE_INDEX;
}
