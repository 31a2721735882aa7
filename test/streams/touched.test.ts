import { expect, test } from "vitest";
import type { JsonObject } from "../../src/shared/json.ts";
import { streams, TouchedIds } from "../../src/streams/index.ts";
import { TestClock } from "../support/clock.ts";
import { rememberingLog } from "../support/world.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const GATHERED_MS = 3_300;

/** Touched objects whose state is durable once `commit` is called. */
function touchedWorld(state: JsonObject = {}, clock = new TestClock()) {
  const log = rememberingLog();
  const durable = { ...state };
  let waiting: (() => void)[] = [];
  const keep = (patch: JsonObject) =>
    new Promise<void>((resolve) => {
      waiting.push(() => {
        for (const [id, hint] of Object.entries(patch)) {
          if (hint === null) delete durable[id];
          else durable[id] = hint;
        }
        resolve();
      });
    });
  const touched = new TouchedIds({ state, keep, clock, log });
  return {
    touched,
    clock,
    log,
    state: () => durable,
    commit: () => {
      for (const apply of waiting) apply();
      waiting = [];
    },
    /** Whether the event has been acknowledged once all promises that can resolve have done so. */
    isAcknowledged: async (added: Promise<void>) => {
      const pending = Symbol();
      await new Promise((resolve) => setImmediate(resolve));
      return (await Promise.race([added, Promise.resolve(pending)])) !== pending;
    },
    take: (most?: number) => {
      clock.advance(GATHERED_MS);
      const batch = touched.take(new Set(touched.waiting(most).map(({ id }) => id)));
      if (!batch) throw new Error("nothing waits");
      return {
        ids: batch.objects.map(({ id }) => id),
        hints: batch.objects.map(({ hint }) => hint),
        ...batch,
      };
    },
  };
}

test("an event is acknowledged once its object is in the state, which the reading of the object removes", async () => {
  const world = touchedWorld();
  const added = world.touched.add({ id: 7, hint: 5 });
  expect(await world.isAcknowledged(added)).toBe(false);
  world.commit();
  expect(await world.isAcknowledged(added)).toBe(true);
  expect(world.state()).toEqual({ 7: 5 });
  world.take().read();
  world.commit();
  expect(world.state()).toEqual({});
  expect(world.touched.isDue).toBe(false);
});

test("an event that comes while its object is read has the object read again", async () => {
  const world = touchedWorld();
  void world.touched.add({ id: 7, hint: 5 });
  const batch = world.take();
  void world.touched.add({ id: 7, hint: 5 });
  batch.read();
  world.commit();
  expect(world.state()).toEqual({ 7: 5 });
  expect(world.take().ids).toEqual([7]);
});

test("an event that comes after the reading, and before the commit, has the object read again", async () => {
  const world = touchedWorld();
  void world.touched.add({ id: 7, hint: 5 });
  world.take().read();
  const added = world.touched.add({ id: 7, hint: 5 });
  expect(await world.isAcknowledged(added)).toBe(false);
  world.commit();
  expect(world.state()).toEqual({ 7: 5 });
  expect(world.take().ids).toEqual([7]);
});

test("what a run took and did not read waits at once when the next run begins", () => {
  const world = touchedWorld();
  for (const id of [7, 8]) void world.touched.add({ id, hint: 5 });
  world.take();
  expect(world.touched.isDue).toBe(false);
  world.touched.begin();
  expect(world.touched.isDue).toBe(true);
  expect(world.take().ids).toEqual([7, 8]);
});

test("a commit that comes when the next run has begun leaves nothing due", () => {
  const world = touchedWorld();
  void world.touched.add({ id: 7, hint: 5 });
  const batch = world.take();
  world.touched.begin();
  batch.read();
  expect(world.touched.take()).toBeUndefined();
  expect(world.touched.isDue).toBe(false);
  expect(world.touched.dueMs).toBe(Infinity);
});

test("a commit of an earlier run does not forget an event that came after its reading", () => {
  const world = touchedWorld();
  void world.touched.add({ id: 7, hint: 5 });
  const first = world.take();
  world.touched.begin();
  const second = world.take();
  first.read();
  void world.touched.add({ id: 7, hint: 5 });
  second.read();
  world.commit();
  expect(world.state()).toEqual({ 7: 5 });
  expect(world.take().ids).toEqual([7]);
});

test("of several events of one object the greatest hint counts, which is durable before its event is acknowledged", async () => {
  const world = touchedWorld();
  void world.touched.add({ id: 7, hint: 0 });
  world.commit();
  const deleted = world.touched.add({ id: 7, hint: 1 });
  expect(await world.isAcknowledged(deleted)).toBe(false);
  world.commit();
  expect(world.state()).toEqual({ 7: 1 });
  void world.touched.add({ id: 7, hint: 0 });
  expect(world.take().hints).toEqual([1]);
});

test("objects in the state are due two seconds after the start, and what has another shape is ignored", () => {
  const { touched, clock } = touchedWorld({ 7: 5, "no number": 1, 8: "no hint", 9: null });
  touched.begin();
  clock.advance(1_999);
  expect(touched.isDue).toBe(false);
  clock.advance(1);
  expect(touched.isDue).toBe(true);
  expect(touched.take()?.objects).toEqual([{ id: 7, hint: 5, canWait: false }]);
  expect(touched.dueMs).toBe(Infinity);
});

