import { describe, expect, test } from "vitest";
import { INSIGHT_NAMES } from "../../../emulator/index.ts";
import type { JsonObject } from "../../../src/shared/json.ts";
import { addCall, counts, DAY, emptyWorld, InsightPasses, takeAsked } from "../../core/insight-passes.ts";

describe("an answer with no value but what names the call", () => {
  test.each<[string, (callId: number) => JsonObject]>([
    ["an object without fields", () => ({})],
    ["an envelope of null", () => ({ playbook_result: null })],
    ["an empty envelope", () => ({ playbook_result: {} })],
    ["the call and nulls", (call_id) => ({ call_id, call_uuid: "CA7", id: null, adherence_score: null })],
  ])("is no insight, however old the call is: %s", async (_, bodyFor) => {
    await using world = await emptyWorld();
    const id = addCall(world, 8 * DAY);
    const match = "/playbook_result";
    world.emulator.faults.add({ kind: "status", status: 200, body: bodyFor(id), match, times: 1 });
    const passes = new InsightPasses(world, ["playbook_results"]);
    await passes.pass();
    expect(counts(takeAsked(world))).toEqual({ playbook_results: 1 });
    expect(passes.documents.playbook_results).toEqual([]);
  });
});

test("a transcript that Aircall does not answer for is asked by one stream, and holds up no other", async () => {
  await using world = await emptyWorld();
  const [id] = [addCall(world, 8 * DAY, INSIGHT_NAMES), addCall(world, 9 * DAY, INSIGHT_NAMES)];
  const match = `/v1/calls/${id}/transcription`;
  world.emulator.faults.add({ kind: "status", status: 500, body: {}, match, every: 1 });
  const passes = new InsightPasses(world);
  await passes.pass();
  const [first, ...others] = INSIGHT_NAMES;
  const ofCall = counts(takeAsked(world).filter(({ callId }) => callId === id));
  // An error is tried six times.
  expect(ofCall).toEqual({ [first]: 6, ...Object.fromEntries(others.map((name) => [name, 1])) });
  for (const name of others) expect(passes.documents[name], name).toHaveLength(2);
});
