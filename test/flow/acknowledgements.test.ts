import { once } from "node:events";
import { PassThrough } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { Random } from "../../emulator/random.ts";
import { Connector } from "../../src/connector.ts";
import { runCaptureSession } from "../../src/protocols/flow/run.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { readLines } from "../../src/shared/line-reader.ts";
import { LineWriter } from "../../src/shared/line-writer.ts";
import { streams } from "../../src/streams/index.ts";
import { draws } from "../support/draws.ts";
import { bustle, EventTraffic } from "../support/event-traffic.ts";
import { freePort, startEventWorld } from "../support/event-world.ts";
import { FlowTask } from "../support/flow-runtime.ts";
import { quietly, spawnProgram } from "../support/program.ts";
import { expectDocuments } from "../support/truth.ts";
import { CONFIG } from "../support/world.ts";

const SECOND_MS = 1_000;
const QUIET = { calls: 0, contacts: 0, users: 0, numbers: 1, teams: 0, tags: 0, webhooks: 0 };

/** A session in moved time that captures messages, and the runtime's side of it. */
async function startSession() {
  const world = await startEventWorld({ account: QUIET });
  onTestFinished(() => world[Symbol.asyncDispose]());
  const { clock, emulator, ports, eventsUrl } = world;
  const port = Number(new URL(eventsUrl).port);
  const connector = new Connector({ ports, origin: emulator.url, rateWindowMs: 0, eventsPort: { port } });
  const input = new PassThrough();
  const output = new PassThrough({ encoding: "utf8" });
  let text = "";
  output.on("data", (chunk: string) => {
    text += chunk;
  });
  const config = { ...CONFIG, advanced: { events_url: eventsUrl } };
  const bindings = [{ resourceConfig: { stream: "messages" }, stateKey: "messages" }];
  const stopping = new AbortController();
  const ended = runCaptureSession({
    request: { capture: { config, bindings }, state: null },
    lines: readLines(input),
    connector,
    writer: new LineWriter(output),
    ports,
    signal: stopping.signal,
  });
  ended.catch(() => {});
  onTestFinished(async () => {
    stopping.abort();
    await clock.runWhile(ended, 0).catch(() => {});
  });
  const count = (part: string) => text.split(part).length - 1;
  let acknowledged = 0;
  const pass = (durationMs: number) => clock.runUntil(clock.now() + durationMs);
  await pass(SECOND_MS);
  /** Sends a message, and does not wait for its answer. */
  const deliver = (body: string, timestamp: number) => {
    const webhook = emulator.account.webhooks.listed.at(-1);
    if (!webhook) throw new Error("no webhook has been registered");
    const data = { id: "message-1", body };
    const { url, token } = webhook;
    const answer = { status: 0 };
    const event = { event: "message.received", resource: "message", timestamp, token, data };
    const received = fetch(url, { method: "POST", body: JSON.stringify(event) }).then((response) => {
      answer.status = response.status;
    });
    return { answer, received };
  };
  return {
    ...{ ended, pass, input, eventsUrl, clock },
    end: () => clock.runWhile(ended, 0),
    write: (line: string) => void input.write(`${line}\n`),
    acknowledge: () => {
      const checkpoints = count('{"checkpoint"') - acknowledged;
      acknowledged += checkpoints;
      input.write(`${JSON.stringify({ acknowledge: { checkpoints } })}\n`);
    },
    /** Sends a message and waits until its document and checkpoint have been written. */
    send: async (body: string) => {
      const checkpoints = count('{"checkpoint"');
      const documents = count('"captured"');
      const delivery = deliver(body, Math.floor(clock.now() / 1000));
      while (count('"captured"') === documents || count('{"checkpoint"') === checkpoints) await turn();
      return delivery;
    },
    deliver,
    documents: () => count('"captured"'),
  };
}

