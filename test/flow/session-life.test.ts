import { PassThrough } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { runCaptureSession } from "../../src/protocols/flow/run.ts";
import { LineWriter } from "../../src/shared/line-writer.ts";
import { CONFIG, startWorld } from "../support/world.ts";

const DAY_MS = 86_400_000;

const openRequest = (
  bindings: { resourceConfig: object; stateKey: string; collectionIndex?: number }[],
  linked?: object[],
) => ({
  capture: { config: CONFIG, bindings, ...(linked && { linkedCollections: linked }) },
  state: null,
});

/** A runtime that writes nothing during the session. */
async function* silence(): AsyncGenerator<string> {}

test("ends by itself after a month, and not before", async () => {
  await using world = await startWorld({ account: { calls: 0, tags: 3 } });
  const output = new PassThrough();
  let text = "";
  output.on("data", (chunk) => {
    text += chunk;
  });
  let isOver = false;
  const session = runCaptureSession({
    request: openRequest([{ resourceConfig: { stream: "tags" }, stateKey: "tags" }]),
    connector: world.connector,
    writer: new LineWriter(output),
    ports: world.ports,
    lines: silence(),
    signal: new AbortController().signal,
  }).then(() => {
    isOver = true;
  });
  while (!text.includes("digests")) await turn();
  for (let day = 1; day <= 30; day++) {
    expect(isOver, `day ${day}`).toBe(false);
    world.clock.advance(DAY_MS);
    for (let settled = 0; settled < 50; settled++) await turn();
  }
  await session;
  expect(text.trimEnd().split("\n").at(-1)).toContain('{"checkpoint"');
});

test("a collection that is told once for all bindings is found by its index", async () => {
  await using world = await startWorld({ account: { calls: 0, teams: 2 } });
  const output = new PassThrough();
  let text = "";
  output.on("data", (chunk) => {
    text += chunk;
  });
  const stop = new AbortController();
  const asText = { writeSchema: { properties: { id: { format: "date-time" } } } };
  const session = runCaptureSession({
    request: openRequest(
      [{ resourceConfig: { stream: "teams" }, stateKey: "teams", collectionIndex: 1 }],
      [{ writeSchema: {} }, asText],
    ),
    connector: world.connector,
    writer: new LineWriter(output),
    ports: world.ports,
    lines: silence(),
    signal: stop.signal,
  });
  while (!text.includes('"digests"')) await turn();
  stop.abort();
  await session;
  expect(text).toMatch(/"captured":\{"binding":0,"doc":\{"id":"\d{4}-/);
});
