import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { startEmulator } from "../index.ts";
import { EMPTY, MINUTE_MS } from "../testing.ts";
import { accepted, openQuietReceiver, type ReceivedEvent, refused } from "./testing.ts";

const HOUR_MS = 60 * MINUTE_MS;

test("a refused event is sent again, the same, ten seconds later and then ever more rarely", async () => {
  const { happen, answerWith, pass, received } = await openQuietReceiver();
  answerWith(refused);
  happen();
  for (let second = 0; second < 60; second++) await pass(1_000);
  const startMs = received[0]?.atMs ?? 0;
  expect(received.map(({ atMs }) => Math.round((atMs - startMs) / 1_000))).toEqual([0, 10, 22, 35, 50]);
  expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  answerWith(accepted);
  await pass(MINUTE_MS);
  await pass(HOUR_MS);
  expect(received).toHaveLength(6);
});

test("a retry can have a timestamp of its own, and come every minute", async () => {
  const { happen, answerWith, pass, received } = await openQuietReceiver({
    events: { retryTimestamp: "rebuilt", retrySpacing: "minute" },
  });
  answerWith(refused);
  happen();
  await pass(0);
  await pass(MINUTE_MS);
  await pass(MINUTE_MS);
  const [first, ...retries] = received as [ReceivedEvent, ...ReceivedEvent[]];
  expect(retries.map(({ timestamp }) => timestamp - first.timestamp)).toEqual([60, 120]);
  expect(retries.map(({ data }) => data)).toEqual([first.data, first.data]);
});

test("an event is given up after the last attempt, or after twelve hours", async () => {
  const { emulator, happen, answerWith, pass, received, names } = await openQuietReceiver({
    events: { attempts: 10, retrySpacing: "minute" },
  });
  const refusedId = happen();
  answerWith(({ data }) => (data.id === refusedId ? refused() : accepted()));
  for (let minute = 0; minute < 30; minute++) {
    happen();
    await pass(MINUTE_MS);
  }
  expect(names(refusedId)).toHaveLength(10);
  expect(emulator.events.record.omitted).toEqual(new Map([["abandoned", 1]]));
  emulator.events.options.attempts = 1_000;
  received.length = 0;
  answerWith(refused);
  happen();
  for (let minute = 0; minute <= 13 * 60; minute++) await pass(MINUTE_MS);
  expect(received).toHaveLength(12 * 60);
  expect(emulator.events.record.omitted.get("abandoned")).toBe(2);
});

test("fifty growing waits take almost twelve hours", async () => {
  const { happen, answerWith, pass, received } = await openQuietReceiver();
  answerWith(refused);
  happen();
  for (let passed = 0; passed < 13 * 60; passed++) await pass(MINUTE_MS);
  expect(received.length).toBeGreaterThan(45);
  const [first, last] = [received[0]?.atMs ?? 0, received.at(-1)?.atMs ?? 0];
  expect((last - first) / HOUR_MS).toBeGreaterThan(10.5);
  expect((last - first) / HOUR_MS).toBeLessThanOrEqual(12);
});

test("no answer within the time for it is a failure, and deliverDue waits no longer", async () => {
  const { emulator, happen, answerWith, pass, received } = await openQuietReceiver({
    events: { timeoutMs: 20 },
  });
  answerWith(() => new Promise(() => {}));
  happen();
  await pass(0);
  expect(emulator.events.record.recent).toMatchObject([{ status: null, attempt: 1 }]);
  answerWith(accepted);
  await pass(10_000);
  expect(received).toHaveLength(2);
});

test("an emulator that closes waits for no receiver", async () => {
  const { emulator, happen, answerWith, received } = await openQuietReceiver();
  answerWith(() => new Promise(() => {}));
  happen();
  const delivering = emulator.events.deliverDue();
  await emulator.close();
  await delivering;
  await emulator.events.deliverDue();
  expect(received).toHaveLength(1);
});

