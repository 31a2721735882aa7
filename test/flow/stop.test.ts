import { PassThrough, Readable } from "node:stream";
import { expect, test } from "vitest";
import { runFlowProtocol } from "../../src/protocols/flow/index.ts";
import { CONFIG, startWorld } from "../support/world.ts";

test("a stop before an answer is told in a sentence, and is no defect", async () => {
  await using world = await startWorld({ account: { calls: 0 } });
  const hang = world.emulator.faults.add({ kind: "hang" });
  const stop = new AbortController();
  let logged = "";
  const stderr = new PassThrough().on("data", (chunk) => {
    logged += chunk;
  });
  const validate = { config: CONFIG, bindings: [{ resourceConfig: { stream: "tags" } }] };
  const ended = runFlowProtocol({
    env: { AIRCALL_API_URL: world.emulator.url },
    stdin: Readable.from([Buffer.from(`${JSON.stringify({ validate })}\n`)]),
    stdout: new PassThrough(),
    stderr,
    ports: world.ports,
    signal: stop.signal,
  });
  while (hang.struck === 0) await new Promise(setImmediate);
  stop.abort();
  expect(await ended).toBe(1);
  const lines = logged.trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: "error", message: "The process was asked to stop before it had answered." },
  ]);
});
