import { Check } from "typebox/schema";
import { describe, expect, test } from "vitest";
import type { Emulator } from "../../emulator/index.ts";
import { listedStreamNames } from "../../src/streams/index.ts";
import { TestClock } from "../support/clock.ts";
import { draws, isDeep } from "../support/draws.ts";
import { askFlow, FlowTask, type OpenBinding } from "../support/flow-runtime.ts";
import { emulated, spawnProgram, startInTime } from "../support/program.ts";
import { nthRequest, stillAccount } from "../support/still-account.ts";
import { expectDocuments } from "../support/truth.ts";
import { LEGACY_STATE, LEGACY_STREAMS, legacyResourceConfig, legacyWriteSchema } from "./legacy.ts";

const CONFIG = { api_id: "emulator-id", api_token: "emulator-token", start_date: "2023-01-01T00:00:00.000Z" };

const HOUR_MS = 3_600_000;

const bindingOf = (stream: string, stateKey = stream): OpenBinding => ({
  resourceConfig: { stream, syncMode: "incremental" },
  stateKey,
});

function taskOf(aircall: Emulator, bindings: readonly OpenBinding[], state = {}): FlowTask {
  return new FlowTask(CONFIG, bindings, emulated(aircall.url), state);
}

function expectTruth(task: FlowTask, aircall: Emulator): void {
  task.bindings.forEach(({ stateKey }, index) => {
    const stream = (stateKey.split(".")[0] ?? "") as (typeof listedStreamNames)[number];
    expectDocuments([...(task.collections[index]?.values() ?? [])], aircall, stream);
  });
}