test("delays let events overtake each other", async () => {
  const { happen, pass, received } = await openQuietReceiver({ events: { disorderSeconds: 30 } });
  for (let second = 0; second < 60; second++) {
    happen();
    await pass(1_000);
  }
  await pass(30_000);
  const timestamps = received.map(({ timestamp }) => timestamp);
  expect(timestamps).toHaveLength(60);
  expect(timestamps).not.toEqual(timestamps.toSorted((left, right) => left - right));
  for (const { atMs, timestamp } of received.slice(0, 30)) expect(atMs / 1_000 - timestamp).toBeLessThan(32);
});

test("losses and duplicates have the configured shares", async () => {
  const { emulator, happen, pass, received, clock } = await openQuietReceiver({
    events: { losses: 0.1, duplicates: 0.2 },
  });
  const made: number[] = [];
  for (let second = 0; second < 1_000; second++) {
    made.push(happen());
    clock.advance(1_000);
  }
  for (let second = 0; second < 90; second++) await pass(1_000);
  const copies = made.map((id) => received.filter(({ data }) => data.id === id).length);
  const share = (count: number) => copies.filter((copy) => copy === count).length / made.length;
  expect(share(0)).toBeCloseTo(0.1, 1);
  expect(share(2)).toBeCloseTo(0.18, 1);
  expect(emulator.events.record.omitted.get("loss")).toBe(copies.filter((copy) => copy === 0).length);
  expect(new Set(received.map(({ body }) => body)).size).toBe(
    made.length - copies.filter((copy) => copy === 0).length,
  );
});

test("nothing is sent in an outage: new events are lost, and retries wait", async () => {
  const { emulator, happen, answerWith, pass, received, names, clock } = await openQuietReceiver();
  answerWith(refused);
  const retried = happen();
  await pass(0);
  answerWith(accepted);
  emulator.events.options.outages.push({ fromMs: clock.now() + 1, untilMs: clock.now() + HOUR_MS });
  await pass(MINUTE_MS);
  const lost = happen();
  await pass(58 * MINUTE_MS);
  expect(received).toHaveLength(1);
  await pass(MINUTE_MS);
  expect([names(retried).length, names(lost).length]).toEqual([2, 0]);
  expect(emulator.events.record.omitted).toEqual(new Map([["outage", 1]]));
});

test("no more than ten events are under way to a webhook, and the record keeps the latest thousand", async () => {
  const { emulator, happen, answerWith, pass, received } = await openQuietReceiver();
  let underWay = 0;
  let most = 0;
  answerWith(async () => {
    most = Math.max(most, ++underWay);
    await new Promise(setImmediate);
    underWay--;
    return accepted();
  });
  for (let made = 0; made < 1_200; made++) happen();
  await pass(0);
  expect(most).toBe(10);
  const { record } = emulator.events;
  expect([received.length, record.attempts, record.recent.length]).toEqual([1_200, 1_200, 1_000]);
  expect(record.received).toEqual(new Map([["contact.created", 1_200]]));
});

test("with the system clock events are sent by themselves, over HTTP, and only to this machine", async () => {
  const emulator = await startEmulator({ account: EMPTY, limit: null });
  const arrived = new Promise<string>((resolve) => {
    const server = createServer((request, response) => {
      request.on("data", (chunk) => resolve(String(chunk)));
      request.on("end", () => response.end());
    });
    onTestFinished(() => void server.close());
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      const events = ["contact.created"];
      emulator.account.webhooks.add({ url: `http://127.0.0.1:${port}/`, active: true, events });
      emulator.account.webhooks.add({ url: "https://elsewhere.example.test/", active: true, events });
      emulator.account.contacts.add();
    });
  });
  expect(JSON.parse(await arrived)).toMatchObject({ event: "contact.created" });
  await emulator.events.deliverDue();
  expect(emulator.events.record.recent).toMatchObject([
    { url: expect.stringContaining("127.0.0.1"), status: 200 },
  ]);
  await emulator.close();
});
