import { setImmediate as settle } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Document } from "../../src/engine/block.ts";
import { ConfigError, SourceUnavailable, UnexpectedAnswer } from "../../src/errors.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { TestClock } from "../support/clock.ts";
import {
  all,
  brief,
  checkpoint,
  document,
  type Run,
  restUntil,
  scripted,
  session,
  stream,
  untilAborted,
} from "./sessions.ts";

test("E3: documents that no checkpoint covers are never released", async () => {
  const cut = stream("cut", async function* () {
    yield document(1);
    yield checkpoint({ through: 1 });
    yield document(2);
    throw new SourceUnavailable("the list broke off");
  });
  const { blocks, events } = session([cut]);
  expect(await all(blocks)).toEqual(["b0:1", "b0!"]);
  expect(events).toEqual([{ binding: 0, kind: "failed", error: expect.any(SourceUnavailable) }]);
});

test("E3: documents from before a failure are not covered by the first checkpoint after it", async () => {
  let runs = 0;
  const fails = stream("calls", async function* (_, signal) {
    runs += 1;
    yield document(runs);
    if (runs === 1) throw new SourceUnavailable("again");
    yield checkpoint({});
    await untilAborted(signal);
  });
  const { blocks, clock } = session([fails], { until: "follow" });
  const first = blocks.next();
  await settle();
  clock.advance(60_000);
  const { value } = await first;
  expect(value && brief(value)).toEqual(["b0:2", "b0!"]);
  await blocks.return();
});

test("a stream that ends is done, and the others go on", async () => {
  const ends = stream("ends", async function* () {
    yield document(1);
    yield checkpoint({});
  });
  const { blocks, events } = session([ends, scripted("tags", [document(2), checkpoint({}), restUntil(0)])]);
  expect(await all(blocks)).toEqual(["b0:1", "b0!", "b1:2", "b1!"]);
  expect(events.map(({ binding, kind }) => [binding, kind])).toEqual([
    [0, "done"],
    [1, "done"],
  ]);
});

