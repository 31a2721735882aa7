import { expect, test } from "vitest";
import { INSIGHT_NAMES, type InsightOptions } from "../index.ts";
import { MINUTE_MS, NOON_MS, NOON_SECONDS, QUIET } from "../testing.ts";
import { openReceiver } from "./testing.ts";

/** A receiver of the events of one recorded call of ten minutes, which has no insights by itself. */
async function openRecorded(insights: Partial<InsightOptions> = {}) {
  const session = await openReceiver({ account: { ...QUIET, webhooks: 0 }, insights });
  const { calls } = session.emulator.account;
  const id = calls.ring();
  calls.answer(id);
  await session.pass(10 * MINUTE_MS);
  calls.end(id);
  calls.record(id);
  await session.pass(MINUTE_MS);
  session.received.length = 0;
  return { ...session, id, insights: session.emulator.account.insights };
}

test("each kind of insight but the predicted CSAT announces itself, and four announce a change", async () => {
  const { insights, id, received, pass } = await openRecorded();
  for (const name of INSIGHT_NAMES) insights.add(id, name, ITEMS[name as "action_items"]);
  await pass(0);
  expect(received.map(({ event }) => event)).toEqual([
    "transcription.created",
    "sentiment.created",
    "topics.created",
    "summary.created",
    "action_item.created",
    "custom_summary.result_created",
    "playbook_result.created",
    "call_evaluation.created",
  ]);
  expect(received.every(({ resource }) => resource === "conversation_intelligence")).toBe(true);
  expect(received.every(({ data }) => data.call_id === id)).toBe(true);
  received.length = 0;
  for (const name of INSIGHT_NAMES) insights.change(id, name);
  await pass(0);
  expect(received.map(({ event }) => event)).toEqual([
    "custom_summary.result_updated",
    "playbook_result.updated",
    "call_evaluation.updated",
  ]);
});

const ITEMS = {
  action_items: {
    action_items: [
      { id: 1, content: "Call back" },
      { id: 2, content: "Pay" },
    ],
  },
};

const FIELDS = {
  some: {
    "transcription.created": [],
    "sentiment.created": ["participants"],
    "topics.created": ["content"],
    "summary.created": ["content"],
    "action_item.created": [],
    "call_evaluation.created": [],
  },
  all: {
    "transcription.created": [],
    "sentiment.created": ["participants"],
    "topics.created": ["content", "created_at"],
    "summary.created": ["content", "created_at"],
    "action_item.created": ["action_items"],
    "call_evaluation.created": ["ai_generated", "created_at", "evaluations", "reviewed_at", "updated_at"],
  },
  ids: {
    "transcription.created": [],
    "sentiment.created": [],
    "topics.created": [],
    "summary.created": [],
    "action_item.created": [],
    "call_evaluation.created": [],
  },
} as const;

test.each(["some", "all", "ids"] as const)("events have content: %s", async (eventContent) => {
  const { insights, id, received, pass } = await openRecorded({ eventContent });
  const names = [
    "transcriptions",
    "sentiments",
    "topics",
    "summaries",
    "action_items",
    "evaluations",
  ] as const;
  for (const name of names) insights.add(id, name, ITEMS[name as "action_items"]);
  await pass(0);
  const fields = received.map(({ event, data }) => [event, Object.keys(data).sort()]);
  const expected = Object.entries(FIELDS[eventContent]).map(([event, others]) => [
    event,
    ["call_id", "id", ...others].sort(),
  ]);
  expect(fields).toEqual(expected);
});

test("action items can have an event each, and no items have none", async () => {
  const { insights, id, received, pass } = await openRecorded({
    actionItemEvents: "item",
    eventContent: "all",
  });
  insights.add(id, "action_items", { action_items: [] });
  await pass(0);
  expect(received).toEqual([]);
  insights.add(id, "action_items", ITEMS.action_items);
  await pass(0);
  expect(received.map(({ data }) => data)).toEqual([
    { call_id: id, id: 1, content: "Call back" },
    { call_id: id, id: 2, content: "Pay" },
  ]);
});

const BUSY = { ...QUIET, webhooks: 0, numbers: 6, days: 8, calls: 8 * 100 };
const INSIGHT_EVENT =
  /^(transcription|sentiment|topics|summary|action_item|custom_summary|playbook_|call_eval)/;

