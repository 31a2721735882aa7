import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { API_ID, API_TOKEN } from "../../emulator/index.ts";

/** The bundle that is shipped. */
export const BUNDLE = new URL("../../dist/source-aircall.cjs", import.meta.url).pathname;

/** Neither the request budget nor the waits before retries, which the server does not state, hold up a test. */
const UNHURRIED = { AIRCALL_RATE_WINDOW_MS: "1", AIRCALL_RETRY_WAIT_MS: "1" };

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when standard output or standard error has shown the text. */
  shows(text: string): Promise<void>;
}

/** Environment of a capture from an emulator. */
export function emulated(url: string): Record<string, string> {
  return { AIRCALL_API_URL: url, AIRCALL_API_ID: API_ID, AIRCALL_API_TOKEN: API_TOKEN, ...UNHURRIED };
}

/** Starts the shipped bundle with nothing of this process's environment but the PATH. */
export function startCli(
  args: readonly string[],
  env: Record<string, string> = {},
  command = [process.execPath, BUNDLE],
): RunningCli {
  const [program = "", ...before] = command;
  const child = spawn(program, [...before, ...args], { env: { PATH: process.env.PATH, ...env } });
  let stdout = "";
  let stderr = "";
  const listeners = new Set<() => void>();
  const hear = (append: (chunk: string) => void) => (chunk: Buffer) => {
    append(chunk.toString());
    for (const listener of listeners) listener();
  };
  child.stdout.on(
    "data",
    hear((chunk) => {
      stdout += chunk;
    }),
  );
  child.stderr.on(
    "data",
    hear((chunk) => {
      stderr += chunk;
    }),
  );
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
  const shows = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if ((stdout + stderr).includes(text)) resolve();
      };
      listeners.add(look);
      look();
      void ended.then(() => reject(new Error(`it ended without showing "${text}":\n${stdout}\n${stderr}`)));
    });
  return { process: child, ended, shows };
}

export function runCli(args: readonly string[], env?: Record<string, string>): Promise<Ended> {
  return startCli(args, env).ended;
}

/** A new folder that is gone when it is disposed of. */
export function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), "source-aircall-"));
  return {
    file: (name: string) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  };
}

/** What a DuckDB file answers, asked without a word of ours in between. */
export async function askFile(path: string, sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
