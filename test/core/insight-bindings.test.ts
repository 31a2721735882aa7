import { describe, expect, test } from "vitest";
import { INSIGHT_NAMES, type InsightName } from "../../emulator/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { capture } from "../support/capture.ts";
import { leapingClock } from "../support/clock.ts";
import { tampering } from "../support/tampering.ts";
import { connectorTo, startWorld, type World } from "../support/world.ts";

const DAY_SECONDS = 86_400;
const HASH_KEY = "a-key-for-the-tests";

/** An account with one answered and recorded call, which has every insight and is twenty minutes old. */
async function worldWithOneCall() {
  const world = await startWorld({ account: { calls: 0, contacts: 0 } }, leapingClock());
  return Object.assign(world, { callId: addCall(world, 20 * 60) });
}

/** The ID of a call that began so many seconds ago, with every insight. */
function addCall({ clock, emulator: { account } }: World, secondsAgo: number): number {
  const startedAtSeconds = Math.floor(clock.now() / 1000) - secondsAgo;
  const id = account.calls.add(1, { startedAtSeconds });
  account.calls.record(id);
  for (const name of INSIGHT_NAMES) account.insights.add(id, name);
  return id;
}

async function captured(
  { connector }: Pick<World, "connector">,
  options: Parameters<typeof capture>[2] = {},
): Promise<Record<InsightName, JsonObject[]>> {
  const documents = Object.fromEntries(INSIGHT_NAMES.map((name) => [name, [] as JsonObject[]]));
  for await (const block of capture(connector, INSIGHT_NAMES, options))
    documents[INSIGHT_NAMES[block.binding] ?? ""]?.push(...block.documents);
  return documents as Record<InsightName, JsonObject[]>;
}

describe("insights whose texts are dropped", () => {
  const config = {
    advanced: { personal_data: { texts: "drop", phone_numbers: "hash", hash_key: HASH_KEY } },
  };

  test("I2: are captured as soon as they are there, without a word of what was said", async () => {
    await using world = await worldWithOneCall();
    const kept = await captured(world);
    const dropped = await captured(world, { config });
    for (const name of INSIGHT_NAMES) {
      expect(kept[name], name).toHaveLength(1);
      expect(dropped[name], name).toHaveLength(1);
      expect(Object.keys(kept[name][0] ?? {})).toEqual(
        expect.arrayContaining(Object.keys(dropped[name][0] ?? {})),
      );
    }
    const [transcription] = world.emulator.truth("transcriptions") as Iterable<Transcription>;
    const { utterances = [] } = transcription?.content ?? {};
    expect(utterances.length).toBeGreaterThan(1);
    const text = JSON.stringify(dropped);
    for (const one of utterances) expect(text).not.toContain(one.text);
    for (const { text: said, phone_number } of utterances) {
      expect(JSON.stringify(kept)).toContain(said);
      if (phone_number) expect(text).not.toContain(phone_number);
    }
    for (const name of ["summaries", "topics"] as const)
      expect(dropped[name][0]).toEqual({
        id: expect.any(Number),
        call_id: world.callId,
        created_at: expect.any(String),
        _meta: { op: "u" },
      });
  });
});

interface Transcription {
  readonly content: { readonly utterances: readonly { text: string; phone_number?: string }[] };
}

test("I1: insights are the same with text for IDs and in any envelope", async () => {
  await using world = await worldWithOneCall();
  const plain = await captured(world);
  const ENVELOPES: Readonly<Record<string, string>> = {
    custom_summary_result: "custom_summary_result",
    playbook_result: "playbook_result",
    evaluations: "evaluation",
  };
  const BARE: Readonly<Record<string, string>> = {
    transcription: "transcription",
    sentiments: "sentiment",
    topics: "topic",
    summary: "summary",
    predicted_csat: "csat",
  };
  const fetch = tampering(world.emulator.fetch, (body, { pathname }) => {
    const [, , , id, path = ""] = pathname.split("/");
    const [envelope, held] = [ENVELOPES[path], BARE[path]];
    if (id === undefined || path === "") return;
    const insight = structuredClone(held ? body[held] : body) as JsonObject;
    insight.call_id = String(insight.call_id);
    for (const name of Object.keys(body)) delete body[name];
    Object.assign(body, envelope ? { [envelope]: insight } : insight);
  });
  const connector = connectorTo(world.emulator, world.clock, { fetch });
  expect(await captured({ connector })).toEqual(plain);
});

test("a binding of insights begins at its own start date, and 30 days ago without one", async () => {
  await using world = await worldWithOneCall();
  const [recent, old] = [29, 40].map((days) => addCall(world, days * DAY_SECONDS));
  const callsOf = async (options: Parameters<typeof capture>[2]) =>
    (await captured(world, options)).summaries.map(({ call_id }) => call_id).toSorted();
  const since = (days: number) => new Date(world.clock.now() - days * DAY_SECONDS * 1_000).toISOString();
  expect(await callsOf({})).toEqual([world.callId, recent].toSorted());
  expect(await callsOf({ config: { start_date: since(10) } })).toEqual([world.callId]);
  expect(await callsOf({ resource: { start_date: since(60) } })).toEqual(
    [world.callId, recent, old].toSorted(),
  );
});
