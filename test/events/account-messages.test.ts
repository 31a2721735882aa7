import Schema from "typebox/schema";
import { expect, test } from "vitest";
import { type EventOptions, startEmulator } from "../../emulator/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { streams } from "../../src/streams/index.ts";
import { EventRuns, eventOf } from "./event-runs.ts";

const ACCOUNT = {
  calls: 0,
  days: 1,
  messagesPerDay: 300,
  webhooks: 1,
  contacts: 20,
  numbers: 4,
  users: 3,
  tags: 0,
  teams: 0,
};
const URL_OF_EVENTS = "https://capture.example.test/events";
const HOUR_MS = 3_600_000;

const MISHAPS: Partial<EventOptions> = { duplicates: 0.3, disorderSeconds: 600, retryTimestamp: "rebuilt" };

test.each<[string, Partial<EventOptions>]>([
  ["as documented, but late and twice", { duplicates: 0.3 }],
  [
    "in disorder, in the other forms that are possible",
    { ...MISHAPS, messageTimes: "ms", media: "media_url", statusNumber: "absent" },
  ],
])("messages are as the account has them when their events come %s", async (_, events) => {
  const runs = new EventRuns(streams.messages);
  let posted = 0;
  const sendEvent = async (_url: unknown, request?: { body?: unknown }) => {
    posted += 1;
    // One event in four has to be sent again, by which time others have come.
    if (posted % 4 === 0) return new Response(null, { status: 503 });
    const { event, timestamp, data } = JSON.parse(String(request?.body));
    if (/^(group_)?message\./.test(event)) await runs.pass(eventOf(event, timestamp, data));
    return new Response(null, { status: 200 });
  };
  const { clock } = runs;
  await using emulator = await startEmulatorFor({
    clock: clock.truth,
    sendEvent: sendEvent as typeof fetch,
    events,
  });
  const beganMs = clock.now();
  for (let step = 0; step < 16; step++) {
    clock.advance(HOUR_MS / 4);
    await emulator.events.deliverDue();
  }
  const isOver = ({ created_at }: JsonObject) =>
    timeOf(created_at) > beganMs && timeOf(created_at) < clock.now() - 2 * HOUR_MS;
  const messages = ([...emulator.truth("messages")] as JsonObject[]).filter(isOver);
  expect(messages.length).toBeGreaterThan(20);
  const { documentSchema } = streams.messages;
  expect([...runs.rows.values()].filter((row) => !Schema.Check(documentSchema, row))).toEqual([]);
  expect(messages.map(({ id }) => runs.rows.get(String(id)))).toEqual(messages.map(asRow));
});

const timeOf = (instant: unknown) => (typeof instant === "number" ? instant : Date.parse(String(instant)));

/** A message of the account as its row: without nulls, and with its instants as texts. */
function asRow(message: JsonObject): JsonObject {
  const entries = Object.entries(message).filter(([, value]) => value !== null);
  return Object.fromEntries(
    entries.map(([field, value]) => [
      field,
      /^(created|sent|updated)_at$/.test(field) ? new Date(timeOf(value)).toISOString() : value,
    ]),
  );
}

async function startEmulatorFor(options: Parameters<typeof startEmulator>[0]) {
  const emulator = await startEmulator({ limit: null, account: ACCOUNT, ...options });
  emulator.account.webhooks.edit(emulator.account.webhooks.listed[0]?.id ?? 0, {
    url: URL_OF_EVENTS,
    active: true,
    events: ["message.sent", "message.received", "message.status_updated"].flatMap((name) => [
      name,
      `group_${name}`,
    ]),
  });
  return Object.assign(emulator, { [Symbol.asyncDispose]: () => emulator.close() });
}
