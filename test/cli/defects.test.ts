import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Emulator } from "../../emulator/index.ts";
import { bindingFor } from "../../src/connector.ts";
import type { Clock } from "../../src/shared/ports.ts";
import { secretsIn } from "../../src/shared/redactor.ts";
import { EndpointSchema } from "../../src/spec.ts";
import { TestClock } from "../support/clock.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/files.ts";
import { type Ended, emulated, type RunningProgram, startProgram } from "../support/program.ts";
import { configOf, GOOD, secretsOf } from "../support/secrets.ts";
import { startWorld, testPorts } from "../support/world.ts";

const CONFIG = configOf(GOOD);
const BINDINGS = [bindingFor("tags")];
const CATALOG = { streams: [{ stream: { name: "tags" }, sync_mode: "incremental" }] };

interface Program {
  readonly args: (folder: TemporaryFolder) => string[];
  readonly request?: object;
  /** The exit code of a stop. */
  readonly stopped: number;
}

const configIn = (folder: TemporaryFolder) => ["--config", folder.write("config.json", CONFIG)];

/** Each program that reads an account. */
const PROGRAMS: Record<string, Program> = {
  "flow, validate": {
    args: () => ["flow"],
    request: { validate: { config: CONFIG, bindings: BINDINGS } },
    stopped: 1,
  },
  "flow, open": {
    args: () => ["flow"],
    request: { open: { capture: { config: CONFIG, bindings: BINDINGS } } },
    stopped: 0,
  },
  "airbyte check": { args: (folder) => ["airbyte", "check", ...configIn(folder)], stopped: 130 },
  "airbyte read": {
    args(folder) {
      const catalog = folder.write("catalog.json", CATALOG);
      return ["airbyte", "read", ...configIn(folder), "--catalog", catalog];
    },
    stopped: 130,
  },
  singer: { args: (folder) => ["singer", ...configIn(folder)], stopped: 130 },
  check: { args: (folder) => ["check", ...configIn(folder)], stopped: 130 },
  capture: {
    args: (folder) => ["capture", "--to", folder.file("a.duckdb"), ...configIn(folder)],
    stopped: 130,
  },
};

interface Course {
  /** Called when a request has ended; what it throws is a defect of the program. */
  readonly onRequestEnd?: () => void;
  readonly meanwhile?: (running: RunningProgram, emulator: Emulator) => Promise<void>;
}

/** Runs the program inside this process, against an account with a few tags. */
async function run(program: Program, { onRequestEnd, meanwhile }: Course): Promise<Ended> {
  using folder = temporaryFolder();
  await using world = await startWorld({ account: { calls: 0, tags: 3 } });
  const inner: Clock = new TestClock(undefined);
  const clock: Clock = {
    now: () => inner.now(),
    sleep: (durationMs, signal) => inner.sleep(durationMs, signal),
    alarm(afterMs, ring) {
      const cancel = inner.alarm(afterMs, ring);
      return () => {
        cancel();
        onRequestEnd?.();
      };
    },
  };
  const env = emulated(world.emulator.url);
  const running = startProgram(program.args(folder), env, { ...testPorts(), clock });
  if (program.request) running.stdin.write(`${JSON.stringify(program.request)}\n`);
  await meanwhile?.(running, world.emulator);
  return await running.ended;
}

/** Stops the program while it waits for an answer. */
async function stopped(program: Program, onRequestEnd?: () => void): Promise<Ended> {
  return await run(program, {
    ...(onRequestEnd && { onRequestEnd }),
    async meanwhile(running, emulator) {
      const hang = emulator.faults.add({ kind: "hang" });
      while (hang.struck === 0) await turn();
      running.stop();
    },
  });
}

describe.each(Object.entries(PROGRAMS))("%s", (_, program) => {
  test("that is stopped while it waits for an answer ends as one that was stopped", async () => {
    const { exitCode, stdout, stderr } = await stopped(program);
    expect(exitCode).toBe(program.stopped);
    expect(stdout + stderr).not.toContain("defect");
  });

  test("reports a defect that it meets after a stop, and ends with exit code 1", async () => {
    const { exitCode, stdout, stderr } = await stopped(program, () => {
      throw new TypeError("broken on purpose");
    });
    expect(stdout + stderr).toContain("This is a defect of source-aircall: TypeError: broken on purpose.");
    expect(exitCode).toBe(1);
  });

  test("reports a defect that holds secrets without them", async () => {
    const secrets = Object.values({ ...CONFIG, ...CONFIG.advanced.personal_data });
    const { exitCode, stdout, stderr } = await run(program, {
      onRequestEnd() {
        throw new TypeError(`broken over ${JSON.stringify(secrets)}`);
      },
    });
    expect(stdout + stderr).toMatch(
      /This is a defect of source-aircall: TypeError: broken over .*\[hidden\]/,
    );
    await using world = await startWorld();
    for (const secret of secretsOf(GOOD, world.emulator)) expect(stdout + stderr).not.toContain(secret);
    expect(exitCode).toBe(1);
  });
});

test("the config of these tests has every secret that its schema knows", () => {
  const marks = JSON.stringify(EndpointSchema).match(/"secret":true/g);
  expect(secretsIn(EndpointSchema, CONFIG)).toHaveLength(marks?.length ?? 0);
});
