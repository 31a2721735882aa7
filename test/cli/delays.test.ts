import { expect, test } from "vitest";
import { EVENT_NAMES } from "../../emulator/account/event-names.ts";
import { type Emulator, startEmulator } from "../../emulator/index.ts";
import { type CapturedChange, Delays, percentileMs } from "../../src/cli/demo/delays.ts";
import type { Document } from "../../src/engine/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { TestClock } from "../support/clock.ts";

const ACCOUNT = { calls: 0, contacts: 2, users: 2, numbers: 2, teams: 1, tags: 2, webhooks: 0 };

/** An account whose events are received at once, and the delays of what a test commits of it. */
async function measuredAccount() {
  const clock = new TestClock();
  const emulator = await startEmulator({
    clock: clock.truth,
    account: ACCOUNT,
    sendEvent: async () => new Response(),
  });
  emulator.account.webhooks.add({ url: "https://receiver.test/", active: true, events: [...EVENT_NAMES] });
  const said: CapturedChange[] = [];
  const delays = new Delays(emulator, (change) => said.push(change));
  const row = (table: Parameters<Emulator["truth"]>[0], id: number | string): Document => {
    const [found] = ([...emulator.truth(table)] as JsonObject[]).filter((one) => one.id === id);
    return { ...found, _meta: { op: "u" } } as Document;
  };
  return {
    clock,
    emulator,
    account: emulator.account,
    delays,
    row,
    commit: (table: string, ...documents: Document[]) =>
      delays.committed([{ table, documents, patch: {} }], clock.now()),
    /** What has been found to be captured since the last call. */
    said: () => said.splice(0).map(({ event, table, delayMs }) => `${event} in ${table} after ${delayMs} ms`),
    async pass(durationMs: number) {
      clock.advance(durationMs);
      await emulator.events.deliverDue();
      delays.settle();
    },
    [Symbol.asyncDispose]: emulator.close,
  };
}

test("a change is captured with the first commit of a row that shows it", async () => {
  await using world = await measuredAccount();
  const { calls } = world.account;
  const id = calls.ring();
  await world.pass(1_000);
  expect(world.delays.pendingCount).toBe(1);
  await world.pass(3_000);
  world.commit("calls", world.row("calls", id));
  expect(world.said()).toEqual(["call.created in calls after 4000 ms"]);
  expect(world.delays.pendingCount).toBe(0);
});

test("a row that was read before a change and committed after it does not show the change", async () => {
  await using world = await measuredAccount();
  const { calls } = world.account;
  const id = calls.ring();
  const before = world.row("calls", id);
  await world.pass(1_000);
  calls.answer(id);
  await world.pass(1_000);
  world.commit("calls", before);
  expect(world.said()).toEqual([]);
  await world.pass(1_000);
  world.commit("calls", world.row("calls", id));
  expect(world.said()).toEqual([
    "call.created in calls after 3000 ms",
    "call.answered in calls after 2000 ms",
  ]);
});

test("a row may be committed before its event is announced", async () => {
  await using world = await measuredAccount();
  const id = world.account.contacts.add();
  world.clock.advance(500);
  world.commit("contacts", world.row("contacts", id));
  expect(world.said()).toEqual([]);
  await world.pass(2_000);
  expect(world.said()).toEqual(["contact.created in contacts after 500 ms"]);
});

test("a deletion is captured with its commit", async () => {
  await using world = await measuredAccount();
  const id = world.account.contacts.add();
  world.commit("contacts", world.row("contacts", id));
  await world.pass(1_000);
  world.said();
  world.account.contacts.remove(id);
  await world.pass(4_000);
  expect(world.said()).toEqual([]);
  world.commit("contacts", { id, _meta: { op: "d" } });
  expect(world.said()).toEqual(["contact.deleted in contacts after 4000 ms"]);
});

test("a status of a message is captured with the commit of this status", async () => {
  await using world = await measuredAccount();
  const { messages } = world.account;
  const id = messages.send();
  const sentAt = new Date(world.clock.now()).toISOString();
  await world.pass(1_000);
  world.commit("messages", { id, status: "sent", updated_at: sentAt, _meta: { op: "u" } });
  expect(world.said()).toEqual(["message.sent in messages after 1000 ms"]);
  messages.updateStatus(id, "delivered");
  const deliveredAt = new Date(world.clock.now()).toISOString();
  await world.pass(1_000);
  world.commit("messages", { id, updated_at: sentAt, _meta: { op: "u" } });
  expect(world.said()).toEqual([]);
  world.commit("messages", { id, status: "delivered", updated_at: deliveredAt, _meta: { op: "u" } });
  expect(world.said()).toEqual(["message.status_updated in messages after 1000 ms"]);
});

test("what makes no difference to its row is captured with the row of its event", async () => {
  await using world = await measuredAccount();
  const { calls } = world.account;
  const id = calls.ring();
  await world.pass(1_000);
  world.commit("calls", world.row("calls", id));
  world.said();
  world.emulator.events.record.add(
    {
      event: "call.hold",
      id,
      happenedAtMs: world.clock.now() + 1_000,
      url: "",
      attempt: 1,
      status: 200,
      atMs: 0,
    },
    true,
  );
  await world.pass(3_000);
  expect(world.said()).toEqual([]);
  const timestamp = world.account.nowSeconds - 2;
  world.commit("events", { event_id: "a", event: "call.hold", timestamp, data: { id }, _meta: { op: "u" } });
  expect(world.said()).toEqual(["call.hold in events after 2000 ms"]);
});

test("percentiles are values that occur", () => {
  const changes = [5, 1, 4, 2, 3].map((delayMs) => ({ delayMs }) as CapturedChange);
  expect([50, 95, 100].map((percent) => percentileMs(changes, percent))).toEqual([3, 5, 5]);
  expect(percentileMs([], 50)).toBeUndefined();
});
