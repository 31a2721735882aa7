import { runConnector } from "./connector.ts";
import { POLICIES, runPolicy } from "./policies.ts";
import type { RunResult } from "./world.ts";

const CALLS = 10_000;
const DAY = { calls: CALLS, contacts: 10_000, contactEdits: 2_000, listInProgress: true, waitDays: 1 };
const SMALL = { calls: 2_000, contacts: 2_000, contactEdits: 400, listInProgress: true, waitDays: 0.25 };

/** Every run through the day. The wait of 31 days lets the oldest re-read come to the calls of the day. */
export const RUNS = {
  listed: () => runConnector(DAY),
  unlisted: () => runConnector({ ...DAY, listInProgress: false }),
  busy: () => runConnector({ ...DAY, calls: 10 * CALLS, waitDays: 0.25 }),
  tail: () => runPolicy(POLICIES.tail, CALLS),
  week: () => runPolicy(POLICIES.week, CALLS),
  everything: () => runPolicy(POLICIES.everything, CALLS),
  small: () => runConnector(SMALL),
  thousand: () => runConnector({ ...SMALL, calls: 1_000 }),
  smallUnlisted: () => runConnector({ ...SMALL, listInProgress: false }),
} satisfies Record<string, () => Promise<RunResult>>;

export type RunName = keyof typeof RUNS;

export type Results = Partial<Record<RunName, RunResult>>;
