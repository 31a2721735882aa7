import { writeFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { type CliContext, runCli } from "../../src/cli/index.ts";
import { runFlowProtocol } from "../../src/protocols/flow/index.ts";
import type { Clock } from "../../src/shared/ports.ts";
import { temporaryFolder } from "../support/files.ts";
import { CONFIG, startWorld } from "../support/world.ts";

const BINDING = { resourceConfig: { stream: "tags" }, stateKey: "tags" };
const CATALOG = { streams: [{ stream: { name: "tags" }, sync_mode: "incremental" }] };

interface Program {
  readonly args: (file: (name: string) => string) => string[];
  readonly request?: object;
  /** The exit code of a stop. */
  readonly stopped: number;
}

/** Each program that reads an account, and how it ends when it is stopped while it waits for Aircall. */
const PROGRAMS: Record<string, Program> = {
  "flow, validate": {
    args: () => ["flow"],
    request: { validate: { config: CONFIG, bindings: [BINDING] } },
    stopped: 1,
  },
  "flow, open": {
    args: () => ["flow"],
    request: { open: { capture: { config: CONFIG, bindings: [BINDING] } } },
    stopped: 0,
  },
  "airbyte check": {
    args: (file) => ["airbyte", "check", "--config", file("config.json")],
    stopped: 130,
  },
  "airbyte read": {
    args: (file) => ["airbyte", "read", "--config", file("config.json"), "--catalog", file("catalog.json")],
    stopped: 130,
  },
  singer: { args: (file) => ["singer", "--config", file("config.json")], stopped: 130 },
  check: { args: () => ["check"], stopped: 130 },
  capture: { args: (file) => ["capture", "--to", file("a.duckdb"), "--streams", "tags"], stopped: 130 },
};

/** Stops the program while Aircall does not answer. With `breaksThen`, it fails while it is stopping. */
async function stopped(program: Program, breaksThen: boolean): Promise<{ exitCode: number; output: string }> {
  using folder = temporaryFolder();
  writeFileSync(folder.file("config.json"), JSON.stringify(CONFIG));
  writeFileSync(folder.file("catalog.json"), JSON.stringify(CATALOG));
  await using world = await startWorld({ account: { calls: 0, tags: 3 } });
  const hang = world.emulator.faults.add({ kind: "hang", match: /ping|tags/ });
  const stop = new AbortController();
  const inner: Clock = world.clock;
  const clock: Clock = {
    now: () => inner.now(),
    sleep: (durationMs, signal) => inner.sleep(durationMs, signal),
    alarm(afterMs, ring) {
      const cancel = inner.alarm(afterMs, ring);
      return () => {
        cancel();
        if (breaksThen && stop.signal.aborted) throw new TypeError("broken on purpose");
      };
    },
  };
  let output = "";
  const collecting = () => new PassThrough().on("data", (chunk) => (output += chunk));
  const stdin = new PassThrough();
  const context = {
    env: {
      AIRCALL_API_URL: world.emulator.url,
      AIRCALL_API_ID: CONFIG.api_id,
      AIRCALL_API_TOKEN: CONFIG.api_token,
    },
    stdin,
    stdout: collecting(),
    stderr: collecting(),
    ports: { ...world.ports, clock },
    signal: stop.signal,
  };
  const args = program.args(folder.file);
  if (program.request) stdin.write(`${JSON.stringify(program.request)}\n`);
  const ended =
    args[0] === "flow" ? runFlowProtocol(context) : runCli(args, context as unknown as CliContext);
  while (hang.struck === 0) await new Promise(setImmediate);
  stop.abort();
  return { exitCode: await ended, output };
}

describe.each(Object.entries(PROGRAMS))("%s, stopped while it waits for an answer", (_, program) => {
  test("ends as one that was stopped", async () => {
    const { exitCode, output } = await stopped(program, false);
    expect(exitCode).toBe(program.stopped);
    expect(output).not.toContain("defect");
  });

  test("reports a defect that it meets on the way out, and ends with exit code 1", async () => {
    const { exitCode, output } = await stopped(program, true);
    expect(output).toContain(
      "This is a defect of source-aircall: TypeError: broken on purpose. Please report",
    );
    expect(exitCode).toBe(1);
  });
});
