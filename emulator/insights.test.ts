import { expect, test } from "vitest";
import { type EmulatorOptions, INSIGHT_NAMES, type InsightName, type InsightOptions } from "./index.ts";
import { MINUTE_MS, NOON_SECONDS, open, QUIET, type Session } from "./testing.ts";

const PATHS: Record<InsightName, { path: string; envelope?: string }> = {
  transcriptions: { path: "transcription", envelope: "transcription" },
  sentiments: { path: "sentiments", envelope: "sentiment" },
  topics: { path: "topics", envelope: "topic" },
  summaries: { path: "summary", envelope: "summary" },
  action_items: { path: "action_items" },
  custom_summaries: { path: "custom_summary_result" },
  playbook_results: { path: "playbook_result" },
  evaluations: { path: "evaluations" },
  predicted_csats: { path: "predicted_csat", envelope: "csat" },
};

type Insight = Record<string, unknown>;

/** Opens an account with one recorded call of ten minutes, which has no insights by itself. */
async function openRecorded(
  insights: Partial<InsightOptions> = {},
  options: Partial<EmulatorOptions> = {},
): Promise<Session & { id: number; insightOf(name: InsightName): Promise<Insight | number> }> {
  const session = await open({ account: QUIET, insights, ...options });
  const { calls } = session.emulator.account;
  const id = calls.ring({ startedAtSeconds: NOON_SECONDS - 600 });
  session.clock.set((NOON_SECONDS - 595) * 1_000);
  calls.answer(id);
  session.clock.set(NOON_SECONDS * 1_000);
  calls.end(id);
  calls.record(id);
  return { ...session, id, insightOf: (name) => readInsight(session, id, name) };
}

/** The insight without its envelope, or the status of the refusal. */
async function readInsight({ get }: Session, id: number, name: InsightName, query = "") {
  const { path, envelope } = PATHS[name];
  const { status, body } = await get(`/v1/calls/${id}/${path}${query}`);
  if (status !== 200) return status;
  return envelope === undefined ? body : (body[envelope] as Insight);
}

test.each(INSIGHT_NAMES)("%s are there when they are ready, and change", async (name) => {
  const { emulator, clock, id, insightOf } = await openRecorded();
  const { insights } = emulator.account;
  expect(await insightOf(name)).toBe(404);
  expect([...emulator.truth(name)]).toEqual([]);
  expect(() => insights.change(id, name)).toThrow(RangeError);
  insights.add(id, name);
  const first = await insightOf(name);
  expect(first).toMatchObject({ call_id: id });
  clock.advance(MINUTE_MS);
  expect(await insightOf(name)).toEqual(first);
  insights.change(id, name);
  const second = await insightOf(name);
  expect(second).not.toEqual(first);
  insights.change(id, name);
  expect(await insightOf(name)).not.toEqual(second);
  expect(await insightOf(name)).not.toEqual(first);
  expect(insights.of(id, name)?.versions).toHaveLength(3);
});

test("bodies have the documented fields", async () => {
  const session = await openRecorded();
  const { emulator, id, insightOf } = session;
  const { insights } = emulator.account;
  for (const name of INSIGHT_NAMES) insights.add(id, name);
  const fields: Record<string, string[]> = {};
  for (const name of INSIGHT_NAMES) fields[name] = Object.keys((await insightOf(name)) as Insight).sort();
  expect(fields).toEqual({
    transcriptions: ["call_created_at", "call_id", "content", "created_at", "id", "type"],
    sentiments: ["call_id", "id", "participants"],
    topics: ["call_id", "content", "created_at", "id"],
    summaries: ["call_id", "content", "created_at", "id"],
    action_items: ["action_items", "call_id"],
    custom_summaries: [
      ...["call_id", "created_at", "custom_summary", "id", "language", "number_id"],
      "summary_template_results",
    ],
    playbook_results: [
      ...["adherence_score", "ai_generated", "call_id", "created_at", "created_by", "id", "number_id"],
      ...["playbook_result_topics", "updated_at", "updated_by", "user_id"],
    ],
    evaluations: ["ai_generated", "call_id", "created_at", "evaluations", "id", "reviewed_at", "updated_at"],
    predicted_csats: ["call_id", "call_uuid", "drivers", "score"],
  });
  const withPlaybook = await readInsight(session, id, "playbook_results", "?fetch_playbook=true");
  expect(withPlaybook).toMatchObject({ playbook: { name: "Discovery" } });
  expect([...emulator.truth("playbook_results")]).toEqual([withPlaybook]);
  const transcription = await insightOf("transcriptions");
  expect(await readInsight(session, id, "transcriptions", "?mode=realtime")).toEqual(transcription);
  expect([...emulator.truth("transcriptions")]).toEqual([transcription]);
  insights.add(id, "summaries", { content: "They agreed" });
  expect(await insightOf("summaries")).toMatchObject({ content: "They agreed" });
  expect(() => insights.add(1, "summaries")).toThrow(RangeError);
});