describe("a session", () => {
  test("captures the whole account, says that it is caught up, and ends at a checkpoint when asked to", async () => {
    await using aircall = await stillAccount();
    const task = taskOf(
      aircall,
      listedStreamNames.map((stream) => bindingOf(stream)),
    );
    const session = task.open();
    await session.caughtUp();
    const { exitCode, logs } = await session.stop();
    expect(exitCode).toBe(0);
    expectTruth(task, aircall);
    expect(Object.keys(task.state)).toEqual(["bindingStateV1"]);
    const statuses = logs.filter(
      ({ fields }) => (fields as { eventType?: string })?.eventType === "connectorStatus",
    );
    expect(statuses.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Capturing calls, company,/),
      expect.stringMatching(/^Backfilling (calls|contacts): \d+ %/),
      "Caught up; following changes.",
    ]);
  });

  test("goes on from the committed state, and captures nothing twice", async () => {
    await using aircall = await stillAccount();
    const task = taskOf(
      aircall,
      listedStreamNames.map((stream) => bindingOf(stream)),
    );
    const first = task.open();
    await first.caughtUp();
    await first.stop();
    const before = task.committed.length;
    const second = task.open();
    await second.caughtUp();
    await second.stop();
    expect(task.committed.length).toBe(before);
  });

  test("may be killed after any line, and the next one leaves no gap", async () => {
    await using aircall = await stillAccount({ account: { calls: 1_000, contacts: 150 } });
    const task = taskOf(
      aircall,
      listedStreamNames.map((stream) => bindingOf(stream)),
    );
    for (let line = 1; line <= 900; line += draws(225, 45)) {
      const session = task.open(spawnProgram);
      await session.until(() => session.lines >= line || session.isCaughtUp());
      await session.kill();
    }
    const last = task.open();
    await last.caughtUp();
    await last.stop();
    expectTruth(task, aircall);
  });

  test("is opened at once, also when there is nothing to capture", async () => {
    await using aircall = await stillAccount();
    const task = taskOf(aircall, [bindingOf("tags")]);
    const first = task.open();
    await first.caughtUp();
    await first.stop();
    const second = task.open();
    await second.caughtUp();
    await second.until(() => second.lines === 4);
    await second.stop();
    expect(task.sourced).toHaveLength(2);
  });

  test("starts a binding with a new state key from scratch, and no other", async () => {
    await using aircall = await stillAccount();
    const task = taskOf(aircall, [bindingOf("tags"), bindingOf("teams")]);
    const first = task.open();
    await first.caughtUp();
    await first.stop();
    const restarted = taskOf(aircall, [bindingOf("teams"), bindingOf("tags", "tags.v2")], task.state);
    const second = restarted.open();
    await second.caughtUp();
    await second.stop();
    expect(restarted.committed.map(({ binding }) => binding)).toEqual(Array(15).fill(1));
  });

  test("without bindings is opened and over", async () => {
    await using aircall = await stillAccount();
    const task = taskOf(aircall, []);
    const session = task.open();
    const { exitCode, logs } = await session.ended;
    expect(exitCode).toBe(0);
    expect(session.lines, "spec and opened").toBe(2);
    expect(logs.map(({ message }) => message)).toEqual([
      expect.stringContaining("does not use: futureField."),
      "No bindings are enabled.",
    ]);
  });

  test("tells which stream fails, while the others are captured", async () => {
    await using aircall = await stillAccount();
    aircall.faults.add({ match: "/v1/tags", kind: "status", status: 403, every: 1 });
    const task = taskOf(aircall, [bindingOf("tags"), bindingOf("teams")]);
    const session = task.open();
    const status = "Following changes, but for tags: the log says why, and it is tried again.";
    await session.until(() => session.logs.some(({ message }) => message === status));
    const { logs } = await session.stop();
    expect(logs.some(({ message }) => String(message).includes("yet refuses /v1/tags"))).toBe(true);
    expect(task.committed.every(({ binding }) => binding === 1)).toBe(true);
    expect(task.committed).not.toHaveLength(0);
  });

  test("goes on when its input ends", async () => {
    await using aircall = await stillAccount();
    const task = taskOf(aircall, [bindingOf("contacts")]);
    const session = task.open();
    session.program.stdin.end();
    await session.caughtUp();
    await session.stop();
    expectTruth(task, aircall);
  });

  test("with refused credentials ends with the sentence that says what to do", async () => {
    await using aircall = await stillAccount();
    const config = { ...CONFIG, api_token: "wrong-token" };
    const task = new FlowTask(config, [bindingOf("tags"), bindingOf("calls")], emulated(aircall.url));
    const { exitCode, logs } = await task.open().ended;
    expect(exitCode).toBe(1);
    expect(logs.at(-1)).toMatchObject({
      level: "error",
      message: expect.stringContaining("Aircall refused the API ID and token"),
    });
    expect(JSON.stringify(logs)).not.toContain("wrong-token");
  });

  test("logs what LOG_LEVEL asks for", async () => {
    await using aircall = await stillAccount();
    const task = new FlowTask(CONFIG, [bindingOf("tags")], { ...emulated(aircall.url), LOG_LEVEL: "error" });
    const session = task.open();
    await session.until(() => task.committed.length > 0);
    expect((await session.stop()).logs).toEqual([]);
  });
});

describe("the pipe", () => {
  test.runIf(isDeep)("whose output is not read stops the requests", async () => {
    await using aircall = await stillAccount({ account: { calls: 20_000 } });
    const clock = new TestClock(Date.now());
    const task = taskOf(aircall, [bindingOf("calls")]);
    const session = task.open(startInTime(clock, aircall));
    session.program.stdout.pause();
    await clock.runWhile(nthRequest(aircall, 1));
    await clock.runUntil(clock.now() + HOUR_MS);
    const asked = aircall.requests.total;
    await clock.runUntil(clock.now() + HOUR_MS);
    expect(aircall.requests.total).toBe(asked);
    expect(asked).toBeLessThan(50);
    session.program.stdout.resume();
    await clock.runWhile(session.caughtUp());
    await session.stop();
    expectTruth(task, aircall);
  });

  test("that the reader has closed ends the process quietly", async () => {
    await using aircall = await stillAccount({ account: { calls: 20_000 } });
    const session = taskOf(aircall, [bindingOf("calls")]).open(spawnProgram);
    await session.until(() => session.lines > 10);
    session.program.stdout.destroy();
    expect((await session.ended).exitCode).toBe(0);
    expect(session.logs.filter(({ level }) => level === "error")).toEqual([]);
  });
});

