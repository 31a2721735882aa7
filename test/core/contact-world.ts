import { leapingClock } from "../support/clock.ts";
import type { World } from "../support/world.ts";
import { startWorld } from "../support/world.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** How long after a full scan the next one is due. */
export const NEXT_SCAN_MS = 20 * HOUR_MS;

/** An account with contacts and nothing else. Its clock leaps over every sleep, unless another is named. */
export const worldOf = (contacts: number, clock = leapingClock()): Promise<World> =>
  startWorld(
    { account: { calls: 0, contacts, users: 0, numbers: 0, teams: 0, tags: 0, webhooks: 0 } },
    clock,
  );

/** Adds contacts of different seconds and returns their IDs, oldest first. Nothing happens to them. */
export function addContacts(world: World, count: number): number[] {
  return Array.from({ length: count }, () => {
    world.clock.advance(1_000);
    return world.emulator.account.contacts.add();
  });
}