test("a stream that fails leaves the others alone, and is reported by its name", async () => {
  const fails = stream("fails", async function* () {
    yield* [];
    throw new SourceUnavailable("no network");
  });
  const works = scripted("works", [document(1), checkpoint({}), document(2), checkpoint({}), restUntil(0)]);
  const { blocks, events, log } = session([fails, works]);
  expect(await all(blocks)).toEqual(["b1:1", "b1!", "b1:2", "b1!"]);
  expect(log.lines).toContain("error no network");
  expect(events.map(({ binding, kind }) => [binding, kind])).toEqual([
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
  const { blocks } = session([fails, waits], { until: "follow" });
  await expect(Array.fromAsync(blocks)).rejects.toBe(error);
  await settle();
  expect(stopped).toBe(true);
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
  const { blocks, clock } = session([fails], { until: "follow", state });
  await blocks.next();
  const second = blocks.next();
  await settle();
  expect(startedFrom).toHaveLength(1);
  clock.advance(60_000);
  await second;
  expect(startedFrom).toEqual([
    { seen: { old: 1 }, kept: true },
    { seen: { run1: 1 }, kept: true },
  ]);
  await blocks.return();
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
    "waits to be restarted after a failure",
    async function* () {
      yield checkpoint({});
      throw new SourceUnavailable("no network");
    },
  ],
])("an abort ends the session quietly while a stream %s", async (_, run) => {
  const stop = new AbortController();
  const { blocks, clock } = session([stream("calls", run)], { until: "follow", signal: stop.signal });
  await blocks.next();
  const next = blocks.next();
  await settle();
  stop.abort();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(clock.now()).toBe(new TestClock().now());
});

test("an abort leaves the block at hand whole, and no other follows, not of another binding either", async () => {
  const stop = new AbortController();
  const calls = scripted("calls", [document(1), document(2), checkpoint({}), document(3), checkpoint({})]);
  const tags = scripted("tags", [document(4), document(5), checkpoint({})]);
  const { blocks } = session([calls, tags], { until: "follow", signal: stop.signal });
  const { value } = await blocks.next();
  await settle();
  stop.abort();
  expect(value && brief(value)).toEqual(["b0:1", "b0:2", "b0!"]);
  expect(await all(blocks)).toEqual([]);
});

test("a step without documents is ignored, and needs no checkpoint", async () => {
  const { blocks } = session([scripted("tags", [{ kind: "documents", docs: [] }, restUntil(0)])]);
  expect(await Array.fromAsync(blocks)).toEqual([]);
});

describe("the generators of all streams are closed", () => {
  const closing = (closed: string[], name: string) =>
    stream(name, async function* (_, signal) {
      try {
        yield checkpoint({});
        await untilAborted(signal);
      } finally {
        closed.push(name);
      }
    });

  test("when another stream ends the session", async () => {
    const closed: string[] = [];
    const fails = stream("fails", async function* () {
      yield checkpoint({});
      await settle();
      throw new ConfigError("replace the key");
    });
    const { blocks } = session([closing(closed, "a"), fails, closing(closed, "b")], { until: "follow" });
    await expect(Array.fromAsync(blocks)).rejects.toThrow("replace the key");
    expect(closed.sort()).toEqual(["a", "b"]);
  });

  test("when the reader leaves", async () => {
    const closed: string[] = [];
    const { blocks } = session([closing(closed, "a"), closing(closed, "b")], { until: "follow" });
    for await (const _ of blocks) break;
    expect(closed.sort()).toEqual(["a", "b"]);
  });

  test("when it rests", async () => {
    const closed: string[] = [];
    const rests = stream("rests", async function* () {
      try {
        yield restUntil(Number.MAX_SAFE_INTEGER);
      } finally {
        closed.push("rests");
      }
    });
    const stop = new AbortController();
    const { blocks } = session([rests], { until: "follow", signal: stop.signal });
    const next = blocks.next();
    await settle();
    stop.abort();
    await next;
    expect(closed).toEqual(["rests"]);
  });
});

describe("an error that a stream throws while it is closed", () => {
  const failsToClose = () => {
    const error = new UnexpectedAnswer("the file could not be closed");
    const run = stream("tags", async function* () {
      try {
        yield checkpoint({});
        yield restUntil(Number.MAX_SAFE_INTEGER);
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: the error is what is tested
        throw error;
      }
    });
    return { error, run };
  };

  test("after its part of a pass is a failure of the stream", async () => {
    const { error, run } = failsToClose();
    const { blocks, events } = session([run]);
    await all(blocks);
    expect(events).toContainEqual({ binding: 0, kind: "failed", error });
  });

  test("after a stop ends the session", async () => {
    const { error, run } = failsToClose();
    const stop = new AbortController();
    const { blocks } = session([run], { until: "follow", signal: stop.signal });
    await blocks.next();
    const next = blocks.next();
    await settle();
    stop.abort();
    await expect(next).rejects.toBe(error);
  });
});

test.each([
  ["after a stop was requested", (stop: AbortController) => stop.abort()],
  ["without a stop", () => {}],
])("a defect %s is thrown", async (_, ask) => {
  const stop = new AbortController();
  const defect = new TypeError("undefined is not a function");
  const breaks = stream("calls", async function* () {
    yield checkpoint({});
    await settle();
    ask(stop);
    throw defect;
  });
  const { blocks } = session([breaks], { until: "follow", signal: stop.signal });
  await expect(Array.fromAsync(blocks)).rejects.toBe(defect);
});

describe("a stream that breaks its contract is a defect:", () => {
  const unfit: [string, Document, string][] = [
    ["no key", { _meta: { op: "u" } }, "a document of tags lacks its key /id"],
    ["a null key", { id: null, _meta: { op: "u" } }, "a document of tags lacks its key /id"],
    [
      "more than its key in a deletion",
      { id: 1, name: "VIP", _meta: { op: "d" } },
      "a deletion of tags has more than its key",
    ],
  ];
  test.each(unfit)("E8: a document with %s", async (_, doc, sentence) => {
    const { blocks } = session([scripted("tags", [{ kind: "documents", docs: [doc] }, checkpoint({})])]);
    await expect(Array.fromAsync(blocks)).rejects.toThrow(sentence);
  });

  test("E1: a rest with documents that no checkpoint covers", async () => {
    const { blocks } = session([scripted("tags", [document(1), restUntil(0)])]);
    await expect(Array.fromAsync(blocks)).rejects.toThrow(
      "tags rested with documents that no checkpoint covers",
    );
  });

  test("E1: an end with documents that no checkpoint covers", async () => {
    const ends = stream("tags", async function* () {
      yield document(1);
    });
    await expect(Array.fromAsync(session([ends]).blocks)).rejects.toThrow(
      "tags ended with documents that no checkpoint covers",
    );
  });

  const unrepresentable: [string, unknown][] = [
    ["an infinite number", -Infinity],
    ["an undefined value", undefined],
    ["a date", new Date(0)],
    ["any of these deep inside", { rungs: [1, { 1800: Number.NaN }] }],
  ];
  test.each(unrepresentable)("T1: a checkpoint with %s, which JSON would not keep", async (_, value) => {
    const patch = { watermark: value } as JsonObject;
    await expect(Array.fromAsync(session([scripted("tags", [checkpoint(patch)])]).blocks)).rejects.toThrow(
      "a checkpoint of tags holds a value that JSON cannot represent",
    );
  });
});
