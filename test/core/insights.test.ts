import { describe, expect, test } from "vitest";
import { INSIGHT_NAMES, type InsightName } from "../../emulator/index.ts";
import {
  addCall,
  addInsight,
  counts,
  DAY,
  emptyWorld,
  HOUR,
  InsightPasses,
  listsOf,
  MINUTE,
  nowSeconds,
  takeAsked,
} from "./insight-passes.ts";

const CHANGING = ["action_items", "custom_summaries", "playbook_results", "evaluations"] as const;
const UNCHANGING = INSIGHT_NAMES.filter((name) => !CHANGING.some((changing) => changing === name));

/** The ages at which a call is asked, each with how many calls gather before: half of the age, or an hour. */
const AGES = [
  { age: 10 * MINUTE, gathers: 5 * MINUTE },
  { age: HOUR, gathers: HOUR / 2 },
  { age: DAY, gathers: HOUR },
  { age: 7 * DAY, gathers: HOUR },
];

describe("a call without an insight", () => {
  test("is asked at ten minutes, an hour, a day and seven days, and never again", async () => {
    await using world = await emptyWorld();
    const startedAt = nowSeconds(world);
    const callId = addCall(world);
    const passes = new InsightPasses(world, ["summaries"]);
    await passes.passFor(2 * HOUR, 5 * MINUTE);
    await passes.passFor(8 * DAY, 3 * HOUR);
    const asked = takeAsked(world);
    expect(asked.map((one) => one.callId)).toEqual(AGES.map(() => callId));
    for (const [index, { age, gathers }] of AGES.entries()) {
      const askedAtAge = (asked[index]?.atSeconds ?? 0) - startedAt;
      const passSeconds = age <= HOUR ? 5 * MINUTE : 3 * HOUR;
      expect(askedAtAge).toBeGreaterThanOrEqual(age);
      expect(askedAtAge).toBeLessThanOrEqual(age + gathers + passSeconds);
    }
    expect(passes.documents.summaries).toEqual([]);
  });

  test("is asked no more once the insight is there, whichever age finds it", async () => {
    for (const [index, { age }] of AGES.entries()) {
      await using world = await emptyWorld();
      const callId = addCall(world);
      const passes = new InsightPasses(world, ["topics"]);
      await passes.passFor(age - 2 * MINUTE, age / 10);
      addInsight(world, callId, "topics");
      await passes.passFor(9 * DAY, 12 * HOUR);
      expect(passes.documents.topics).toEqual([expect.objectContaining({ call_id: callId })]);
      expect(takeAsked(world).length).toBeLessThanOrEqual(index + 1);
    }
  });

  test("is not asked while it goes on, while it has no recording, and if it was not answered", async () => {
    await using world = await emptyWorld();
    const { calls } = world.emulator.account;
    const [long, late, missed] = [calls.ring(), calls.ring(), calls.ring()];
    for (const id of [long, late]) calls.answer(id);
    calls.end(missed);
    calls.record(long);
    const passes = new InsightPasses(world, ["transcriptions", "evaluations"]);
    world.clock.advance(9 * MINUTE * 1_000);
    calls.end(late);
    await passes.passFor(31 * MINUTE, 5 * MINUTE);
    expect(takeAsked(world)).toEqual([]);
    calls.end(long);
    calls.record(late);
    for (const id of [long, late]) {
      addInsight(world, id, "transcriptions");
      addInsight(world, id, "evaluations");
    }
    await passes.passFor(HOUR, 5 * MINUTE);
    for (const name of ["transcriptions", "evaluations"] as const)
      expect(passes.documents[name].map(({ call_id }) => call_id).toSorted()).toEqual(
        [long, late].toSorted(),
      );
    await passes.passFor(8 * DAY, 12 * HOUR);
    expect(takeAsked(world).filter(({ callId }) => callId === missed)).toEqual([]);
  });

  test("is asked for an empty insight again, which is captured when nothing else comes", async () => {
    await using world = await emptyWorld({ notReady: "empty" });
    const [empty, slow] = [addCall(world), addCall(world)];
    const names = ["transcriptions", "evaluations"] as const;
    const passes = new InsightPasses(world, names);
    await passes.passFor(20 * MINUTE, 5 * MINUTE);
    expect(passes.documents).toMatchObject({ transcriptions: [], evaluations: [] });
    for (const name of names) addInsight(world, slow, name);
    await passes.passFor(8 * DAY, 12 * HOUR);
    for (const name of names) {
      const documents = passes.documents[name];
      expect(documents.map(({ call_id }) => call_id).toSorted(), name).toEqual([empty, slow].toSorted());
    }
  });
});

