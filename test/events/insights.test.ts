import { describe, expect, test } from "vitest";
import { INSIGHT_KINDS, INSIGHT_NAMES, type InsightName } from "../../emulator/index.ts";
import type { Document } from "../../src/engine/index.ts";
import { streams } from "../../src/streams/index.ts";
import {
  addCall,
  addInsight,
  DAY,
  emptyWorld,
  HOUR,
  MINUTE,
  nowSeconds,
  takeAsked,
} from "../core/insight-passes.ts";
import { startEventWorld } from "../support/event-world.ts";
import { StreamRuns } from "../support/stream-runs.ts";
import type { World } from "../support/world.ts";

const FIVE_SECONDS_MS = 5_000;
const MINUTE_MS = MINUTE * 1_000;
const ANNOUNCED = INSIGHT_NAMES.filter((name) => INSIGHT_KINDS[name].createdEvent !== null);
const UPDATED = INSIGHT_NAMES.filter((name) => INSIGHT_KINDS[name].updatedEvent !== null);

type InsightOptions = NonNullable<Parameters<typeof startEventWorld>[0]>["insights"];

/** An account whose calls have the insights that a test adds, and that sends events. */
async function eventWorld(insights: InsightOptions = {}) {
  const account = { calls: 0, contacts: 0, users: 3, numbers: 2, teams: 1, tags: 3, webhooks: 0 };
  const world = await startEventWorld({ account, insights: { share: 0, ...insights } });
  return world as typeof world & World;
}

const ofCall = (callId: number) => [expect.objectContaining({ call_id: callId, _meta: { op: "u" } })];

describe("with events", () => {
  test.each([
    { eventContent: "some" },
    { eventContent: "all" },
    { eventContent: "ids", idsAsText: true },
    { actionItemEvents: "item" },
  ] as const)(
    "each insight is captured within five seconds of its event, with one request, with %j",
    async (options) => {
      await using world = await eventWorld(options);
      const { insights } = world.emulator.account;
      const callId = addCall(world, 3 * MINUTE);
      await using follower = world.follow(INSIGHT_NAMES);
      await follower.pass(MINUTE_MS);
      takeAsked(world);
      for (const name of ANNOUNCED) {
        if (name === "summaries") insights.add(callId, "predicted_csats");
        if (name === "action_items") insights.add(callId, name, { action_items: ITEMS });
        else addInsight(world, callId, name);
        const captured = await follower.pass(FIVE_SECONDS_MS);
        expect(captured, name).toHaveLength(name === "summaries" ? 2 : 1);
        for (const document of captured) expect([document], name).toEqual(ofCall(callId));
      }
      for (const name of UPDATED) {
        insights.change(callId, name);
        // An event is settled after two seconds, and nothing else is gathered for the request.
        expect(await follower.pass(3_000), name).toEqual(ofCall(callId));
      }
      // The prediction has no event of its own: it is asked for with the summary.
      expect(takeAsked(world)).toHaveLength(ANNOUNCED.length + 1 + UPDATED.length);
    },
  );

  test("an event that comes before its insight can be read costs time alone", async () => {
    await using world = await eventWorld();
    const callId = addCall(world, 3 * MINUTE);
    await using follower = world.follow(["topics"]);
    await follower.pass(MINUTE_MS);
    world.emulator.faults.add({ kind: "status", status: 404, body: {}, match: /\/topics/, times: 1 });
    addInsight(world, callId, "topics");
    expect(await follower.pass(FIVE_SECONDS_MS)).toEqual([]);
    expect(await follower.pass(5 * MINUTE_MS)).toEqual(ofCall(callId));
  });

  test("the youngest ages are left out for what is announced, and not for predictions", async () => {
    await using world = await eventWorld();
    const heard = addCall(world, 3 * MINUTE);
    await using follower = world.follow(["summaries", "predicted_csats"]);
    await follower.pass(MINUTE_MS);
    addInsight(world, heard, "summaries");
    await follower.pass(MINUTE_MS);
    const callId = addCall(world);
    takeAsked(world);
    await follower.pass(20 * MINUTE_MS);
    const asked = takeAsked(world).filter((one) => one.callId === callId);
    expect(asked.map(({ name }) => name)).toEqual(["predicted_csats"]);
  });

  test("of young calls, only those whose transcript was announced are asked for predictions", async () => {
    await using world = await eventWorld();
    const [heard, silent] = [addCall(world), addCall(world)];
    await using follower = world.follow(["transcriptions", "predicted_csats"]);
    await follower.pass(MINUTE_MS);
    addInsight(world, heard, "transcriptions");
    await follower.pass(2 * 60 * MINUTE_MS);
    const asked = takeAsked(world).map(
      ({ name, callId }) => `${name} ${callId === silent ? "silent" : "heard"}`,
    );
    expect([...new Set(asked)]).toEqual(["transcriptions heard", "predicted_csats heard"]);
    await follower.pass(DAY * 1_000);
    expect(takeAsked(world).map(({ callId }) => callId)).toContain(silent);
  });

  test("a call from before the history and the start date is captured when it is announced", async () => {
    await using world = await eventWorld();
    const old = addCall(world, 40 * DAY);
    const start_date = new Date(world.clock.now() - DAY * 1_000).toISOString();
    await using follower = world.follow(["evaluations"], {}, {}, { start_date });
    await follower.pass(MINUTE_MS);
    addInsight(world, old, "evaluations");
    expect(await follower.pass(FIVE_SECONDS_MS)).toEqual(ofCall(old));
  });
});

