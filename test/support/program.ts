import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { PassThrough, type Readable, type Writable } from "node:stream";
import { API_ID, API_TOKEN, type Emulator } from "../../emulator/index.ts";
import { type CliContext, runCli } from "../../src/cli/index.ts";
import { runFlowProtocol } from "../../src/protocols/flow/index.ts";
import { systemClock } from "../../src/shared/clock.ts";
import type { Ports } from "../../src/shared/ports.ts";
import { type TestClock, takingTime } from "./clock.ts";

/** The bundle that is shipped. */
export const BUNDLE = new URL("../../dist/source-aircall.cjs", import.meta.url).pathname;

/** The shipped executable that Singer runners start. */
export const TAP = BUNDLE.replace(/source-aircall\.cjs$/, "tap-aircall.cjs");

/** The shipped executable that PyAirbyte starts. */
export const AIRBYTE = BUNDLE.replace(/source-aircall\.cjs$/, "source-aircall-airbyte.cjs");

/** Neither the request budget nor the random waits before retries hold up a test. */
const UNHURRIED = { AIRCALL_RATE_WINDOW_MS: "1", AIRCALL_RETRY_WAIT_MS: "1" };

export type Env = Readonly<Record<string, string | undefined>>;

/** The environment of a capture from an emulator. */
export function emulated(url: string): Record<string, string> {
  return { AIRCALL_API_URL: url, AIRCALL_API_ID: API_ID, AIRCALL_API_TOKEN: API_TOKEN, ...UNHURRIED };
}

/** As `emulated`, without the log of what went well. */
export function quietly(url: string): Record<string, string> {
  return { ...emulated(url), LOG_LEVEL: "warn" };
}

export interface Ended {
  /** Null when the process was killed. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningProgram {
  readonly stdin: Writable;
  /** Nobody needs to read it: what comes is collected for `ended`. */
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the program has ended and all that it wrote has been read. */
  readonly ended: Promise<Ended>;
  /** Resolves when standard output or standard error holds the text. Rejects when the program ends without it. */
  shows(text: string): Promise<void>;
  /** Asks the program to stop, as SIGTERM does. */
  stop(): void;
  /** Ends the program without notice, as SIGKILL does. Throws where it has no process of its own. */
  kill(): void;
}

/** Starts the program with these arguments and this environment. */
export type Start = (args: readonly string[], env?: Env) => RunningProgram;

const SYSTEM_PORTS: Omit<Ports, "log"> = { clock: systemClock, random: Math.random, fetch };

/** Starts the program inside this process, as `src/main.ts` does in a process of its own. */
export function startProgram(args: readonly string[], env: Env = {}, ports = SYSTEM_PORTS): RunningProgram {
  const stopping = new AbortController();
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  const exitCode = run(args, { env, ...streams, ports, signal: stopping.signal }).finally(() => {
    streams.stdout.end();
    streams.stderr.end();
  });
  return {
    ...watched(streams, exitCode),
    stop: () => stopping.abort(),
    kill() {
      throw new Error("only a program in a process of its own can be killed");
    },
  };
}

/** Starts the program inside this process and in moved time, in which an answer takes a tenth of a second. */
export function startInTime(clock: TestClock, aircall: Emulator): Start {
  const ports = { clock, random: () => 0.5, fetch: takingTime(clock, aircall.fetch, 100) };
  return (args, env) => startProgram(args, env, ports);
}

type World = Parameters<typeof runFlowProtocol>[0];

function run(args: readonly string[], world: World): Promise<number> {
  if (args.length === 1 && args[0] === "flow") return runFlowProtocol(world);
  return runCli(args, world as unknown as CliContext);
}

export function runProgram(args: readonly string[], env?: Env): Promise<Ended> {
  return startProgram(args, env).ended;
}

/** Starts the shipped bundle with nothing of this process's environment but the PATH. */
export function spawnProgram(
  args: readonly string[],
  env: Env = {},
  command: readonly string[] = [process.execPath, BUNDLE],
): RunningProgram & { readonly process: ChildProcess } {
  const [program = "", ...before] = command;
  const child = spawn(program, [...before, ...args], { env: { PATH: process.env.PATH, ...env } });
  // The program may end before it has read everything.
  child.stdin.on("error", () => {});
  const exitCode = once(child, "close").then(([code]) => code as number | null);
  return {
    ...watched(child, exitCode),
    stop: () => child.kill("SIGTERM"),
    kill: () => child.kill("SIGKILL"),
    process: child,
  };
}

type Streams = Pick<RunningProgram, "stdin" | "stdout" | "stderr">;

function watched(
  { stdin, stdout, stderr }: Streams,
  exitCode: Promise<number | null>,
): Omit<RunningProgram, "stop" | "kill"> {
  const output = { stdout: "", stderr: "" };
  const listeners = new Set<() => void>();
  for (const [name, stream] of [
    ["stdout", stdout],
    ["stderr", stderr],
  ] as const) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output[name] += chunk;
      for (const listener of listeners) listener();
    });
  }
  const closed = Promise.all([stdout, stderr].map((stream) => once(stream, "close")));
  const ended = Promise.all([exitCode, closed]).then(([code]) => ({ exitCode: code, ...output }));
  ended.catch(() => {});
  const shows = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!output.stdout.includes(text) && !output.stderr.includes(text)) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
      const missed = () => reject(new Error(`it ended without showing "${text}": ${JSON.stringify(output)}`));
      ended.then(missed, reject);
    });
  return { stdin, stdout, stderr, ended, shows };
}
