import fc from "fast-check";
import { test } from "vitest";
import type { Document } from "../../src/engine/index.ts";
import { listedStreamNames, type StreamName, streams } from "../../src/streams/index.ts";
import { Follower } from "../support/capture.ts";
import { TestClock } from "../support/clock.ts";
import { draws, holdsForAll } from "../support/draws.ts";
import { lasting } from "./collections.ts";
import { fault, HistoryWorld, setting } from "./history.ts";
import { act } from "./life.ts";

/** Refuses to be told anything twice. */
function refusingRepeats(): (stream: StreamName, document: Document) => void {
  const versions = new Map<string, string>();
  return (stream, { _meta, ...row }) => {
    const key = `${stream} ${row[streams[stream].keyField]}`;
    const version = _meta.op === "d" ? "gone" : lasting(row);
    if (versions.get(key) === version)
      throw new Error(`captured twice, and had not changed: ${key}\n${version}`);
    versions.set(key, version);
  };
}

const step = fc.oneof(
  { weight: 5, arbitrary: act.map((one) => ({ act: one })) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 90 * 60 }).map((seconds) => ({ seconds })) },
  { weight: 1, arbitrary: fc.record({ nth: fc.integer({ min: 1, max: 30 }), edit: act }) },
  { weight: 1, arbitrary: fault.map((one) => ({ fault: one })) },
);

const followed = fc.record({ setting, steps: fc.array(step, { maxLength: 16, size: "max" }) });

test("T3: a process that follows captures nothing twice that has not changed", () =>
  holdsForAll("follow", followed, draws(5, 1_000), async ({ setting, steps }) => {
    await using world = await HistoryWorld.begin(setting, new TestClock());
    await using follower = new Follower(world, listedStreamNames, { take: refusingRepeats() });
    const { faults } = world.emulator;
    for (const one of steps) {
      if ("act" in one) world.life.happens(one.act);
      else if ("seconds" in one) await follower.pass(one.seconds * 1_000);
      else if ("fault" in one) faults.add(one.fault);
      else faults.add({ kind: "edit", nth: one.nth, edit: () => world.life.happens(one.edit) });
    }
    faults.clear();
    await follower.pass(2 * 3_600_000);
  }));
