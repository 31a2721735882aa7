import { expect } from "vitest";
import { listedStreamNames } from "../../src/streams/index.ts";
import type { HistoryWorld } from "./history.ts";

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/** When calls are read again, as the documentation promises, with how much of it may gather before. */
const AGES_SECONDS = [0.5, 6, 24, 72, 168, 720].map((hours) => hours * HOUR_SECONDS);
const RECENT_SECONDS = 30 * 60;
const SETTLING_SECONDS = 20 * 60;
const SEAM_SECONDS = 2;

/** An account, what has happened in it, and what has been captured of it. */
export type CapturedAccount = Pick<HistoryWorld, "emulator" | "life" | "collections" | "listInProgress">;

/** What holds after a whole pass that nothing disturbed. */
export function expectPromisesKept(world: CapturedAccount): void {
  for (const stream of listedStreamNames) {
    if (stream === "calls") expectCalls(world);
    else if (stream === "contacts") expectContacts(world);
    // A list that has become empty keeps its rows for an hour.
    else if (world.collections.truth(stream).size > 0) expectSame(world, stream);
  }
}

/** Everything is as it is in the account, once all re-reads and a full scan have come and gone. */
export function expectTruth(world: CapturedAccount): void {
  for (const stream of listedStreamNames) expectSame(world, stream);
}

function expectSame(
  { collections, life }: CapturedAccount,
  stream: (typeof listedStreamNames)[number],
): void {
  const kept = new Map(collections.of(stream));
  if (stream === "calls") for (const id of life.removedCalls) kept.delete(String(id));
  expect(sorted(kept), stream).toEqual(sorted(collections.truth(stream)));
}

function sorted(rows: ReadonlyMap<string, string>): [string, string][] {
  return [...rows].sort(([left], [right]) => (left < right ? -1 : 1));
}

/** Who is there is there as it is; who has been deleted may stay until the next full scan. */
function expectContacts({ collections, life }: CapturedAccount): void {
  const kept = [...collections.of("contacts")].filter(([id]) => !life.deletedContacts.has(Number(id)));
  expect(sorted(new Map(kept)), "contacts").toEqual(sorted(collections.truth("contacts")));
}

/** Every call is there, and as it was when it last came to the age of a re-read, or later. */
function expectCalls(world: CapturedAccount): void {
  const kept = world.collections.of("calls");
  const late: string[] = [];
  for (const [id, row] of world.collections.truth("calls")) {
    if (kept.get(id) !== row && isDueBy(Number(id), world)) late.push(`${kept.get(id)} is now ${row}`);
  }
  expect(late, "calls").toEqual([]);
  const strangers = [...kept.keys()].filter((id) => !world.life.calls.includes(Number(id)));
  expect(strangers).toEqual([]);
}

/** Whether the last change of a call must have been captured by now. */
function isDueBy(id: number, { life, emulator, listInProgress }: CapturedAccount): boolean {
  const call = emulator.account.calls.life(id);
  const changedSeconds = life.lastChangeSeconds(id);
  const ageSeconds = emulator.account.nowSeconds - call.startedAt;
  if (ageSeconds < RECENT_SECONDS) return true;
  const readAtAges = AGES_SECONDS.filter(
    (age) => ageSeconds >= age + Math.min(age / 2, HOUR_SECONDS) + SEAM_SECONDS,
  );
  const changedAtAge = changedSeconds - call.startedAt;
  if (changedAtAge <= Math.max(-Infinity, ...readAtAges) - SEAM_SECONDS) return true;
  // A call that is listed only once it has ended may not have been there when the calls of its age were read again.
  if (!listInProgress) return false;
  return isFollowed(call, changedSeconds, ageSeconds, emulator.account.nowSeconds);
}

/** A call that went on at half an hour is read by itself until it has settled, the later the longer it goes on. */
function isFollowed(
  call: { endedAt: number },
  changedSeconds: number,
  ageSeconds: number,
  nowSeconds: number,
): boolean {
  const hasBeenMet = ageSeconds >= 1.5 * RECENT_SECONDS + SEAM_SECONDS && ageSeconds <= DAY_SECONDS;
  const settledSeconds = call.endedAt + SETTLING_SECONDS;
  const noticedSeconds = call.endedAt + Math.ceil(ageSeconds / 6);
  const isSettled = Math.max(settledSeconds, noticedSeconds) + SEAM_SECONDS <= nowSeconds;
  return hasBeenMet && isSettled && changedSeconds <= settledSeconds - SEAM_SECONDS;
}
