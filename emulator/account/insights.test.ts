import { expect, test } from "vitest";
import { INSIGHT_NAMES, type InsightName } from "../index.ts";
import { NOON_SECONDS, open, QUIET } from "../testing.ts";

test("both sides speak as long as the call takes, and the caller alone in a voicemail", async () => {
  const { emulator } = await open({ account: SPOKEN, insights: { share: 1 } });
  const spoken = [...emulator.truth("transcriptions")] as unknown as Transcription[];
  expect(spoken.length).toBeGreaterThan(20);
  const types = new Set<string>();
  for (const { call_id, type, content } of spoken) {
    const call = emulator.account.calls.life(call_id);
    const talkSeconds = call.endedAt - Math.min(call.answeredAt, call.endedAt);
    const speakers = new Set(content.utterances.map(({ participant_type }) => participant_type));
    const expected = type === "voicemail" ? ["external"] : ["external", "internal"];
    if (content.utterances.length > 1) expect([...speakers].sort()).toEqual(expected);
    const times = content.utterances.flatMap(({ start_time, end_time }) => [start_time, end_time]);
    expect(times).toEqual([...times].sort((left, right) => left - right));
    expect(times.at(-1)).toBeLessThanOrEqual(call.endedAt - call.startedAt);
    const text = JSON.stringify(content);
    if (talkSeconds > 600) expect(text.length / talkSeconds).toBeGreaterThan(100_000 / 3_600);
    expect(text.length).toBeLessThan(1_000 + (call.endedAt - call.startedAt) * (300_000 / 3_600));
    types.add(type);
  }
  expect([...types].sort()).toEqual(["call", "voicemail"]);
});

const SPOKEN = { ...QUIET, numbers: 25, days: 2, calls: 120 };

interface Transcription {
  call_id: number;
  type: string;
  content: { utterances: { start_time: number; end_time: number; participant_type: string }[] };
}

test("a share of the calls with a recording or voicemail has insights by itself, each kind in its time", async () => {
  const { emulator } = await open({ account: { ...SPOKEN, days: 10, calls: 3_000 } });
  const { calls, insights } = emulator.account;
  const recorded = [...calls.untouchedWithin(NOON_SECONDS - 9 * 86_400, NOON_SECONDS - 86_400)].filter(
    ({ asset }) => asset !== null,
  );
  const derived = recorded.map((call) => ({ call, lives: insights.ofCall(call) }));
  const having = derived.filter(({ lives }) => lives.length > 0);
  expect(having.length / recorded.length).toBeCloseTo(0.75, 1);
  const delays = new Map<InsightName, number[]>();
  for (const { call, lives } of having) {
    const transcribedAt =
      call.assetAt + Math.ceil((call.endedAt - Math.min(call.answeredAt, call.endedAt)) / 10);
    expect(lives.map(({ name }) => name)).toEqual(INSIGHT_NAMES);
    for (const { name, versions } of lives) {
      const delay = versions[0].atSeconds - transcribedAt;
      if (call.asset === "recording") delays.set(name, [...(delays.get(name) ?? []), delay]);
    }
  }
  expect(new Set(delays.get("transcriptions"))).toEqual(new Set([0]));
  for (const name of ["sentiments", "topics", "summaries", "action_items"] as const)
    expect(Math.max(...(delays.get(name) ?? []))).toBeLessThanOrEqual(12);
  expect(delays.get("predicted_csats")).toEqual(delays.get("summaries"));
  const late = (delays.get("evaluations") ?? []).filter((delay) => delay > 600);
  expect(late.length / having.length).toBeGreaterThan(0.01);
  expect(late.length / having.length).toBeLessThan(0.1);
  const changing = having.flatMap(({ lives }) => lives.filter(({ versions }) => versions.length > 1));
  expect(new Set(changing.map(({ name }) => name)).size).toBe(4);
  expect(changing.length / having.length / 4).toBeCloseTo(0.1, 1);
  const items = [...emulator.truth("action_items")] as { action_items: unknown[] }[];
  expect(items.filter((row) => row.action_items.length === 0).length / items.length).toBeCloseTo(0.25, 1);
});

test("the same seed derives the same insights", async () => {
  const bodies = async (seed: string) => {
    const { emulator } = await open({ seed, account: SPOKEN });
    return INSIGHT_NAMES.map((name) => [...emulator.truth(name)]);
  };
  const first = await bodies("aircall");
  expect(first[0]?.length).toBeGreaterThan(10);
  expect(await bodies("aircall")).toEqual(first);
  expect(await bodies("other")).not.toEqual(first);
});

test.each(INSIGHT_NAMES)("each change of %s shows", async (name) => {
  const { emulator } = await open({ account: SPOKEN });
  const { insights } = emulator.account;
  const read = () => [...emulator.truth(name)] as { call_id: number }[];
  const versions = [read()];
  expect(versions[0]?.length).toBeGreaterThan(10);
  for (let changes = 0; changes < 3; changes++) {
    for (const { call_id } of versions[0] ?? []) insights.change(call_id, name);
    versions.push(read());
  }
  const [first = [], ...others] = versions;
  first.forEach((row, index) => {
    const texts = [row, ...others.map((rows) => rows[index])].map((version) => JSON.stringify(version));
    for (const [position, text] of texts.entries()) expect(text).not.toBe(texts[position + 1]);
  });
});