test("calls that tests ring have no insights by themselves, added ones have", async () => {
  const { emulator, id } = await openRecorded({ share: 1 }, { account: { ...QUIET, numbers: 25 } });
  const { calls, insights } = emulator.account;
  expect(INSIGHT_NAMES.map((name) => insights.of(id, name))).toEqual(INSIGHT_NAMES.map(() => null));
  const firstId = calls.add(60, { startedAtSeconds: NOON_SECONDS - 86_400 });
  const added = Array.from({ length: 60 }, (_, index) => calls.life(firstId + index));
  const recorded = added.filter(({ asset, assetAt }) => asset !== null && assetAt < NOON_SECONDS - 7_200);
  expect(recorded.length).toBeGreaterThan(5);
  expect([...emulator.truth("summaries")]).toHaveLength(recorded.length);
  insights.options.share = 0;
  expect([...emulator.truth("summaries")]).toEqual([]);
});

test("a deleted recording takes all insights with it", async () => {
  const { emulator, id, insightOf, call, get } = await openRecorded();
  const { calls, insights } = emulator.account;
  for (const name of INSIGHT_NAMES) insights.add(id, name);
  expect((await call(id)).recording).not.toBeNull();
  insights.remove(id);
  expect(await call(id)).toMatchObject({ recording: null, voicemail: null, asset: null });
  for (const name of INSIGHT_NAMES) expect(await insightOf(name)).toBe(404);
  expect([...emulator.truth("summaries")]).toEqual([]);
  insights.add(id, "summaries");
  expect(await insightOf("summaries")).toMatchObject({ call_id: id });
  calls.remove(id);
  expect(await insightOf("summaries")).toBe(404);
  expect([...emulator.truth("summaries")]).toEqual([]);
  expect(await get("/v1/calls/1/summary")).toMatchObject({ status: 404, body: { error: "Not Found" } });
  expect(await get("/v1/calls/first/summary")).toMatchObject({ status: 400, body: { error: "Bad Request" } });
});

const EMPTY_FIELDS: Record<InsightName, object> = {
  transcriptions: { content: { utterances: [] } },
  sentiments: { participants: [] },
  topics: { content: [] },
  summaries: { content: "" },
  action_items: { action_items: [] },
  custom_summaries: { summary_template_results: [] },
  playbook_results: { playbook_result_topics: [] },
  evaluations: { evaluations: [] },
  predicted_csats: { score: null },
};

test.each(INSIGHT_NAMES)(
  "%s that are not bought or not ready are answered as the options say",
  async (name) => {
    const { emulator, id, insightOf } = await openRecorded();
    const { calls, insights } = emulator.account;
    const { options } = insights;
    const silent = calls.ring();
    calls.end(silent);
    insights.add(id, name);
    options.addOns = INSIGHT_NAMES.filter((other) => other !== name);
    expect(await insightOf(name)).toBe(403);
    options.missing = "not found";
    expect(await insightOf(name)).toBe(404);
    options.missing = "empty";
    expect(await insightOf(name)).toMatchObject({ call_id: id, ...EMPTY_FIELDS[name] });
    expect([...emulator.truth(name)]).toEqual([]);
    options.addOns = INSIGHT_NAMES;
    options.notReady = "empty";
    expect(await insightOf(name)).not.toMatchObject(EMPTY_FIELDS[name]);
    insights.remove(id);
    expect(await insightOf(name)).toBe(404);
    calls.record(id);
    expect(await insightOf(name)).toMatchObject({ call_id: id, ...EMPTY_FIELDS[name] });
    expect([...emulator.truth(name)]).toEqual([]);
  },
);

test("the body of a refused kind is that of a refused key", async () => {
  const { get, id } = await openRecorded({ addOns: [] });
  expect(await get(`/v1/calls/${id}/topics`)).toMatchObject({ status: 403, body: { message: "Forbidden" } });
  expect((await get("/v1/ping")).status).toBe(200);
});

test("insights of calls beyond the history are answered if the options say so", async () => {
  const { emulator, clock, id, insightOf } = await openRecorded();
  const { insights } = emulator.account;
  insights.add(id, "summaries");
  clock.advance(184 * 86_400_000);
  expect(await insightOf("summaries")).toBe(404);
  insights.options.beyondHistory = "answered";
  expect(await insightOf("summaries")).toMatchObject({ call_id: id });
  expect([...emulator.truth("summaries")]).toEqual([]);
});

test("seeded calls that no longer exist have no insights, with either answer beyond the history", async () => {
  const session = await open({ account: SEEDED, insights: { beyondHistory: "answered", share: 1 } });
  const { call_id } = [...session.emulator.truth("summaries")][0] as { call_id: number };
  expect(await readInsight(session, call_id, "summaries")).toMatchObject({ call_id });
  session.clock.advance(2 * 86_400_000);
  expect(await readInsight(session, call_id, "summaries")).toBe(404);
});

const SEEDED = { ...QUIET, numbers: 25, days: 2, calls: 60 };

test("IDs can be texts, but the truth has the call's as a number", async () => {
  const { emulator, id, insightOf } = await openRecorded({ idsAsText: true });
  const { insights } = emulator.account;
  insights.add(id, "summaries");
  insights.add(id, "action_items", { action_items: [{ id: 7, content: "Pay" }] });
  const summary = (await insightOf("summaries")) as Insight;
  expect(summary).toMatchObject({ call_id: String(id), id: expect.any(String) });
  expect([...emulator.truth("summaries")]).toEqual([{ ...summary, call_id: id }]);
  expect(await insightOf("action_items")).toEqual({
    call_id: String(id),
    action_items: [{ id: "7", content: "Pay" }],
  });
});
