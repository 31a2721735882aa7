import { expect, test } from "vitest";
import { accepted, openQuietReceiver, refused } from "./testing.ts";

const HOUR_MS = 3_600_000;

test("failures in a row disable a webhook, what happens then is lost, and one success enables it again", async () => {
  const { emulator, happen, answerWith, pass, names, webhook } = await openQuietReceiver({
    events: { attempts: 3 },
  });
  answerWith(refused);
  const before = [happen(), happen(), happen()];
  await pass(0);
  expect(webhook()?.active).toBe(false);
  await pass(1_000);
  const lost = happen();
  await pass(15_000);
  expect(webhook()?.active).toBe(false);
  answerWith(accepted);
  await pass(HOUR_MS);
  expect(webhook()?.active).toBe(true);
  const after = happen();
  await pass(0);
  expect(before.map((id) => names(id).length)).toEqual([3, 3, 3]);
  expect([names(lost), names(after)]).toEqual([[], ["contact.created"]]);
  expect(emulator.events.record.received).toEqual(new Map([["contact.created", 4]]));
});

test("what happens while a webhook is disabled can wait up to twelve hours instead", async () => {
  const { happen, answerWith, pass, names, webhook } = await openQuietReceiver({
    events: { attempts: 3, whileDisabled: "queued" },
  });
  answerWith(refused);
  const first = [happen(), happen(), happen()];
  await pass(0);
  const old = happen();
  await pass(5 * HOUR_MS);
  const waiting = happen();
  expect(webhook()?.active).toBe(false);
  await pass(6.9 * HOUR_MS);
  answerWith(accepted);
  const young = happen();
  await pass(0.05 * HOUR_MS);
  expect(webhook()?.active).toBe(true);
  await pass(0);
  expect(first.every((id) => names(id).length > 1)).toBe(true);
  expect([old, waiting, young].map((id) => names(id).length)).toEqual([1, 1, 1]);
});

test("what has waited longer than twelve hours for a webhook is lost", async () => {
  const { emulator, happen, answerWith, pass, names, webhooks, webhookId } = await openQuietReceiver({
    events: { attempts: 1, whileDisabled: "queued" },
  });
  answerWith(refused);
  happen();
  await pass(0);
  const old = happen();
  await pass(5 * HOUR_MS);
  const waiting = happen();
  await pass(8 * HOUR_MS);
  answerWith(accepted);
  webhooks.edit(webhookId, { active: true });
  await pass(0);
  expect([names(old).length, names(waiting).length]).toEqual([0, 1]);
  expect(emulator.events.record.omitted.get("disabled")).toBe(1);
});

test("a request enables a disabled webhook, and the count of its failures starts anew", async () => {
  const { happen, answerWith, pass, write, webhook } = await openQuietReceiver({ events: { attempts: 3 } });
  answerWith(refused);
  for (let made = 0; made < 3; made++) happen();
  await pass(0);
  expect(webhook()?.active).toBe(false);
  await write("PUT", `/v1/webhooks/${webhook()?.uuid}`, { active: true });
  happen();
  await pass(1_000);
  expect(webhook()?.active).toBe(true);
});

test("a webhook that a request switched off or removed receives nothing more", async () => {
  const { happen, answerWith, pass, write, webhook, received } = await openQuietReceiver();
  answerWith(refused);
  happen();
  await pass(0);
  const target = `/v1/webhooks/${webhook()?.uuid}`;
  await write("PUT", target, { active: false });
  happen();
  await pass(HOUR_MS);
  expect(received).toHaveLength(1);
  await write("PUT", target, { active: true });
  await pass(0);
  expect(received).toHaveLength(2);
  await write("DELETE", target);
  await pass(HOUR_MS);
  expect(received).toHaveLength(2);
});

test("a webhook that is removed while it answers receives nothing more", async () => {
  const { emulator, happen, answerWith, received, webhooks, webhookId } = await openQuietReceiver();
  answerWith(async () => {
    await new Promise(setImmediate);
    return accepted();
  });
  for (let made = 0; made < 30; made++) happen();
  const delivering = emulator.events.deliverDue();
  webhooks.remove(webhookId);
  await delivering;
  expect(received).toHaveLength(10);
});

test("only subscribed events are sent", async () => {
  const { contacts, happen, pass, names, write, webhook } = await openQuietReceiver();
  await write("PUT", `/v1/webhooks/${webhook()?.uuid}`, { events: ["contact.deleted"] });
  contacts.remove(happen());
  await pass(0);
  expect(names()).toEqual(["contact.deleted"]);
});
