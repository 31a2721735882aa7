import { expect, test } from "vitest";
import { type Block, bindingPatch, mergePatch } from "../../src/engine/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { TestClock } from "../support/clock.ts";
import { CONFIG, startWorld } from "../support/world.ts";

const MINUTE_MS = 60_000;
const QUIET = { calls: 0, contacts: 0, users: 1, numbers: 1, teams: 0, tags: 1, webhooks: 0 };

test("T3: a change that is taken back around a restart is captured, though half an hour after its start two readings meet a call", async () => {
  await using world = await startWorld({ account: QUIET }, new TestClock(undefined, { leaps: true }));
  const { account, faults } = world.emulator;
  const tagId = account.tags.listed[0]?.id ?? 0;
  let state: JsonObject = {};
  let tags: unknown;
  const take = ({ documents, patch, committed }: Block) => {
    for (const document of documents) tags = document.tags;
    state = mergePatch(state, bindingPatch("it", patch));
    committed();
  };
  const capture = (until: "pass" | "follow", signal = new AbortController().signal) =>
    world.connector.capture({
      config: CONFIG,
      bindings: [{ resourceConfig: { stream: "calls" }, stateKey: "it" }],
      state,
      until,
      signal,
    });

  for await (const block of capture("pass")) take(block);
  const id = account.calls.ring();
  account.calls.end(id);
  for await (const block of capture("pass")) take(block);
  world.clock.advance(29.9 * MINUTE_MS);
  faults.add({ kind: "edit", match: "/v1/calls", edit: () => world.clock.advance(MINUTE_MS / 2) });
  faults.add({ kind: "edit", match: "/v1/calls", nth: 2, edit: () => account.calls.tag(id, tagId) });
  for await (const block of capture("pass")) take(block);
  account.calls.untag(id, tagId);

  const stop = new AbortController();
  const tooLateMs = world.clock.now() + 8 * 60 * MINUTE_MS;
  for await (const block of capture("follow", stop.signal)) {
    take(block);
    if (world.clock.now() > tooLateMs) stop.abort();
  }
  expect(tags).toEqual(account.calls.life(id).tags);
});
