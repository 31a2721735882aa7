import { TestClock } from "../support/clock.ts";
import { startWorld } from "../support/world.ts";
import type { World } from "./replica.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** How long after a full scan the next one is due. */
export const NEXT_SCAN_MS = 20 * HOUR_MS;

/** An account with contacts and nothing else, and a clock that leaps over every sleep. */
export const worldOf = (contacts: number): Promise<World> =>
  startWorld(
    { account: { calls: 0, contacts, users: 0, numbers: 0, teams: 0, tags: 0, webhooks: 0 } },
    new TestClock(undefined, { leaps: true }),
  );

/** Adds contacts of different seconds and returns their IDs, oldest first. Nothing happens to them. */
export function addContacts(world: World, count: number): number[] {
  return Array.from({ length: count }, () => {
    world.clock.advance(1_000);
    return world.emulator.account.contacts.add();
  });
}
