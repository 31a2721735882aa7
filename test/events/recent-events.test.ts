import { expect, test } from "vitest";
import { RecentEvents } from "../../src/events/recent-events.ts";

/** Events that are stored once `stored` is called for them, in the order in which they came. */
function recentWorld() {
  const recent = new RecentEvents();
  const stores: { id: string; done: () => void; failed: (error: Error) => void }[] = [];
  const send = (id: string) =>
    recent.once(id, () => new Promise((done, failed) => void stores.push({ id, done, failed })));
  return { send, stores, storedIds: () => stores.map(({ id }) => id) };
}

const isPending = (promise: Promise<void>) =>
  Promise.race([promise.then(() => false), new Promise((resolve) => setImmediate(resolve, true))]);

test("an event that comes again is stored once, and durable for both senders at once", async () => {
  const { send, stores, storedIds } = recentWorld();
  const [first, again, other] = [send("a"), send("a"), send("b")];
  expect(storedIds()).toEqual(["a", "b"]);
  expect(await isPending(again)).toBe(true);
  stores[0]?.done();
  expect(await isPending(first)).toBe(false);
  expect(await isPending(again)).toBe(false);
  expect(await isPending(other)).toBe(true);
  expect(await isPending(send("a"))).toBe(false);
  expect(storedIds()).toEqual(["a", "b"]);
});

test("an event that could not be stored is stored when it comes again", async () => {
  const { send, stores, storedIds } = recentWorld();
  const first = send("a");
  stores[0]?.failed(new Error("no room"));
  await expect(first).rejects.toThrow("no room");
  expect(await isPending(send("a"))).toBe(true);
  expect(storedIds()).toEqual(["a", "a"]);
});

test("ten thousand events are remembered, and the oldest is forgotten", () => {
  const { send, storedIds } = recentWorld();
  for (let place = 0; place <= 10_000; place++) void send(String(place));
  void send("1");
  expect(storedIds()).toHaveLength(10_001);
  void send("0");
  expect(storedIds()).toHaveLength(10_002);
});
