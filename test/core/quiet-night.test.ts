import { expect, test } from "vitest";
import { bindingPatch, mergePatch } from "../../src/engine/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { listedStreamNames } from "../../src/streams/index.ts";
import { capture } from "../support/capture.ts";
import { leapingClock } from "../support/clock.ts";
import { startWorld, type World } from "../support/world.ts";

const DAY_MS = 86_400_000;
const HOUR_SECONDS = 3_600;
const ACCOUNT = { calls: 0, contacts: 130, users: 3, numbers: 2, teams: 1, tags: 3, webhooks: 1 };

/** Makes a pass over all streams. Returns its state, and its requests by stream and purpose. */
async function pass({ connector }: World, state: JsonObject) {
  const requests: Record<string, Record<string, number>> = {};
  let kept = state;
  const blocks = capture(connector, listedStreamNames, {
    state,
    onEvent: (event) => {
      if (event.kind !== "request") return;
      const stream = listedStreamNames[event.binding] ?? "";
      const purposes = { ...requests[stream] };
      purposes[event.purpose] = (purposes[event.purpose] ?? 0) + 1;
      requests[stream] = purposes;
    },
  });
  for await (const { binding, patch, committed } of blocks) {
    kept = mergePatch(kept, bindingPatch(listedStreamNames[binding] ?? "", patch));
    committed();
  }
  return { state: kept, requests };
}

test("of a quiet night of 1,000 calls and 130 contacts, each request has a reason", async () => {
  await using world = await startWorld({ account: ACCOUNT }, leapingClock());
  const { account } = world.emulator;
  const nowSeconds = Math.floor(world.clock.now() / 1000);
  for (let hour = 1; hour <= 1_000; hour++)
    account.calls.add(1, { startedAtSeconds: nowSeconds - hour * HOUR_SECONDS });
  const first = await pass(world, {});
  world.clock.advance(DAY_MS);
  const { requests } = await pass(world, first.state);
  expect(requests).toEqual({
    calls: {
      poll: 1,
      "re-read at 720 h": 1,
      "re-read at 168 h": 1,
      "re-read at 72 h": 1,
      "re-read at 24 h down to 0.5 h": 1,
      // 720 calls of 30 days.
      "re-read in a pass": 15,
    },
    // Changes before the scan, three pages, and changes during the scan.
    contacts: { "incremental read": 2, "full scan": 3 },
    company: { snapshot: 1 },
    numbers: { snapshot: 1 },
    tags: { snapshot: 1 },
    teams: { snapshot: 1 },
    user_availablity: { snapshot: 1 },
    users: { snapshot: 1 },
    webhooks: { snapshot: 1 },
  });
});