describe("an event", () => {
  test("is answered with 200 when its checkpoint has been acknowledged, and not before", async () => {
    const session = await startSession();
    const { answer, received } = await session.send("Hello");
    await session.pass(3.8 * SECOND_MS);
    expect(answer.status).toBe(0);
    session.acknowledge();
    await received;
    expect(answer.status).toBe(200);
  });

  test("is answered with 503 after four seconds without an acknowledgement", async () => {
    const session = await startSession();
    session.acknowledge();
    const first = await session.send("Hello");
    await session.pass(4 * SECOND_MS);
    await first.received;
    expect(first.answer.status).toBe(503);
    session.acknowledge();
    const again = await session.send("Hello");
    session.acknowledge();
    await again.received;
    expect(again.answer.status).toBe(200);
  });

  test("that comes again before its acknowledgement is written once, and answered with 200 as soon as it is acknowledged", async () => {
    const session = await startSession();
    const timestamp = Math.floor(session.clock.now() / 1000);
    const first = await session.send("Hello");
    await session.pass(4 * SECOND_MS);
    await first.received;
    expect(first.answer.status).toBe(503);
    const again = session.deliver("Hello", timestamp);
    await session.pass(2 * SECOND_MS);
    session.acknowledge();
    await again.received;
    expect(again.answer.status).toBe(200);
    const late = session.deliver("Hello", timestamp);
    await late.received;
    expect(late.answer.status).toBe(200);
    expect(session.documents()).toBe(1);
  });

  test("is answered with 503 when the session ends before its acknowledgement", async () => {
    const session = await startSession();
    const { answer, received } = await session.send("Hello");
    session.input.end();
    await session.end();
    await received;
    expect(answer.status).toBe(503);
  });
});

describe("a session that takes events", () => {
  test.each([
    ['{"acknowledge":{"checkpoints":1000}}', /^The runtime acknowledges 1000 checkpoints, and \d+ are left/],
    ['{"acknowledge":{"checkpoints":0}}', /acknowledge/],
    ['{"acknowledge":{}}', /acknowledge/],
    ['{"spec":{}}', /^A spec request came during a capture session, which takes acknowledgements only\.$/],
    ['{"flush":{}}', /^A request must be one of spec, /],
    ["no JSON", /JSON/],
  ])("ends with a sentence after %s", async (line, sentence) => {
    const session = await startSession();
    session.write(line);
    const error = await session.end().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "BadRequest", message: expect.stringMatching(sentence) });
    await expect(fetch(session.eventsUrl)).rejects.toThrow();
  });

  test("ends at a checkpoint when its input ends, and closes its port", async () => {
    const session = await startSession();
    session.input.end();
    await session.end();
    await expect(fetch(session.eventsUrl)).rejects.toThrow();
  });
});

test("a capture that is killed at random has every message that was answered with 200, and is complete in the end", async () => {
  await using traffic = await EventTraffic.start(bustle());
  const { emulator } = traffic;
  const port = await freePort();
  const config = { ...CONFIG, advanced: { events_url: `http://127.0.0.1:${port}` } };
  const names = ["calls", "contacts", "messages"] as const;
  const bindings = names.map((stream) => ({
    resourceConfig: { stream },
    stateKey: stream,
    writeSchema: streams[stream].documentSchema,
  }));
  const env = { ...quietly(emulator.url), AIRCALL_EVENTS_PORT: String(port), LOG_LEVEL: "info" };
  const task = new FlowTask(config, bindings, env);
  const random = new Random(draws(1, Date.now() % 2 ** 31));
  task.random = () => random.next();
  for (let kills = draws(1, 30); kills > 0; kills--) {
    const session = task.open(spawnProgram);
    const isOver = once(session.program.stdout, "close");
    await Promise.race([traffic.accepts(random.integer(1, 30)), isOver]);
    await session.kill();
  }
  const last = task.open(spawnProgram);
  await last.caughtUp();
  await traffic.accepts(5);
  await traffic.end();
  expect((await last.stop()).exitCode).toBe(0);
  // What was touched in the last seconds is read by the next session.
  const next = task.open();
  await next.caughtUp();
  await next.stop();
  expect(traffic.accepted.size).toBeGreaterThan(3);
  const messages = new Map(task.collections[2]);
  const expected = traffic.accepted.expected(messages as Map<string, JsonObject>);
  expect(expected.map(({ id }) => messages.get(String(id)))).toMatchObject(expected);
  for (const [index, stream] of (["calls", "contacts"] as const).entries())
    expectDocuments([...(task.collections[index]?.values() ?? [])], emulator, stream);
});