describe("an insight that is there", () => {
  test("is asked for once, and once more at seven days if it can change", async () => {
    await using world = await emptyWorld();
    addCall(world, 0, INSIGHT_NAMES);
    const passes = new InsightPasses(world);
    await passes.passFor(9 * DAY, 12 * HOUR);
    expect(counts(takeAsked(world))).toEqual({
      ...Object.fromEntries(UNCHANGING.map((name) => [name, 1])),
      ...Object.fromEntries(CHANGING.map((name) => [name, 2])),
    });
    for (const name of INSIGHT_NAMES) expect(passes.documents[name], name).toHaveLength(1);
  });

  test("is captured again when it differs at an age of advanced.reread_insights_after", async () => {
    await using world = await emptyWorld();
    const callId = addCall(world, 0, INSIGHT_NAMES);
    const config = { advanced: { reread_insights_after: ["P3D", "P20D"] } };
    const passes = new InsightPasses(world, INSIGHT_NAMES, { config });
    await passes.passFor(DAY, 6 * HOUR);
    const { insights } = world.emulator.account;
    const change = (names: readonly InsightName[]) => {
      for (const name of names) insights.change(callId, name);
    };
    change(["action_items", "evaluations", "summaries"]);
    await passes.passFor(7 * DAY, 12 * HOUR);
    change(["playbook_results", "evaluations"]);
    await passes.passFor(14 * DAY, 12 * HOUR);
    const captured = Object.fromEntries(INSIGHT_NAMES.map((name) => [name, passes.documents[name].length]));
    const once = Object.fromEntries(INSIGHT_NAMES.map((name) => [name, 1]));
    expect(captured).toEqual({ ...once, action_items: 2, evaluations: 3, playbook_results: 2 });
    for (const name of CHANGING) {
      const [truth] = [...world.emulator.truth(name)] as object[];
      expect(passes.documents[name].at(-1), name).toMatchObject(truth ?? {});
    }
    const asked = counts(takeAsked(world));
    expect(asked).toMatchObject({ summaries: 1, action_items: 3, custom_summaries: 3, evaluations: 3 });
  });

  test("is asked for once only with an empty list of ages", async () => {
    await using world = await emptyWorld();
    addCall(world, 0, INSIGHT_NAMES);
    const config = { advanced: { reread_insights_after: [] } };
    const passes = new InsightPasses(world, INSIGHT_NAMES, { config });
    await passes.passFor(9 * DAY, 12 * HOUR);
    expect(counts(takeAsked(world))).toEqual(Object.fromEntries(INSIGHT_NAMES.map((name) => [name, 1])));
  });
});

describe("nine streams", () => {
  test("list the calls as often as one stream does", async () => {
    const listsWith = async (names: readonly InsightName[]) => {
      await using world = await emptyWorld();
      for (let day = 0; day < 12; day++) addCall(world, day * DAY, INSIGHT_NAMES);
      const passes = new InsightPasses(world, names);
      await passes.passFor(2 * DAY, 6 * HOUR);
      return listsOf(world);
    };
    const one = await listsWith(["sentiments"]);
    expect(one).toBeGreaterThan(20);
    expect(await listsWith(INSIGHT_NAMES)).toBe(one);
  });

  test("ask a call without a transcript for nothing that is made from one, and at last for what people write", async () => {
    await using world = await emptyWorld();
    addCall(world);
    const passes = new InsightPasses(world);
    await passes.passFor(9 * DAY, 12 * HOUR);
    const { transcriptions, ...others } = counts(takeAsked(world));
    expect(transcriptions).toBeGreaterThanOrEqual(3);
    expect(others).toEqual({ playbook_results: 1, evaluations: 1 });
  });

  test("ask for everything as soon as there is a transcript", async () => {
    await using world = await emptyWorld();
    const callId = addCall(world, 20 * MINUTE);
    const passes = new InsightPasses(world);
    await passes.pass();
    expect(counts(takeAsked(world))).toEqual({ transcriptions: 1 });
    for (const name of INSIGHT_NAMES) addInsight(world, callId, name);
    world.clock.advance(HOUR * 1_000);
    await passes.pass();
    for (const name of INSIGHT_NAMES) expect(passes.documents[name], name).toHaveLength(1);
    expect(counts(takeAsked(world))).toEqual(Object.fromEntries(INSIGHT_NAMES.map((name) => [name, 1])));
  });

  test("ask for a transcript once, whatever else they are asked for at each age", async () => {
    await using world = await emptyWorld();
    for (let count = 0; count < 4; count++) {
      addCall(world, 0, ["transcriptions"]);
      addCall(world, 0, INSIGHT_NAMES);
    }
    const passes = new InsightPasses(world);
    await passes.passFor(9 * DAY, 12 * HOUR);
    expect(counts(takeAsked(world))).toMatchObject({ transcriptions: 8 });
    expect(passes.documents.transcriptions).toHaveLength(8);
  });

  test("ask each call where no transcripts are captured", async () => {
    await using world = await emptyWorld();
    addCall(world, 20 * MINUTE);
    const others = INSIGHT_NAMES.filter((name) => name !== "transcriptions");
    await new InsightPasses(world, others).pass();
    expect(counts(takeAsked(world))).toEqual(Object.fromEntries(others.map((name) => [name, 1])));
  });
});