test("seeded insights are announced when they are ready and when they change, whenever the webhook was made", async () => {
  const { emulator, received, clock, pass } = await openReceiver({ account: BUSY });
  const { calls, insights } = emulator.account;
  await pass(8 * 60 * MINUTE_MS);
  const events = received.filter(({ event }) => INSIGHT_EVENT.test(event));
  const lives = [...calls.untouchedWithin(NOON_SECONDS - 8 * 86_400, NOON_SECONDS + 8 * 3_600)].flatMap(
    (call) => insights.ofCall(call),
  );
  const due = lives
    .filter(({ name }) => name !== "predicted_csats" && name !== "action_items")
    .flatMap(({ callId, name, versions }) =>
      versions.flatMap(({ atSeconds }, position) =>
        atSeconds * 1_000 > NOON_MS && atSeconds * 1_000 <= clock.now()
          ? [`${name} ${callId} ${position} ${atSeconds}`]
          : [],
      ),
    );
  const changesOfOldCalls = due.filter((text) => text.includes(" 1 "));
  expect(due.length).toBeGreaterThan(100);
  expect(changesOfOldCalls.length).toBeGreaterThan(3);
  const sent = events
    .filter(({ event }) => !event.startsWith("action_item"))
    .map(
      ({ event, data, timestamp }) =>
        `${NAME_OF[event]} ${data.call_id} ${event.endsWith("updated") ? 1 : 0} ${timestamp}`,
    );
  expect(sent.sort()).toEqual(due.sort());
  expect(events.some(({ event }) => event === "action_item.created")).toBe(true);
});

const NAME_OF: Record<string, string> = {
  "transcription.created": "transcriptions",
  "sentiment.created": "sentiments",
  "topics.created": "topics",
  "summary.created": "summaries",
  "custom_summary.result_created": "custom_summaries",
  "custom_summary.result_updated": "custom_summaries",
  "playbook_result.created": "playbook_results",
  "playbook_result.updated": "playbook_results",
  "call_evaluation.created": "evaluations",
  "call_evaluation.updated": "evaluations",
};

test("what is still to come to a call that a test has changed is announced once", async () => {
  const { emulator, received, pass, webhookId } = await openReceiver({
    account: { ...BUSY, numbers: 25, calls: 8 * 1_000 },
    traffic: "even",
    insights: { share: 1 },
  });
  const { calls, insights, webhooks } = emulator.account;
  webhooks.edit(webhookId, { active: false });
  const recent = [...calls.untouchedWithin(NOON_SECONDS - 2 * 3_600, NOON_SECONDS)];
  const coming = recent.filter((call) =>
    insights
      .ofCall(call)
      .some(({ name, versions: [first] }) => name === "evaluations" && isSoonAfterNoon(first.atSeconds)),
  );
  const [seeded, changed, both] = coming;
  if (!seeded || !changed || !both) throw new Error("too few evaluations are to come");
  insights.add(seeded.id, "topics");
  calls.comment(changed.id, "To be continued");
  calls.comment(both.id, "To be continued");
  insights.add(both.id, "topics");
  await pass(1_000);
  webhooks.edit(webhookId, { active: true });
  await pass(20 * MINUTE_MS);
  const evaluated = received.filter(({ event }) => event === "call_evaluation.created");
  for (const { id } of [seeded, changed, both])
    expect(evaluated.filter(({ data }) => data.call_id === id)).toHaveLength(1);
});

function isSoonAfterNoon(atSeconds: number): boolean {
  return atSeconds > NOON_SECONDS + 5 && atSeconds < NOON_SECONDS + 1_200;
}

test("what a deleted recording or a removed call still had to come is not announced", async () => {
  const { emulator, received, pass, clock } = await openReceiver({
    account: { ...QUIET, webhooks: 0, numbers: 25 },
    insights: { share: 1 },
  });
  const { calls, insights } = emulator.account;
  const firstId = calls.add(30, { startedAtSeconds: NOON_SECONDS - 60 });
  const added = Array.from({ length: 30 }, (_, index) => calls.life(firstId + index));
  const [deleted, removed, kept] = added.filter((call) => insights.ofCall(call).length > 0);
  if (!deleted || !removed || !kept) throw new Error("too few calls are recorded");
  insights.remove(deleted.id);
  calls.remove(removed.id);
  await pass(24 * 60 * MINUTE_MS);
  expect(clock.now()).toBeGreaterThan(kept.assetAt * 1_000);
  const about = (id: number) =>
    received.filter(({ event, data }) => INSIGHT_EVENT.test(event) && data.call_id === id);
  expect(about(deleted.id)).toEqual([]);
  expect(about(removed.id)).toEqual([]);
  expect(about(kept.id).length).toBeGreaterThan(6);
});

test("a webhook cannot ask for events of kinds that the company has not bought", async () => {
  const { write, emulator, id, insights, received, pass } = await openRecorded({
    addOns: ["transcriptions"],
  });
  const ask = (name: string) =>
    write("POST", "/v1/webhooks", { url: "https://other.example.test/events", events: [name] });
  expect((await ask("transcription.created")).status).toBe(201);
  expect((await ask("custom_summary.result_updated")).status).toBe(400);
  emulator.account.webhooks.rules.eventNames = "any";
  expect((await ask("custom_summary.result_updated")).status).toBe(201);
  insights.add(id, "custom_summaries");
  await pass(0);
  expect(received).toEqual([]);
});
