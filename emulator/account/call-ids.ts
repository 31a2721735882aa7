/** Ids are `day * IDS_PER_DAY + index`: above 2^31, below 2^53, and ascending with the days. */
const IDS_PER_DAY = 2_000_000;

/** Indexes from here on in each day belong to calls that tests make. */
export const FIRST_MADE_INDEX = 1_000_000;

export function callIdAt(day: number, index: number): number {
  return day * IDS_PER_DAY + index;
}

/** The UTC day and the index in it that an id stands for. */
export function placeOfId(id: number): { day: number; index: number } {
  return { day: Math.floor(id / IDS_PER_DAY), index: id % IDS_PER_DAY };
}

export function isSeeded(id: number): boolean {
  return id % IDS_PER_DAY < FIRST_MADE_INDEX;
}
