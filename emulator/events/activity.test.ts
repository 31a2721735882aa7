import { expect, test, vi } from "vitest";
import { DAY_MS, MINUTE_MS, QUIET } from "../testing.ts";
import { openReceiver, type ReceivingSession } from "./testing.ts";

const BUSY = { ...QUIET, webhooks: 0, users: 6, numbers: 5, days: 12, calls: 12 * 1_000, contacts: 2_000 };

test("the same seed sends the same events, however the clock moves", async () => {
  const options = { account: { ...BUSY, messagesPerDay: 300 }, events: { losses: 0.1, duplicates: 0.1 } };
  const run = async (minutes: number, seed = "aircall") => {
    const session = await openReceiver({ ...options, seed });
    for (let passed = 0; passed < 120; passed += minutes) await session.pass(minutes * MINUTE_MS);
    return sortedKeys(session);
  };
  const first = await run(1);
  expect(first.length).toBeGreaterThan(500);
  expect(await run(120)).toEqual(first);
  expect(await run(1, "other")).not.toEqual(first);
});

function sortedKeys({ received }: ReceivingSession): string[] {
  return received.map(({ event, data, timestamp }) => `${timestamp} ${event} ${data.id}`).sort();
}

test("without an active webhook nothing is worked out", async () => {
  const { emulator, webhookId, received, pass } = await openReceiver({ account: BUSY });
  const { calls, contacts, webhooks } = emulator.account;
  webhooks.edit(webhookId, { active: false });
  const looks = [vi.spyOn(calls, "untouchedWithin"), vi.spyOn(contacts, "untouchedOn")];
  await pass(DAY_MS);
  calls.ring();
  for (const look of looks) expect(look).not.toHaveBeenCalled();
  webhooks.edit(webhookId, { active: true });
  await pass(60 * MINUTE_MS);
  for (const look of looks) expect(look).toHaveBeenCalled();
  expect(received.length).toBeGreaterThan(50);
});

test("a webhook receives what happens after it became active, also to what began before", async () => {
  const { emulator, webhookId, received, names, pass, clock } = await openReceiver({
    account: { ...BUSY, days: 2, calls: 10_000, messagesPerDay: 20_000 },
  });
  const { calls, webhooks } = emulator.account;
  await pass(1_000);
  webhooks.edit(webhookId, { active: false });
  received.length = 0;
  const { nowSeconds } = emulator.account;
  const recent = [...calls.untouchedWithin(nowSeconds - 600, nowSeconds)];
  const [removed = 0, going = 0] = recent.flatMap(({ id, endedAt }) =>
    endedAt > nowSeconds + 60 ? [id] : [],
  );
  calls.remove(removed);
  const ended = calls.ring();
  calls.end(ended);
  clock.advance(10_500);
  webhooks.edit(webhookId, { active: true });
  const activeFromMs = clock.now();
  await pass(60 * MINUTE_MS);
  expect(names(removed)).toEqual([]);
  expect(names(ended)).toEqual(["call.ended"]);
  expect(names(going)).toContain("call.hungup");
  const sent = received.filter(({ event }) => event === "message.sent" || event === "message.received");
  expect(sent.every(({ data }) => Date.parse(String(data.created_at)) > activeFromMs)).toBe(true);
  expect(Math.min(...received.map(({ timestamp }) => timestamp))).toBe(Math.floor(activeFromMs / 1_000));
  const updated = received.filter(({ event }) => event === "message.status_updated");
  const known = new Set(sent.map(({ data }) => data.id));
  expect(updated.some(({ data }) => !known.has(data.id))).toBe(true);
});