const ITEMS = [1, 2, 3].map((id) => ({ id, ai_generated: true, content: `Call back ${id}` }));

describe("a stream of insights", () => {
  /** Runs of a stream that receives events as long as a test lets them come, and its documents. */
  async function runs(name: InsightName) {
    const world = await emptyWorld();
    const events = { isComing: true };
    const stream = new StreamRuns(world, streams[name], { areEventsComing: () => events.isComing });
    const documents: Document[] = [];
    await stream.toRest();
    const passFor = async (seconds: number, everySeconds: number) => {
      for (let passed = 0; passed < seconds; passed += everySeconds) {
        world.clock.advance(everySeconds * 1_000);
        documents.push(...(await stream.toRest()));
      }
    };
    return Object.assign(world, { events, documents, passFor });
  }

  test("finds at the age of a day what an event was lost for", async () => {
    await using world = await runs("summaries");
    const startedAt = nowSeconds(world);
    const callId = addCall(world, 0, ["summaries"]);
    await world.passFor(23 * HOUR, HOUR);
    expect(takeAsked(world)).toEqual([]);
    await world.passFor(2 * HOUR, 10 * MINUTE);
    expect(world.documents).toEqual(ofCall(callId));
    const [asked] = takeAsked(world);
    expect(asked?.atSeconds).toBeGreaterThanOrEqual(startedAt + DAY);
  });

  test("asks at the youngest ages again when events stop", async () => {
    await using world = await runs("summaries");
    world.events.isComing = false;
    const [first, second] = [addCall(world, 0, ["summaries"]), addCall(world)];
    await world.passFor(20 * MINUTE, 5 * MINUTE);
    expect(world.documents).toEqual(ofCall(first));
    addInsight(world, second, "summaries");
    await world.passFor(90 * MINUTE, 5 * MINUTE);
    expect(world.documents).toEqual([...ofCall(first), ...ofCall(second)]);
  });

  test("asks the calls of the history, whether events come or not", async () => {
    await using world = await emptyWorld();
    const callId = addCall(world, 20 * MINUTE, ["summaries"]);
    const stream = new StreamRuns(world, streams.summaries, { areEventsComing: () => true });
    expect(await stream.toRest()).toEqual(ofCall(callId));
  });
});
