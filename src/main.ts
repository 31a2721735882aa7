#!/usr/bin/env node
import { runFlowProtocol } from "./protocols/flow/index.ts";
import { systemClock } from "./shared/clock.ts";
import { FAILED, STOPPED } from "./shared/exit-codes.ts";
import { nodeProblem } from "./shared/node-version.ts";
import { stopOnSignals } from "./shared/stop.ts";

// With this variable Node accepts any certificate, and the credentials could go to another server.
delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;

// The environment holds the credentials of the local commands, and people pass crash reports on.
process.report.excludeEnv = true;

// Every file that the program makes holds personal data: it is for its owner alone. A stricter umask stays.
process.umask(process.umask(0o077) | 0o077);

/**
 * How long a stop may take. A checkpoint or a commit that is under way ends in less; a reader of standard output
 * that has stopped reading may never take the rest, and what no reader took counts as never captured.
 */
const LONGEST_STOP_MS = 5_000;

const stop = new AbortController();

stopOnSignals(process, systemClock.now, () => stop.abort());
stop.signal.addEventListener("abort", () => {
  // Keeps nothing alive: a process that has nothing left to do ends earlier.
  setTimeout(() => process.exit(process.exitCode || STOPPED), LONGEST_STOP_MS).unref();
});

/** Standard error, which is loaded with its first use. The work goes on when its reader has gone away or its disk is full. */
let standardError: NodeJS.WriteStream | undefined;
function guardedStandardError(): NodeJS.WriteStream {
  standardError ??= process.stderr.on("error", () => {});
  return standardError;
}

// What is answered at once ends before the timer, and loads nothing for it.
setTimeout(async () => {
  const { boundHeapGrowth } = await import("./shared/heap-growth.ts");
  boundHeapGrowth();
}, 50).unref();

// Flow starts a process for every request. A request does not wait for modules that it does not use:
// the commands for people, and the parts of Node behind `fetch` and standard error.
const world = {
  env: process.env,
  stdout: process.stdout,
  get stderr() {
    return guardedStandardError();
  },
  ports: {
    clock: systemClock,
    random: Math.random,
    fetch: (...request: Parameters<typeof fetch>) => fetch(...request),
  },
  signal: stop.signal,
};

async function run(args: readonly string[]): Promise<number> {
  const problem = nodeProblem(process.versions.node);
  if (problem) {
    guardedStandardError().write(`error: ${problem}\n`);
    return FAILED;
  }
  if (args.length === 1 && args[0] === "flow") return runFlowProtocol({ ...world, stdin: process.stdin });
  const { runCli } = await import("./cli/index.ts");
  return runCli(args, world);
}

/** A reader or terminal that goes away ends the program quietly; any other failure of the output is reported. */
process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
  stop.abort();
  if (code === "EPIPE" || (code === "EIO" && process.stdout.isTTY)) return;
  process.exitCode = FAILED;
  guardedStandardError().write(
    `error: Standard output cannot be written (${message}). Make room or choose another place, then run again.\n`,
  );
});

run(process.argv.slice(2)).then((exitCode) => {
  process.exitCode ||= exitCode;
});
