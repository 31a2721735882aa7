import { expect, test } from "vitest";
import { Follower } from "../support/capture.ts";
import { TestClock } from "../support/clock.ts";
import { Replica } from "../support/replica.ts";
import { startWorld } from "../support/world.ts";

const MINUTE_MS = 60_000;
const QUIET = { calls: 0, contacts: 0, users: 1, numbers: 1, teams: 0, tags: 1, webhooks: 0 };

test("T3: a change that is taken back around a restart is captured, though half an hour after its start two readings meet a call", async () => {
  await using world = await startWorld({ account: QUIET }, new TestClock());
  const { account, faults } = world.emulator;
  const tagId = account.tags.listed[0]?.id ?? 0;
  const replica = new Replica(world, "calls");

  await replica.pass();
  const id = account.calls.ring();
  account.calls.end(id);
  await replica.pass();
  world.clock.advance(29.9 * MINUTE_MS);
  faults.add({ kind: "edit", match: "/v1/calls", edit: () => world.clock.advance(MINUTE_MS / 2) });
  faults.add({ kind: "edit", match: "/v1/calls", nth: 2, edit: () => account.calls.tag(id, tagId) });
  await replica.pass();
  account.calls.untag(id, tagId);

  await using follower = new Follower(world, ["calls"], { state: replica.state });
  await follower.pass(8 * 60 * MINUTE_MS);
  const last = [...replica.rows.values(), ...follower.documents].at(-1);
  expect(last).toMatchObject({ id, tags: account.calls.life(id).tags });
});
