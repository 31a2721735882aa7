/** How much one run of the benchmarks measures. */
export interface Sizes {
  /** Processes of each kind that are started, one after another. */
  readonly starts: number;
  readonly demos: number;
  readonly captures: readonly { readonly calls: number; readonly runs: number }[];
  readonly profiledCalls: number;
  readonly backfill: { readonly calls: number; readonly contacts: number };
  readonly day: { readonly calls: number; readonly contacts: number; readonly contactEdits: number };
  readonly quotaMinutes: number;
  readonly sideBySide: { readonly calls: number; readonly captures: readonly number[] };
}

/** Some ten minutes on two cores. */
export const FULL: Sizes = {
  starts: 31,
  demos: 5,
  captures: [
    { calls: 10_000, runs: 5 },
    { calls: 100_000, runs: 3 },
    { calls: 1_000_000, runs: 2 },
  ],
  profiledCalls: 100_000,
  backfill: { calls: 100_000, contacts: 10_000 },
  day: { calls: 10_000, contacts: 10_000, contactEdits: 2_000 },
  quotaMinutes: 10,
  sideBySide: { calls: 1_000, captures: [1, 10, 100] },
};

/** A minute or so, for whoever works on the connector or on this. */
export const QUICK: Sizes = {
  starts: 5,
  demos: 1,
  captures: [
    { calls: 2_000, runs: 3 },
    { calls: 10_000, runs: 3 },
  ],
  profiledCalls: 10_000,
  backfill: { calls: 10_000, contacts: 1_000 },
  day: { calls: 1_000, contacts: 1_000, contactEdits: 200 },
  quotaMinutes: 2,
  sideBySide: { calls: 200, captures: [1, 5] },
};
