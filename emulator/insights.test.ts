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
