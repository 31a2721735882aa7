import { PassThrough, Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runFlowProtocol } from "../../src/protocols/flow/index.ts";
import { streamNames } from "../../src/streams/index.ts";
import { leapingClock } from "../support/clock.ts";
import { draws, holdsForAll } from "../support/draws.ts";

const KINDS = ["spec", "discover", "validate", "apply", "open", "acknowledge"];

/** Nobody is asked in these tests: the network is down. */
const noNetwork: typeof fetch = () => Promise.reject(new TypeError("fetch failed"));

/** Gives the protocol these bytes, and what it answers; it has ended when it comes back. */
async function converse(bytes: Buffer, cuts: readonly number[] = []) {
  const output = { stdout: "", stderr: "" };
  const stop = new AbortController();
  const into = (name: keyof typeof output) =>
    new PassThrough().on("data", (chunk: Buffer) => {
      output[name] += chunk;
      if (chunk.includes('{"opened"')) stop.abort();
    });
  const clock = leapingClock();
  const exitCode = await runFlowProtocol({
    env: {},
    stdin: Readable.from(chunksOf(bytes, cuts)),
    stdout: into("stdout"),
    stderr: into("stderr"),
    ports: { clock, random: () => 0.5, fetch: noNetwork },
    signal: stop.signal,
  });
  await new Promise((resolve) => setImmediate(resolve));
  return { ...output, exitCode };
}

function chunksOf(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

/** Whole lines of answers, and if it failed one sentence about it; a defect never. */
async function expectManners(bytes: Buffer, cuts?: readonly number[]): Promise<void> {
  const { stdout, stderr, exitCode } = await converse(bytes, cuts);
  for (const line of stdout.split("\n").slice(0, -1)) expect(Object.keys(JSON.parse(line))).toHaveLength(1);
  expect(stdout === "" || stdout.endsWith("\n")).toBe(true);
  const logged = stderr
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  expect(stderr).not.toMatch(/defect|"stack"| at .*\.ts:/);
  expect([0, 1]).toContain(exitCode);
  expect(logged.filter(({ level }) => level === "error")).toHaveLength(exitCode);
}

const json = fc.json({ maxDepth: 4 });
const deep = fc.integer({ min: 1, max: 20_000 }).map((depth) => "[".repeat(depth) + "]".repeat(depth));
const anyJson = fc.oneof({ weight: 4, arbitrary: json }, { weight: 1, arbitrary: deep });

/** Mostly what is right: a request is looked at no further than its first fault. */
const mostly = (right: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 5, arbitrary: right }, { weight: 1, arbitrary: anyJson });

const config = mostly(
  fc.constant('{"api_id":"an-id","api_token":"a-token","start_date":"2026-01-01T00:00:00Z"}'),
);
const resource = mostly(
  fc.constantFrom(...streamNames).map((stream) => JSON.stringify({ stream, syncMode: "incremental" })),
);
const nestedSchema = fc
  .tuple(
    fc.constantFrom(
      ['{"allOf":[', "]}"] as const,
      ['{"properties":{"a":', "}}"] as const,
      ['{"items":', "}"] as const,
    ),
    fc.integer({ min: 1, max: 20_000 }),
  )
  .map(([[open, close], depth]) => `${open.repeat(depth)}{"format":"date-time"}${close.repeat(depth)}`);
const schema = fc.oneof(
  anyJson,
  nestedSchema,
  fc.constantFrom(
    '{"$ref":"#"}',
    '{"allOf":[{"$ref":"#"}]}',
    '{"$ref":"#/%E0%A4%A"}',
    '{"properties":{"id":{"$ref":"#"}}}',
  ),
);

const binding = fc
  .tuple(resource, mostly(fc.constant('"key"')), schema)
  .map(
    ([it, key, write]) => `{"resourceConfig":${it},"stateKey":${key},"collection":{"writeSchema":${write}}}`,
  );
const bindings = mostly(fc.array(binding, { maxLength: 3 }).map((all) => `[${all.join(",")}]`));
const state = fc.oneof(
  anyJson,
  anyJson.map((own) => `{"bindingStateV1":{"key":${own}}}`),
);

/** Requests that look more or less like those of the runtime. */
const request = fc.oneof(
  anyJson,
  fc.tuple(fc.constantFrom(...KINDS), anyJson).map(([kind, body]) => `{"${kind}":${body}}`),
  fc.tuple(config, bindings).map(([it, all]) => `{"validate":{"config":${it},"bindings":${all}}}`),
  fc
    .tuple(config, bindings, state)
    .map(([it, all, from]) => `{"open":{"capture":{"config":${it},"bindings":${all}},"state":${from}}}`),
);

describe("a runtime that sends anything", () => {
  test("as bytes is answered or told what is wrong", async () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
    const inputs = fc.tuple(bytes, fc.array(fc.nat()));
    await holdsForAll("bytes", inputs, draws(200, 5_000), ([input, cuts]) => expectManners(input, cuts));
  });

  test("as lines of JSON is answered or told what is wrong", async () => {
    const lines = fc.array(request, { minLength: 1, maxLength: 4 });
    const inputs = fc.tuple(lines, fc.array(fc.nat()));
    await holdsForAll("requests", inputs, draws(300, 5_000), ([sent, cuts]) =>
      expectManners(Buffer.from(`${sent.join("\n")}\n`), cuts),
    );
  });
});
