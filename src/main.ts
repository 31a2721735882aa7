#!/usr/bin/env node
import { runFlowProtocol } from "./protocols/flow/index.ts";
import { systemClock } from "./shared/clock.ts";
import { FAILED } from "./shared/exit-codes.ts";

// Node would take any certificate for good, and the credentials would go to whoever is in between.
delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;

// The environment holds the credentials of the local commands; what Node reports of a crash goes to others.
process.report.excludeEnv = true;

const stop = new AbortController();

/** The first request to stop ends at a checkpoint; a second one ends the process where it stands. */
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());

// Flow starts a process for every question it has. What a question does not need is not loaded for
// it: not the commands for people, and not the parts of Node behind `fetch` and standard error.
const world = {
  env: process.env,
  stdout: process.stdout,
  get stderr() {
    return process.stderr;
  },
  ports: {
    clock: systemClock,
    random: Math.random,
    fetch: (...request: Parameters<typeof fetch>) => fetch(...request),
  },
  signal: stop.signal,
};

async function run(args: readonly string[]): Promise<number> {
  if (args.length === 1 && args[0] === "flow") return runFlowProtocol({ ...world, stdin: process.stdin });
  const { runCli } = await import("./cli/index.ts");
  return runCli(args, world);
}

/** When whoever read the output has gone, there is nobody left to tell; of anything else a person is told. */
process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
  stop.abort();
  if (code === "EPIPE") return;
  process.exitCode = FAILED;
  process.stderr.write(
    `error: Standard output cannot be written (${message}). Make room or choose another place, then run again.\n`,
  );
});

run(process.argv.slice(2)).then((exitCode) => {
  process.exitCode ||= exitCode;
});
