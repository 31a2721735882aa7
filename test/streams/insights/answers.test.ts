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
  ])("is never captured, however old the call is: %s", async (_, bodyFor) => {
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

describe("answered calls without a recording", () => {
  const WARNING = "and none with a recording";

  async function warnings(recorded: number): Promise<string[]> {
    await using world = await emptyWorld();
    const { calls } = world.emulator.account;
    const startedAtSeconds = Math.floor(world.clock.now() / 1_000) - 2 * DAY;
    for (let count = 0; count < 200; count++)
      calls.deleteAsset(calls.add(1, { startedAtSeconds: startedAtSeconds + count }));
    for (let count = 0; count < recorded; count++) addCall(world, 2 * DAY);
    await new InsightPasses(world, ["topics", "summaries"]).pass();
    return world.ports.log.lines.filter((line) => line.includes(WARNING));
  }

  test("are reported once for all streams where no call has one", async () => {
    expect(await warnings(0)).toHaveLength(1);
  });

  test("are not reported where one call has one", async () => {
    expect(await warnings(1)).toEqual([]);
  });
});