describe("a capture of the connector that came before", () => {
  test("is switched over as it is: its configs, its state and its schemas", async () => {
    await using aircall = await stillAccount();
    const bindings = LEGACY_STREAMS.map((stream) => ({
      resourceConfig: legacyResourceConfig(stream),
      stateKey: stream,
      writeSchema: legacyWriteSchema(stream),
    }));
    const task = taskOf(aircall, bindings, LEGACY_STATE);
    const session = task.open();
    await session.caughtUp();
    const { logs } = await session.stop();
    expect(logs.filter(({ level }) => level === "warn").map(({ message }) => message)).toEqual([
      "The state has parts of another connector, which no stream can read, and which are removed: numbers, teams.",
    ]);
    expect(Object.keys(task.state)).toEqual(["bindingStateV1"]);
    const { responses } = await askFlow([{ discover: { config: CONFIG } }]);
    const discovered = responses[0]?.body.bindings as { recommendedName: string; documentSchema: object }[];
    for (const { binding, doc } of task.committed) {
      const stream = LEGACY_STREAMS[binding] ?? "calls";
      const now = discovered.find(({ recommendedName }) => recommendedName === stream)?.documentSchema ?? {};
      expect(
        Check(legacyWriteSchema(stream), doc),
        `the old schema of ${stream}: ${JSON.stringify(doc)}`,
      ).toBe(true);
      expect(Check(now, doc), `the new schema of ${stream}`).toBe(true);
    }
    expectTruth(task, aircall);
  });
});

test.each<[string, unknown, string]>([
  ["a list", [1], "The state is not a JSON object"],
  ["a text", "yesterday", "The state is not a JSON object"],
  ["another connector's cursor", { cursor: 5 }, "which are removed: cursor."],
  ["bindings that are no object", { bindingStateV1: 5 }, "a bindingStateV1 that is not an object"],
  [
    "a binding's state that is not ours",
    { bindingStateV1: { tags: { cursor: 5 } } },
    "not one that this version can read",
  ],
])(
  "a state that is %s is reported, and the stream is read from the beginning",
  async (_, state, sentence) => {
    await using aircall = await stillAccount({ account: { calls: 0, contacts: 0 } });
    const task = taskOf(aircall, [bindingOf("tags")], state as object);
    const session = task.open();
    await session.caughtUp();
    const { logs } = await session.stop();
    expect(logs.filter(({ level }) => level === "warn").map(({ message }) => message)).toEqual([
      expect.stringContaining(sentence),
    ]);
    expectTruth(task, aircall);
  },
);

test("what a session does not use of its request is reported", async () => {
  await using aircall = await stillAccount({ account: { calls: 0, contacts: 0 } });
  const capture = {
    name: "acmeCo/aircall",
    config: CONFIG,
    bindings: [
      {
        ...bindingOf("tags"),
        resourcePath: ["tags"],
        resourceConfig: { stream: "tags", page: 5, _meta: {} },
        filter: 1,
      },
    ],
    intervalSeconds: 300,
    throttle: {},
  };
  const open = { capture, version: "1", range: { keyBegin: 2 ** 31, keyEnd: 2 ** 32 - 1 }, priority: 3 };
  const running = spawnProgram(["flow"], emulated(aircall.url));
  running.stdin.write(`${JSON.stringify({ open })}\n`);
  await running.shows("Caught up");
  running.stop();
  const { stderr } = await running.ended;
  const messages = stderr
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).message as string);
  expect(messages.filter((message) => /does not|several shards/.test(message))).toEqual([
    "The open request has fields that this version does not use: priority, capture.throttle, capture.bindings.filter.",
    "The capture has several shards, each of which captures every row: reduce it to one shard.",
    "The resource config of tags has properties that the connector does not know and does not use: page.",
  ]);
});
