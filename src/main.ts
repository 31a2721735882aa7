#!/usr/bin/env node
import { setFlagsFromString } from "node:v8";
import { systemClock } from "./shared/clock.ts";

// A capture keeps little and throws much away. Left alone, V8 gives such a program a nursery of a
// hundred megabytes, and it is no faster for it.
setFlagsFromString("--semi-space-growth-factor=1");

const stop = new AbortController();

/** The first request to stop ends at a checkpoint; a second one ends the process where it stands. */
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());

/** Whoever read the output has gone: there is nobody left to tell. */
process.stdout.on("error", () => stop.abort());

const { env, stdout, stderr } = process;
const world = {
  env,
  stdout,
  stderr,
  // The first mention of `fetch` loads all of Node's HTTP client, which not every request needs.
  ports: {
    clock: systemClock,
    random: Math.random,
    fetch: (...request: Parameters<typeof fetch>) => fetch(...request),
  },
  signal: stop.signal,
};

async function run(args: readonly string[]): Promise<number> {
  const { runCli } = await import("./cli/index.ts");
  return runCli(args, world);
}

run(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
