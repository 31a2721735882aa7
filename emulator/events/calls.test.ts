import { expect, test } from "vitest";
import { MINUTE_MS, NOON_MS, QUIET } from "../testing.ts";
import { openReceiver, type ReceivedEvent } from "./testing.ts";

const BUSY = { ...QUIET, webhooks: 0, users: 6, numbers: 5, days: 12, calls: 12 * 1_000, contacts: 2_000 };

/** The instant of an event, as its call shows it. */
const instantIn = ({ event, data }: ReceivedEvent) => {
  const lastOf = (list: unknown, key: string) =>
    Math.max(...(list as Record<string, number>[]).map((each) => each[key] ?? 0));
  const instants: Record<string, () => unknown> = {
    "call.created": () => data.started_at,
    "call.answered": () => data.answered_at,
    "call.hungup": () => data.ended_at,
    "call.ended": () => Number(data.ended_at) + 31,
    "call.tagged": () => lastOf(data.tags, "tagged_at"),
    "call.commented": () => lastOf(data.comments, "posted_at"),
  };
  return instants[event]?.();
};

test("a call lives in order, and each event comes when it happens", async () => {
  const { received, pass } = await openReceiver({ account: BUSY });
  for (let hour = 0; hour < 6; hour++) await pass(60 * MINUTE_MS);
  const ranks = ["created", "ringing_on_agent", "answered", "hold", "unhold", "hungup", "ended"];
  const calls = Map.groupBy(
    received.filter(({ resource }) => resource === "call"),
    ({ data }) => data.id,
  );
  const whole = [...calls.values()].filter((events) => events[0]?.event === "call.created");
  expect(whole.length).toBeGreaterThan(200);
  for (const events of whole) {
    const inOrder = events.toSorted((left, right) => left.timestamp - right.timestamp);
    const lifeline = inOrder.map(({ event }) => ranks.indexOf(event.slice("call.".length)));
    const ranked = lifeline.filter((rank) => rank >= 0);
    expect(ranked).toEqual(ranked.toSorted((left, right) => left - right));
  }
  const timestamps = received.map(({ timestamp }) => timestamp);
  expect(timestamps).toEqual(timestamps.toSorted((left, right) => left - right));
  for (const event of received) {
    const instant = instantIn(event);
    if (instant !== undefined) expect({ ...event, instant }).toMatchObject({ instant: event.timestamp });
  }
});

test("an event and the list show the same call", async () => {
  const session = await openReceiver({ account: { ...BUSY, calls: 40_000 } });
  const { emulator, pass } = session;
  const differing: unknown[] = [];
  let compared = 0;
  session.answerWith(async ({ event, data }) => {
    if (!event.startsWith("call.") || event === "call.ringing_on_agent") return new Response();
    const [row] = emulator.truth("calls", {
      from: String(Number(data.started_at) - 1),
      to: String(data.started_at),
      fetch_contact: "true",
      fetch_short_urls: "true",
    }) as Iterable<Record<string, unknown>>;
    if (row?.id !== data.id) return new Response();
    compared++;
    const { sid, conference_participants, ...shared } = row;
    if (!isSame({ ...shared, call_uuid: sid, participants: conference_participants }, data))
      differing.push([row, data]);
    return new Response();
  });
  for (let second = 0; second < 600; second++) await pass(1_000);
  expect(compared).toBeGreaterThan(100);
  expect(differing).toEqual([]);
});

/** Without signatures, and without the contact, whose dates are of another form. */
function isSame(row: Record<string, unknown>, data: Record<string, unknown>): boolean {
  const text = (call: Record<string, unknown>) =>
    JSON.stringify(
      Object.entries(call)
        .filter(([key, value]) => value !== null && key !== "contact" && !key.endsWith("_short_url"))
        .sort(([left], [right]) => (left < right ? -1 : 1)),
    ).replace(/X-Amz-Signature=\w+/g, "");
  return text(row) === text(data);
}

