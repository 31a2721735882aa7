import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { API_ID, API_TOKEN, startEmulator } from "../../emulator/index.ts";
import { isDeep } from "../support/draws.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/files.ts";
import { BUNDLE } from "../support/program.ts";

/** Less than any of the waits below, and enough for a machine under load. */
const WITHIN_MS = 15_000;

const config = (requests_per_minute?: number) => ({
  api_id: API_ID,
  api_token: API_TOKEN,
  start_date: "2020-01-01T00:00:00Z",
  ...(requests_per_minute && { advanced: { requests_per_minute } }),
});

interface Command {
  readonly args: readonly string[];
  readonly stdin?: string;
}

function capture({ file, write }: TemporaryFolder, config: object, option: string): Command {
  const paths = ["--to", file("it.duckdb"), "--config", write("config.json", config)];
  return { args: ["capture", option, "--streams", "calls", ...paths] };
}

/** Every way to capture calls with this config. */
const COMMANDS: Record<string, (folder: TemporaryFolder, config: object) => Command> = {
  capture: (folder, config) => capture(folder, config, "--follow"),
  "capture --json": (folder, config) => capture(folder, config, "--json"),
  flow: (_, config) => {
    const bindings = [{ resourceConfig: { stream: "calls" }, stateKey: "calls" }];
    return { args: ["flow"], stdin: `${JSON.stringify({ open: { capture: { config, bindings } } })}\n` };
  },
  airbyte: ({ write }, config) => {
    const catalog = { streams: [{ stream: { name: "calls" }, sync_mode: "incremental" }] };
    return {
      args: [
        "airbyte",
        "read",
        "--config",
        write("config.json", config),
        "--catalog",
        write("catalog.json", catalog),
      ],
    };
  },
  singer: ({ write }, config) => ({ args: ["singer", "--config", write("config.json", config)] }),
};

/** What a list answers so that the program waits for a long time. Pings are always answered. */
const ANSWERS: Record<string, (response: ServerResponse) => unknown> = {
  "the minute after a 429": (response) => response.writeHead(429).end(),
  "an hour that a 429 states": (response) => response.writeHead(429, { "retry-after": "3500" }).end(),
  "the rest of a body": (response) => response.writeHead(200).write('{"calls": ['),
  "an answer": () => {},
};

/** A server that answers lists in one way, and when it has been asked for the first. Dispose of it with `await using`. */
async function serverOf(answer: (response: ServerResponse) => unknown) {
  const asked = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    if (request.url?.startsWith("/v1/ping")) return void response.end('{"ping": "pong"}');
    answer(response);
    asked.resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: asked.promise,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function start({ args, stdin }: Command, env: Record<string, string>) {
  const child = spawn(process.execPath, [BUNDLE, ...args], { env: { PATH: process.env.PATH, ...env } });
  child.stdin.write(stdin ?? "");
  const ended = once(child, "exit").then(([code]) => code as number | null);
  const endedEarly = ended.then((code) => {
    throw new Error(`it ended by itself with ${code}`);
  });
  endedEarly.catch(() => {});
  return { child, ended, endedEarly };
}

/** How long the process lives after SIGTERM. */
async function stopMs({ child, ended }: ReturnType<typeof start>): Promise<number> {
  const stoppedMs = performance.now();
  child.kill("SIGTERM");
  const tooLong = sleep(WITHIN_MS + 1_000, "too long", { ref: false });
  if ((await Promise.race([ended, tooLong])) === "too long") child.kill("SIGKILL");
  return performance.now() - stoppedMs;
}

const names = Object.keys(COMMANDS);
const waits = Object.keys(ANSWERS);
/** Every program at every wait in the deep run; in the usual one, another program at each wait. */
const cases = waits.flatMap((wait, index) =>
  (isDeep ? names : [names[index % names.length] ?? ""]).map((name) => [name, wait] as const),
);

test.concurrent.each(cases)("a stop of %s ends the process while it waits for %s", async (name, wait) => {
  using folder = temporaryFolder();
  await using server = await serverOf(ANSWERS[wait] ?? (() => {}));
  const command = COMMANDS[name]?.(folder, config());
  if (!command) throw new Error(name);
  const program = start(command, { AIRCALL_API_URL: server.url });
  program.child.stdout.resume();
  program.child.stderr.resume();
  await Promise.race([server.asked, program.endedEarly]);
  await sleep(200);
  expect(await stopMs(program)).toBeLessThan(WITHIN_MS);
});

test.concurrent.each(isDeep ? names : ["flow", "singer"])(
  "a stop of %s ends the process while it waits for the request budget",
  async (name) => {
    using folder = temporaryFolder();
    await using server = await serverOf((response) => response.end('{"calls": [], "meta": {"total": 0}}'));
    const command = COMMANDS[name]?.(folder, config(2));
    if (!command) throw new Error(name);
    const program = start(command, { AIRCALL_API_URL: server.url, AIRCALL_RATE_WINDOW_MS: "3600000" });
    program.child.stdout.resume();
    program.child.stderr.resume();
    await Promise.race([server.asked, program.endedEarly]);
    await sleep(500);
    expect(await stopMs(program)).toBeLessThan(WITHIN_MS);
  },
);

test.runIf(isDeep).concurrent.each(["flow", "airbyte", "singer"])(
  "a stop of %s ends the process while standard output is not read",
  async (name) => {
    using folder = temporaryFolder();
    const emulator = await startEmulator({ limit: null, account: { calls: 2_000 } });
    const command = COMMANDS[name]?.(folder, config());
    if (!command) throw new Error(name);
    const program = start(command, { AIRCALL_API_URL: emulator.url });
    program.child.stderr.resume();
    // The output is full when no further request is sent.
    for (let requests = -1; requests < emulator.requests.total || requests < 3; ) {
      requests = emulator.requests.total;
      await Promise.race([sleep(500), program.endedEarly]);
    }
    expect(await stopMs(program)).toBeLessThan(WITHIN_MS);
    await emulator.close();
  },
);
