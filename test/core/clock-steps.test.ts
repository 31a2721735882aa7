import { expect, test } from "vitest";
import type { StreamName } from "../../src/streams/index.ts";
import { streams } from "../../src/streams/index.ts";
import { capture } from "../support/capture.ts";
import { leapingClock } from "../support/clock.ts";
import { Replica } from "../support/replica.ts";
import type { World } from "../support/world.ts";
import { startWorld } from "../support/world.ts";

const QUIET = { calls: 0, contacts: 0, users: 3, numbers: 2, teams: 1, tags: 3, webhooks: 0 };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const worldOf = (account = {}) => startWorld({ account: { ...QUIET, ...account } }, leapingClock());

function finishedCall({ emulator, clock }: World): number {
  const id = emulator.account.calls.ring();
  clock.advance(60_000);
  emulator.account.calls.end(id);
  return id;
}

async function daily(replica: Replica, world: World, days: number): Promise<void> {
  for (let day = 0; day < days; day++) {
    world.clock.advance(DAY_MS);
    await replica.pass();
  }
}

test.each([8, 100])(
  "a clock that was fast by %i days for one pass leaves nothing out once it is right",
  async (days) => {
    await using world = await worldOf();
    const replica = new Replica(world, "calls");
    await replica.pass();
    world.clock.aheadMs = days * DAY_MS;
    await replica.pass();
    world.clock.aheadMs = 0;
    const recordedLate = finishedCall(world);
    await replica.pass();
    world.clock.advance(HOUR_MS);
    world.emulator.account.calls.record(recordedLate);
    finishedCall(world);
    world.clock.advance(HOUR_MS);
    await daily(replica, world, 1);
    expect(replica.documents).toEqual(replica.truth());
  },
);

test("a clock that was fast when contacts were read does not keep deletions waiting", async () => {
  await using world = await worldOf({ contacts: 60 });
  const replica = new Replica(world, "contacts");
  world.clock.aheadMs = 9 * DAY_MS;
  await replica.pass();
  world.clock.aheadMs = 0;
  world.emulator.account.contacts.remove(Number(replica.truth()[0]?.id));
  await daily(replica, world, 1);
  expect(replica.documents).toEqual(replica.truth());
});

test.each<StreamName>(["calls", "contacts", "tags"])(
  "a clock that is set back during a pass keeps %s resting no longer",
  async (stream) => {
    await using world = await worldOf({ contacts: 60, calls: 100, days: 20 });
    world.emulator.faults.add({
      kind: "edit",
      edit: () => {
        world.clock.aheadMs = -8 * DAY_MS;
      },
    });
    const stop = new AbortController();
    let restMs = Number.NaN;
    const blocks = capture(world.connector, [stream], {
      until: "follow",
      signal: stop.signal,
      onEvent(event) {
        if (event.kind !== "rests") return;
        restMs = event.untilMs - world.clock.now();
        stop.abort();
      },
    });
    for await (const __ of blocks);
    expect(restMs).toBeLessThanOrEqual(streams[stream].intervalMs);
  },
);
