import { setImmediate as settle } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { collect } from "../../test/core/collect.ts";
import { TestClock } from "../../test/support/clock.ts";
import { ConfigError, SourceUnavailable } from "../errors.ts";
import type { JsonObject } from "../shared/json.ts";
import type { Document } from "./messages.ts";
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
} from "./testing.ts";

test("E3: documents that no checkpoint covers are never given away", async () => {
  const cut = stream("cut", async function* () {
    yield document(1);
    yield checkpoint({ through: 1 });
    yield document(2);
    throw new SourceUnavailable("the list broke off");
  });
  const { messages, events } = session([cut]);
  expect(await all(messages, ["cut"])).toEqual(["b0:1", "b0!"]);
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
  const { messages, clock } = session([fails], { until: "follow" });
  const first = messages.next();
  await settle();
  clock.advance(60_000);
  const given = [await first, await messages.next()].map(({ value }) => value && brief(value, ["calls"]));
  expect(given).toEqual(["b0:2", "b0!"]);
  await messages.return();
});

test("a stream that ends is done, and the others go on", async () => {
  const ends = stream("ends", async function* () {
    yield document(1);
    yield checkpoint({});
  });
  const { messages, events } = session([ends, scripted("tags", [document(2), checkpoint({}), restUntil(0)])]);
  expect(await all(messages, ["ends", "tags"])).toEqual(["b0:1", "b0!", "b1:2", "b1!"]);
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
  const { messages, events, log } = session([fails, works]);
  expect(await all(messages, ["fails", "works"])).toEqual(["b1:1", "b1!", "b1:2", "b1!"]);
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
  const { messages } = session([fails, waits], { until: "follow" });
  await expect(collect(messages)).rejects.toBe(error);
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

test("a step without a document is none, and no checkpoint has to cover it", async () => {
  const { messages } = session([scripted("tags", [{ kind: "documents", docs: [] }, restUntil(0)])]);
  expect(await collect(messages)).toEqual([]);
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
    const { messages } = session([scripted("tags", [{ kind: "documents", docs: [doc] }, checkpoint({})])]);
    await expect(collect(messages)).rejects.toThrow(sentence);
  });

  test("E1: a rest on documents that no checkpoint covers", async () => {
    const { messages } = session([scripted("tags", [document(1), restUntil(0)])]);
    await expect(collect(messages)).rejects.toThrow("tags rests on documents that no checkpoint covers");
  });

  test("E1: an end on documents that no checkpoint covers", async () => {
    const ends = stream("tags", async function* () {
      yield document(1);
    });
    await expect(collect(session([ends]).messages)).rejects.toThrow(
      "tags ends on documents that no checkpoint covers",
    );
  });

  const unlasting: [string, unknown][] = [
    ["a number that is none", -Infinity],
    ["nothing at all", undefined],
    ["a date", new Date(0)],
    ["any of these deep inside", { rungs: [1, { 1800: Number.NaN }] }],
  ];
  test.each(unlasting)("T1: a checkpoint with %s, which JSON would not keep", async (_, value) => {
    const patch = { watermark: value } as JsonObject;
    await expect(collect(session([scripted("tags", [checkpoint(patch)])]).messages)).rejects.toThrow(
      "a checkpoint of tags holds what JSON does not keep",
    );
  });
});
