import { runOurs } from "./ours.ts";
import { POLICIES, runPolicy } from "./policies.ts";
import type { RunResult } from "./result.ts";

/** Calls of the measured day. */
const CALLS = 10_000;
const CONTACTS = { contacts: 10_000, contactEdits: 2_000 };

/** As long as the oldest re-read takes to come to the calls of the day. */
const WAIT_DAYS = 31;

/** The day's late changes are not waited for. */
const SMALL_WAIT_DAYS = 0.25;

const OURS = { calls: CALLS, ...CONTACTS, listInProgress: true };
const SMALL = { calls: 2_000, contacts: 2_000, contactEdits: 400, listInProgress: true };

/** Every run through the day. Each takes a process of its own. */
export const RUNS = {
  listed: () => runOurs(OURS, WAIT_DAYS),
  unlisted: () => runOurs({ ...OURS, listInProgress: false }, WAIT_DAYS),
  busy: () => runOurs({ ...OURS, calls: 10 * CALLS }, 0.25),
  tail: () => runPolicy(POLICIES.tail, { calls: CALLS }),
  week: () => runPolicy(POLICIES.week, { calls: CALLS }),
  everything: () => runPolicy(POLICIES.everything, { calls: CALLS }),
  small: () => runOurs(SMALL, SMALL_WAIT_DAYS),
  smallUnlisted: () => runOurs({ ...SMALL, listInProgress: false }, SMALL_WAIT_DAYS),
} satisfies Record<string, () => Promise<RunResult>>;

export type RunName = keyof typeof RUNS;

export function isRunName(name: string | undefined): name is RunName {
  return name !== undefined && Object.hasOwn(RUNS, name);
}
