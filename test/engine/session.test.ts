import { setImmediate as settle } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Step } from "../../src/engine/stream.ts";
import { Touch } from "../../src/engine/touch.ts";
import { TestClock } from "../support/clock.ts";
import { all, brief, checkpoint, document, restUntil, scripted, session, stream } from "./sessions.ts";

interface ScriptedBlock {
  readonly size: number;
  /** Microtasks to wait before each document. */
  readonly delays: readonly number[];
  readonly isLate: boolean;
}

async function* playBlocks(blocks: readonly ScriptedBlock[]): AsyncGenerator<Step> {
  let id = 0;
  for (const { size, delays, isLate } of blocks) {
    for (const ticks of delays.slice(0, size)) {
      for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
      yield document(id++);
    }
    if (isLate) await settle();
    yield checkpoint({ id });
  }
  yield restUntil(0);
}

test("whatever the streams' timing, a block has all documents of its checkpoint, and a binding's blocks keep their order", async () => {
  const block = fc.record({
    size: fc.nat(4),
    delays: fc.array(fc.nat(3), { minLength: 4, maxLength: 4 }),
    isLate: fc.boolean(),
  });
  const scripts = fc.array(fc.array(block, { maxLength: 5 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(scripts, async (bindings) => {
      const expected = bindings.map((blocks, binding) => {
        let id = 0;
        const documents = (size: number) => Array.from({ length: size }, () => `b${binding}:${id++}`);
        return blocks.map(({ size }) => [...documents(size), `b${binding}!`]);
      });
      const streams = bindings.map((blocks, binding) =>
        stream(`stream ${binding}`, () => playBlocks(blocks)),
      );
      const yielded = (await Array.fromAsync(session(streams).blocks)).map(brief);
      const ofBinding = (binding: number) => yielded.filter(([first]) => first?.startsWith(`b${binding}`));
      expect(bindings.map((_, binding) => ofBinding(binding))).toEqual(expected);
    }),
    { seed: 1 },
  );
});

test("while nobody reads, no stream works on more than its next block", async () => {
  const begun = [0, 0];
  const endless = [0, 1].map((binding) =>
    stream(`stream ${binding}`, async function* () {
      for (let id = 0; ; id++) {
        begun[binding] = id + 1;
        yield document(id);
        yield checkpoint({ id });
      }
    }),
  );
  const { blocks } = session(endless);
  expect(begun).toEqual([0, 0]);
  await blocks.next();
  for (let turns = 0; turns < 20; turns++) await settle();
  expect(begun).toEqual([1, 1]);
  for (let read = 0; read < 2; read++) await blocks.next();
  for (let turns = 0; turns < 20; turns++) await settle();
  expect(Math.max(...begun)).toBeLessThanOrEqual(3);
  await blocks.return();
});

test("a pass ends a binding at its first rest, however long that is", async () => {
  const { blocks, clock, events } = session([
    scripted("calls", [
      document(1),
      checkpoint({}),
      restUntil(Number.MAX_SAFE_INTEGER),
      document(2),
      checkpoint({}),
    ]),
  ]);
  expect(await all(blocks)).toEqual(["b0:1", "b0!"]);
  expect(clock.sleptMs).toEqual([]);
  expect(events).toEqual([{ binding: 0, kind: "done" }]);
});

test("a session that follows wakes at the instant of each rest", async () => {
  const startMs = new TestClock().now();
  const follows = scripted("calls", [
    checkpoint({ at: 1 }),
    restUntil(startMs + 60_000),
    checkpoint({ at: 2 }),
    restUntil(startMs + 1),
    checkpoint({ at: 3 }),
  ]);
  const { blocks, clock, events } = session([follows], { until: "follow" });
  await blocks.next();
  const second = blocks.next();
  let hasWoken = false;
  void second.then(() => {
    hasWoken = true;
  });
  await settle();
  clock.advance(59_999);
  await settle();
  expect(hasWoken).toBe(false);
  clock.advance(1);
  await second;
  await blocks.next();
  expect(clock.sleptMs).toEqual([60_000]);
  expect(events).toEqual(
    [startMs + 60_000, startMs + 1].map((untilMs) => ({ binding: 0, kind: "rests", untilMs })),
  );
  await blocks.return();
});

test("a touch ends a rest, and one that came while the stream was at work ends its next rest", async () => {
  const touch = new Touch();
  const rest: Step = { kind: "rest", untilMs: Number.MAX_SAFE_INTEGER, touch };
  const follows = scripted("calls", [
    checkpoint({ at: 1 }),
    rest,
    checkpoint({ at: 2 }),
    rest,
    checkpoint({ at: 3 }),
  ]);
  const { blocks, clock } = session([follows], { until: "follow" });
  await blocks.next();
  const second = blocks.next();
  await settle();
  touch.touch();
  expect((await second).value).toMatchObject({ patch: { at: 2 } });
  touch.touch();
  expect((await blocks.next()).value).toMatchObject({ patch: { at: 3 } });
  expect(clock.now()).toBe(new TestClock().now());
  await blocks.return();
});

test("a touch ends one rest only, also one that comes after a rest has ended by the clock", async () => {
  const touch = new Touch();
  const startMs = new TestClock().now();
  const rest = (untilMs: number): Step => ({ kind: "rest", untilMs, touch });
  const follows = scripted("calls", [
    rest(startMs + 1_000),
    checkpoint({ at: 1 }),
    rest(startMs + 2_000),
    checkpoint({ at: 2 }),
    rest(startMs + 3_000),
    checkpoint({ at: 3 }),
  ]);
  const { blocks, clock } = session([follows], { until: "follow" });
  const first = blocks.next();
  await settle();
  clock.advance(1_000);
  await first;
  touch.touch();
  expect((await blocks.next()).value).toMatchObject({ patch: { at: 2 } });
  let hasWoken = false;
  const third = blocks.next().finally(() => {
    hasWoken = true;
  });
  await settle();
  expect(hasWoken).toBe(false);
  clock.advance(2_000);
  await third;
  await blocks.return();
});

test("an abort ends a rest that a touch could end", async () => {
  const stop = new AbortController();
  const rest: Step = { kind: "rest", untilMs: Number.MAX_SAFE_INTEGER, touch: new Touch() };
  const { blocks } = session([scripted("calls", [rest, checkpoint({})])], {
    until: "follow",
    signal: stop.signal,
  });
  const next = blocks.next();
  await settle();
  stop.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});

test("a checkpoint is reported as committed when its block is, not when the generator resumes", async () => {
  const committed: number[] = [];
  const calls = scripted(
    "calls",
    [1, 2].map((at): Step => ({ kind: "checkpoint", patch: { at }, committed: () => committed.push(at) })),
  );
  const { blocks } = session([calls], { until: "follow" });
  const [first, second] = [await blocks.next(), await blocks.next()];
  await settle();
  expect(committed).toEqual([]);
  first.value?.committed();
  second.value?.committed();
  expect(committed).toEqual([1, 2]);
  await blocks.return();
});
