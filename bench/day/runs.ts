import { runConnector, runNightly } from "./connector.ts";
import { POLICIES, runPolicy } from "./policies.ts";
import { requestsByWait, type Wait } from "./waits.ts";
import { DAY_START_MS, HOUR_MS, planDay, type RunResult } from "./world.ts";

const CALLS = 10_000;

/** The wait of 31 days lets the oldest re-read come to the calls of the day. */
const DAY = { calls: CALLS, contacts: 10_000, contactEdits: 2_000, listInProgress: true, waitDays: 31 };
const THOUSAND = { ...DAY, calls: 1_000, contacts: 1_000, contactEdits: 200 };
const SMALL = { calls: 2_000, contacts: 2_000, contactEdits: 400, listInProgress: true, waitDays: 0.25 };

/** Half of all calls have insights. The wait of 8 days lets the last age come at which calls are asked for them. */
const INSIGHTS = {
  ...DAY,
  contacts: 500,
  contactEdits: 20,
  waitDays: 8,
  insightShare: 0.755,
};

/** What polls and re-read ages do by themselves. */
const SPARE_NONE = { advanced: { spare_share: 0 } };

/** One event in ten is lost, and all of those of the hour before noon. */
const LOSSES = {
  losses: 0.1,
  outages: [{ fromMs: DAY_START_MS + 11 * HOUR_MS, untilMs: DAY_START_MS + 12 * HOUR_MS }],
};

/** Every run through the day. */
export const RUNS = {
  listed: () => runConnector(DAY),
  ages: () => runConnector({ ...DAY, ...SPARE_NONE }),
  events: () => runConnector({ ...DAY, events: {} }),
  lossy: () => runConnector({ ...DAY, ...SPARE_NONE, events: LOSSES }),
  unlisted: () => runConnector({ ...DAY, ...SPARE_NONE, listInProgress: false }),
  thousand: () => runConnector(THOUSAND),
  nightly: () => runNightly(THOUSAND),
  busy: () => runConnector({ ...DAY, ...SPARE_NONE, calls: 10 * CALLS, waitDays: 0.25 }),
  tail: () => runPolicy(POLICIES.tail, CALLS),
  week: () => runPolicy(POLICIES.week, CALLS),
  everything: () => runPolicy(POLICIES.everything, CALLS),
  insights: () => runConnector({ ...INSIGHTS, ...SPARE_NONE }),
  insightEvents: () => runConnector({ ...INSIGHTS, events: {} }),
  small: () => runConnector(SMALL),
  smallEvents: () => runConnector({ ...SMALL, events: {} }),
  smallUnlisted: () => runConnector({ ...SMALL, listInProgress: false }),
} satisfies Record<string, () => Promise<RunResult>>;

export type RunName = keyof typeof RUNS;

export type Results = Partial<Record<RunName, RunResult>>;

/** What it would take to read the changes of the day's calls as soon as so many seconds after each. */
export async function waits(): Promise<Wait[]> {
  const { account, changes } = await planDay(DAY);
  return requestsByWait(account, changes, [1, 4, 10, 30, 60]);
}
