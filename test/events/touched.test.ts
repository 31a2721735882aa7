import { expect, test } from "vitest";
import { startEventWorld } from "../support/event-world.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const QUIET = { calls: 0, contacts: 0, users: 3, numbers: 2, teams: 1, tags: 3, webhooks: 0 };

test("a change of a call is captured within five seconds, at any age of the call", async () => {
  await using world = await startEventWorld({ account: QUIET });
  const { calls } = world.emulator.account;
  const id = calls.ring();
  calls.end(id);
  await using follower = world.follow(["calls"]);
  await follower.pass(2 * MINUTE_MS);
  for (const ageMs of [20 * MINUTE_MS, 9 * HOUR_MS, 3 * DAY_MS]) {
    await follower.pass(ageMs);
    calls.archive(id);
    expect(await follower.pass(5_000), `after ${ageMs} ms`).toEqual([
      expect.objectContaining({ id, archived: true }),
    ]);
    calls.unarchive(id);
    await follower.pass(10_000);
  }
});