test("objects are due 3.3 seconds after the first event, and at once when the clock has been set back", () => {
  const { touched, clock } = touchedWorld();
  void touched.add({ id: 7, hint: 5 });
  clock.advance(GATHERED_MS - 1);
  expect(touched.isDue).toBe(false);
  clock.advance(1);
  expect(touched.isDue).toBe(true);
  touched.take();
  void touched.add({ id: 7, hint: 5 });
  clock.advance(-60 * MINUTE_MS);
  expect(touched.isDue).toBe(true);
});

test("an object with an event in the two seconds before it is read is read once more, 3.3 seconds after that event", () => {
  const { touched, clock, state, commit } = touchedWorld();
  void touched.add({ id: 7, hint: 5 });
  clock.advance(GATHERED_MS - 1_900);
  void touched.add({ id: 7, hint: 5 });
  clock.advance(1_900);
  const early = touched.take();
  expect(early?.objects).toHaveLength(1);
  early?.read();
  commit();
  expect(state()).toEqual({ 7: 5 });
  clock.advance(GATHERED_MS - 1_900 - 1);
  expect(touched.isDue).toBe(false);
  clock.advance(1);
  expect(touched.isDue).toBe(true);
  touched.take()?.read();
  commit();
  expect(state()).toEqual({});
});

test("an object that polls read within minutes is read once, however late its latest event", () => {
  const { touched, clock, state, commit } = touchedWorld();
  void touched.add({ id: 7, hint: 5, isPolled: true });
  clock.advance(GATHERED_MS - 1);
  void touched.add({ id: 7, hint: 5, isPolled: true });
  clock.advance(1);
  touched.take()?.read();
  commit();
  expect(state()).toEqual({});
});

test("an object that is not due is taken with others when its latest event is two seconds old, and not before", () => {
  const { touched, clock } = touchedWorld();
  void touched.add({ id: 7, hint: 5 });
  clock.advance(1_500);
  void touched.add({ id: 8, hint: 5 });
  clock.advance(200);
  void touched.add({ id: 9, hint: 5 });
  clock.advance(1_900);
  expect(touched.waiting().map(({ id, isDue }) => [id, isDue])).toEqual([
    [7, true],
    [8, false],
  ]);
  expect(touched.take()?.objects.map(({ id }) => id)).toEqual([7, 8]);
  expect(touched.take()).toBeUndefined();
});

test("what is not taken for lack of room stays due", () => {
  const world = touchedWorld();
  for (const id of [1, 2, 3]) void world.touched.add({ id, hint: 5 });
  expect(world.take(2).ids).toEqual([1, 2]);
  expect(world.touched.isDue).toBe(true);
  expect(world.take(2).ids).toEqual([3]);
  expect(world.touched.isDue).toBe(false);
});

test("an object that Aircall does not answer for is due every five minutes for an hour, and then left", () => {
  const world = touchedWorld();
  for (const id of [7, 8]) void world.touched.add({ id, hint: 5 });
  world.take().read(new Set([7]));
  world.commit();
  expect(world.state()).toEqual({ 7: 5 });
  let reads = 1;
  for (; world.touched.dueMs < Infinity; reads++) {
    expect(world.touched.isDue).toBe(false);
    world.clock.advance(5 * MINUTE_MS);
    expect(world.touched.isDue).toBe(true);
    world.touched.take()?.read(new Set([7]));
  }
  world.commit();
  expect(reads).toBe(12);
  expect(world.state()).toEqual({});
});

test("a storm leaves all beyond a thousand objects to the polls, within 32 KiB of state, and is reported once in ten minutes", async () => {
  const world = touchedWorld();
  const started = Math.floor(world.clock.now() / 1000);
  const storm = (firstId: number) =>
    Array.from({ length: 3_000 }, (_, place) =>
      world.touched.add({ id: firstId + place, hint: started + (place % 60) }),
    );
  const first = storm(3_000_000_000);
  world.commit();
  await Promise.all(first);
  storm(4_000_000_000);
  world.commit();
  expect(Object.keys(world.state()).length).toBe(1_000);
  expect(JSON.stringify(world.state()).length).toBeLessThan(32 * 1024);
  expect(world.log.lines).toHaveLength(1);
  world.clock.advance(10 * MINUTE_MS);
  storm(5_000_000_000);
  expect(world.log.lines).toEqual([
    expect.stringMatching(/: 1 so far are left to the polls and re-reads, which reach no call beyond/),
    expect.stringMatching(/: 5001 so far/),
  ]);
  // An event of an object that waits already is never left out.
  void world.touched.add({ id: 3_000_000_999, hint: started + 1_000 });
  world.commit();
  expect(world.state()[3_000_000_999]).toBe(started + 1_000);
});

test.each([
  ["3000000001", 3_000_000_001],
  [3_000_000_001, 3_000_000_001],
  ["03", undefined],
  ["3e9", undefined],
  [" 3", undefined],
  ["99999999999999999", undefined],
  [0, undefined],
  [-3, undefined],
  [1.5, undefined],
  [{}, undefined],
  [null, undefined],
])("the ID %j names the object %s", (id, expected) => {
  const event = { resource: "", timestamp: 1_781_524_800, data: { id } };
  expect(streams.calls.touchedBy?.({ ...event, event: "call.ended" })?.id).toBe(expected);
  expect(streams.contacts.touchedBy?.({ ...event, event: "contact.deleted" })?.id).toBe(expected);
});