test("what a test does to a call is announced at once, as the call was at that moment", async () => {
  const { emulator, received, names, pass, clock } = await openReceiver({
    account: { ...QUIET, webhooks: 0 },
  });
  const { calls, tags, users } = emulator.account;
  const [tagId = 0] = tags.listed.map(({ id }) => id);
  const id = calls.ring({ direction: "inbound" });
  clock.advance(5_000);
  calls.answer(id);
  calls.tag(id, tagId);
  calls.untag(id, tagId);
  clock.advance(60_000);
  calls.end(id);
  calls.comment(id, "seen");
  calls.assign(id, users.listed[0]?.id ?? 0);
  calls.archive(id);
  clock.advance(20 * MINUTE_MS);
  calls.record(id);
  calls.settle(id);
  await pass(0);
  expect(names(id)).toEqual([
    "call.created",
    "call.answered",
    "call.tagged",
    "call.untagged",
    "call.hungup",
    "call.commented",
    "call.assigned",
    "call.archived",
    "call.ended",
    "call.comm_assets_generated",
  ]);
  const tagged = received.map(({ data }) => (data.tags as unknown[]).length);
  expect(tagged.slice(0, 4)).toEqual([0, 0, 1, 0]);
  expect(received.map(({ data }) => data.status).slice(0, 5)).toEqual([
    "initial",
    "answered",
    "answered",
    "answered",
    "done",
  ]);
});

test("a voicemail that is there soon is in call.ended, and announced after it", async () => {
  const { emulator, received, names, pass, clock } = await openReceiver({
    account: { ...QUIET, webhooks: 0 },
  });
  const { calls } = emulator.account;
  const id = calls.ring({ direction: "inbound" });
  calls.end(id);
  clock.advance(20_000);
  calls.record(id);
  await pass(10 * MINUTE_MS);
  expect(names(id)).toEqual(["call.created", "call.hungup", "call.ended", "call.voicemail_left"]);
  expect(received.map(({ data }) => typeof data.voicemail)).toEqual(["object", "object", "string", "string"]);
});

test("what was to happen to a call no longer happens once a test has changed that", async () => {
  const { emulator, names, pass, write, webhookId } = await openReceiver({
    account: { ...BUSY, days: 2, calls: 10_000 },
  });
  await write("PUT", `/v1/webhooks/${webhookId}`, { events: ["call.hungup", "call.ended"] });
  const { account } = emulator;
  await pass(1_000);
  const recent = account.calls.untouchedWithin(account.nowSeconds - 600, account.nowSeconds);
  const going = [...recent].filter(({ endedAt }) => endedAt > account.nowSeconds).map(({ id }) => id);
  const [removed = 0, ended = 0] = going;
  account.calls.remove(removed);
  account.calls.end(ended);
  const before = names(removed).length;
  await pass(3 * 60 * MINUTE_MS);
  expect(going.length).toBeGreaterThan(2);
  expect(names(removed)).toHaveLength(before);
  expect(names(ended).filter((name) => name === "call.hungup")).toHaveLength(1);
  for (const id of going.slice(2)) expect(names(id)).toContain("call.hungup");
});

test("every call is announced once, also at the turn of an hour", async () => {
  const { emulator, received, pass, write, webhookId } = await openReceiver({
    account: { ...BUSY, days: 2, calls: 30_000 },
  });
  await write("PUT", `/v1/webhooks/${webhookId}`, { events: ["call.created"] });
  await pass(6 * 60 * MINUTE_MS);
  const { calls, nowSeconds } = emulator.account;
  const { order } = calls;
  const started = order.slice(order.countBefore(NOON_MS / 1_000 + 1), order.countBefore(nowSeconds - 2));
  const ids = Array.from({ length: started.length }, (_, position) => started.idAt(position));
  const announced = received.filter(({ data }) => Number(data.started_at) < nowSeconds - 2);
  expect(ids.length).toBeGreaterThan(3_000);
  expect(announced.map(({ data }) => data.id).toSorted()).toEqual(ids.toSorted());
});

test("calls that a test adds as finished ones are announced as such", async () => {
  const { emulator, names, pass } = await openReceiver({ account: { ...QUIET, webhooks: 0 } });
  const { calls, nowSeconds } = emulator.account;
  const first = calls.add(2, { startedAtSeconds: nowSeconds - 10 });
  await pass(MINUTE_MS);
  expect([names(first), names(first + 1)]).toEqual([["call.ended"], ["call.ended"]]);
});
