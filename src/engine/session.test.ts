import { setImmediate as settle } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect } from "../../test/core/collect.ts";
import { TestClock } from "../../test/support/clock.ts";
import { rememberingLog } from "../../test/support/world.ts";
import { ConfigError, SourceUnavailable } from "../errors.ts";
import type { JsonObject } from "../shared/json.ts";
import type { CaptureMessage, Document } from "./messages.ts";
import { type BindingTurn, runSession, type SessionOptions } from "./session.ts";
import type { Step, Stream } from "./stream.ts";

const document = (id: number): Step => ({ kind: "document", doc: { id, _meta: { op: "u" } } });
const checkpoint = (patch: JsonObject): Step => ({ kind: "checkpoint", patch });
const restUntil = (untilMs: number): Step => ({ kind: "rest", untilMs });

type Run = (state: JsonObject, signal: AbortSignal) => AsyncGenerator<Step>;

const stream = (name: string, run: Run): Stream => ({ name, key: ["/id"], run });

/** Yields the steps, and then waits for the end of the session. */
function scripted(name: string, steps: readonly Step[]): Stream {
  return stream(name, async function* (_, signal) {
    yield* steps;
    await untilAborted(signal);
  });
}

async function untilAborted(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted();
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function session(streams: readonly Stream[], options: Partial<SessionOptions> = {}) {
  const clock = new TestClock();
  const log = rememberingLog();
  const turns: BindingTurn[] = [];
  const messages = runSession({
    bindings: streams.map((one) => ({ stream: one, stateKey: one.name })),
    state: {},
    until: "pass",
    signal: new AbortController().signal,
    ports: { clock, log },
    onTurn: (turn) => turns.push(turn),
    ...options,
  });
  return { clock, log, turns, messages };
}

/** `b2:7` for document 7 of binding 2, `b2!` for its checkpoint. */
function brief(message: CaptureMessage, names: readonly string[]): string {
  if ("captured" in message) return `b${message.captured.binding}:${message.captured.doc.id}`;
  const [name] = Object.keys(message.checkpoint.state.updated.bindingStateV1 ?? {});
  return `b${names.indexOf(name ?? "")}!`;
}

async function all(messages: AsyncIterable<CaptureMessage>, names: readonly string[]): Promise<string[]> {
  return (await collect(messages)).map((message) => brief(message, names));
}

interface ScriptedBlock {
  readonly size: number;
  /** Ticks before each document. */
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

/** Messages cut after every checkpoint. */
function cutIntoBlocks(messages: readonly string[]): string[][] {
  const blocks: string[][] = [];
  let isOpen = false;
  for (const message of messages) {
    if (isOpen) blocks.at(-1)?.push(message);
    else blocks.push([message]);
    isOpen = !message.endsWith("!");
  }
  return blocks;
}

test("whatever the streams' timing, a block is unbroken and each binding's messages keep their order", async () => {
  const block = fc.record({
    size: fc.nat(4),
    delays: fc.array(fc.nat(3), { minLength: 4, maxLength: 4 }),
    isLate: fc.boolean(),
  });
  const scripts = fc.array(fc.array(block, { maxLength: 5 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(scripts, async (bindings) => {
      const names = bindings.map((_, index) => `stream ${index}`);
      const expected = bindings.map((blocks, binding) => {
        let id = 0;
        const documents = (size: number) => Array.from({ length: size }, () => `b${binding}:${id++}`);
        return blocks.map(({ size }) => [...documents(size), `b${binding}!`]);
      });
      const streams = bindings.map((blocks, binding) =>
        stream(`stream ${binding}`, () => playBlocks(blocks)),
      );
      const given = cutIntoBlocks(await all(session(streams).messages, names));
      const ofBinding = (binding: number) => given.filter(([first]) => first?.startsWith(`b${binding}`));
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
  const { messages } = session(endless);
  expect(begun).toEqual([0, 0]);
  await messages.next();
  for (let turns = 0; turns < 20; turns++) await settle();
  expect(begun).toEqual([1, 1]);
  for (let read = 0; read < 4; read++) await messages.next();
  for (let turns = 0; turns < 20; turns++) await settle();
  expect(Math.max(...begun)).toBeLessThanOrEqual(3);
  await messages.return();
});

test("documents that no checkpoint covers are never given away", async () => {
  const cut = stream("cut", async function* () {
    yield document(1);
    yield checkpoint({ through: 1 });
    yield document(2);
    throw new SourceUnavailable("the list broke off");
  });
  const ends = stream("ends", async function* () {
    yield document(8);
  });
  const { messages, turns } = session([cut, ends]);
  expect(await all(messages, ["cut", "ends"])).toEqual(["b0:1", "b0!"]);
  expect(turns).toContainEqual({ binding: 0, kind: "failed", error: expect.any(SourceUnavailable) });
});

test("a stream that fails leaves the others alone, and is reported by its name", async () => {
  const fails = stream("fails", async function* () {
    yield* [];
    throw new SourceUnavailable("no network");
  });
  const works = scripted("works", [document(1), checkpoint({}), document(2), checkpoint({}), restUntil(0)]);
  const { messages, turns, log } = session([fails, works]);
  expect(await all(messages, ["fails", "works"])).toEqual(["b1:1", "b1!", "b1:2", "b1!"]);
  expect(log.lines).toContain("error no network");
  expect(turns.map(({ binding, kind }) => [binding, kind])).toEqual([
    [0, "failed"],
    [1, "done"],
  ]);
});

test.each([
  ["a fix-config error", new ConfigError("replace the key")],
  ["a defect", new TypeError("undefined is not a function")],
])("%s of one stream ends the session with that error, and stops the others", async (_, error) => {
  let stopped = false;
  const fails = stream("fails", async function* () {
    yield* [];
    await settle();
    throw error;
  });
  const waits = stream("waits", async function* (_state, signal) {
    yield checkpoint({});
    await untilAborted(signal).finally(() => {
      stopped = true;
    });
  });
  const { messages } = session([fails, waits], { until: "follow" });
  await expect(collect(messages)).rejects.toBe(error);
  await settle();
  expect(stopped).toBe(true);
});

test("a pass is over for a binding at its first rest, however far away that lies", async () => {
  const { messages, clock, turns } = session([
    scripted("calls", [
      document(1),
      checkpoint({}),
      restUntil(Number.MAX_SAFE_INTEGER),
      document(2),
      checkpoint({}),
    ]),
  ]);
  expect(await all(messages, ["calls"])).toEqual(["b0:1", "b0!"]);
  expect(clock.sleptMs).toEqual([]);
  expect(turns).toEqual([{ binding: 0, kind: "done" }]);
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
  const { messages, clock, turns } = session([follows], { until: "follow" });
  await messages.next();
  const second = messages.next();
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
  await messages.next();
  expect(clock.sleptMs).toEqual([60_000]);
  expect(turns).toEqual(
    [startMs + 60_000, startMs + 1].map((untilMs) => ({ binding: 0, kind: "rests", untilMs })),
  );
  await messages.return();
});

test("after a failure a session that follows starts the stream again from all its checkpoints", async () => {
  const startedFrom: JsonObject[] = [];
  const fails = stream("calls", async function* (state) {
    startedFrom.push(structuredClone(state));
    yield document(1);
    yield checkpoint({ seen: { [`run${startedFrom.length}`]: 1, old: null } });
    yield document(2);
    throw new SourceUnavailable("again");
  });
  const state = { bindingStateV1: { calls: { seen: { old: 1 }, kept: true } } };
  const { messages, clock } = session([fails], { until: "follow", state });
  for (let read = 0; read < 2; read++) await messages.next();
  const third = messages.next();
  await settle();
  expect(startedFrom).toHaveLength(1);
  clock.advance(60_000);
  await third;
  expect(startedFrom).toEqual([
    { seen: { old: 1 }, kept: true },
    { seen: { run1: 1 }, kept: true },
  ]);
  await messages.return();
});

test.each<[string, Run]>([
  [
    "rests",
    async function* () {
      yield checkpoint({});
      yield restUntil(Number.MAX_SAFE_INTEGER);
      yield checkpoint({});
    },
  ],
  [
    "waits for the API",
    async function* (_, signal) {
      yield checkpoint({});
      yield document(1);
      await untilAborted(signal);
    },
  ],
  [
    "is left alone after a failure",
    async function* () {
      yield checkpoint({});
      throw new SourceUnavailable("no network");
    },
  ],
])("an abort ends the session quietly while a stream %s", async (_, run) => {
  const stop = new AbortController();
  const { messages, clock } = session([stream("calls", run)], { until: "follow", signal: stop.signal });
  await messages.next();
  const next = messages.next();
  await settle();
  stop.abort();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(clock.now()).toBe(new TestClock().now());
});

test("an abort lets the block at hand be read to its checkpoint, and begins no other", async () => {
  const stop = new AbortController();
  const calls = scripted("calls", [document(1), document(2), checkpoint({}), document(3), checkpoint({})]);
  const { messages } = session([calls], { until: "follow", signal: stop.signal });
  await messages.next();
  stop.abort();
  expect(await all(messages, ["calls"])).toEqual(["b0:2", "b0!"]);
});

describe("a stream that breaks its contract is a defect:", () => {
  const lacking: [string, Document][] = [
    ["no key", { _meta: { op: "u" } }],
    ["a null key", { id: null, _meta: { op: "u" } }],
  ];
  test.each(lacking)("a document with %s", async (_, doc) => {
    const { messages } = session([scripted("tags", [{ kind: "document", doc }, checkpoint({})])]);
    await expect(collect(messages)).rejects.toThrow("a document of tags lacks its key /id");
  });

  test("a rest on documents that no checkpoint covers", async () => {
    const { messages } = session([scripted("tags", [document(1), restUntil(0)])]);
    await expect(collect(messages)).rejects.toThrow("tags rests on documents that no checkpoint covers");
  });
});
