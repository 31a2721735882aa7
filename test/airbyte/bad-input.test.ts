import { mkdirSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { startEmulator } from "../../emulator/index.ts";
import { askAirbyte } from "../support/airbyte.ts";
import { temporaryFolder } from "../support/files.ts";
import { emulated, runProgram } from "../support/program.ts";

const CONFIG = { api_id: "emulator-id", api_token: "emulator-token", start_date: "2023-01-01T00:00:00.000Z" };
const CATALOG = { streams: [{ stream: { name: "tags" }, sync_mode: "incremental" }] };

/** What each file says; text is written as it is, and `undefined` leaves the file out. */
interface Files {
  readonly config?: unknown;
  readonly catalog?: unknown;
  readonly state?: unknown;
}

async function read(files: Files) {
  using folder = temporaryFolder();
  const emulator = await startEmulator({ limit: null });
  const args = Object.entries({ config: CONFIG, catalog: CATALOG, ...files }).flatMap(([name, content]) => {
    const path = folder.file(`${name}.json`);
    if (content !== undefined)
      writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return [`--${name}`, path];
  });
  try {
    return await askAirbyte(["read", ...args], emulated(emulator.url));
  } finally {
    await emulator.close();
  }
}

const stream = (name: unknown, sync_mode: unknown = "incremental") => ({ stream: { name }, sync_mode });

describe("a read that cannot begin says why in one error, and nothing else", () => {
  test.each<[string, Files, RegExp, string]>([
    [
      "no config",
      { config: undefined },
      /The config file .* cannot be read: it does not exist/,
      "config_error",
    ],
    [
      "no catalog",
      { catalog: undefined },
      /The catalog file .* cannot be read: it does not exist/,
      "config_error",
    ],
    ["no state where one is named", { state: undefined }, /The state file .* cannot be read/, "config_error"],
    [
      "a broken config",
      { config: '{"api_token":"some-secret"' },
      /The config file .* is not JSON/,
      "config_error",
    ],
    ["a broken catalog", { catalog: "<html>" }, /The catalog file .* is not JSON/, "config_error"],
    ["a broken state", { state: '[{"type":' }, /The state file .* is not JSON/, "config_error"],
    ["no credentials", { config: {} }, /api_id, api_token is missing/, "config_error"],
    [
      "refused credentials",
      { config: { ...CONFIG, api_token: "some-secret" } },
      /Aircall refused the API ID and token/,
      "config_error",
    ],
    ["a list for a config", { config: [CONFIG] }, /The endpoint config is not valid/, "config_error"],
    [
      "a list for a catalog",
      { catalog: [] },
      /The configured catalog is not valid: it must be/,
      "config_error",
    ],
    ["a catalog without streams", { catalog: {} }, /streams is missing/, "config_error"],
    ["a catalog of no streams", { catalog: { streams: [] } }, /names no stream to read/, "config_error"],
    [
      "a stream without a name",
      { catalog: { streams: [stream(7)] } },
      /streams\.0\.stream\.name/,
      "config_error",
    ],
    [
      "an unknown sync mode",
      { catalog: { streams: [stream("tags", "sometimes")] } },
      /streams\.0\.sync_mode must be one of "full_refresh", "incremental"/,
      "config_error",
    ],
    [
      "a stream without a sync mode",
      { catalog: { streams: [{ stream: { name: "tags" } }] } },
      /streams\.0\.sync_mode is missing/,
      "config_error",
    ],
    [
      "an unknown stream",
      { catalog: { streams: [stream("faxes")] } },
      /There is no stream "faxes"/,
      "config_error",
    ],
    [
      "a stream by both its names",
      { catalog: { streams: [stream("user_availability"), stream("user_availablity")] } },
      /The configured catalog names user_availablity more than once/,
      "config_error",
    ],
    [
      "a text for a state",
      { state: '"yesterday"' },
      /The state is not valid: it must be a list/,
      "system_error",
    ],
  ])("with %s", async (_, files, sentence, failureType) => {
    const { messages, exitCode } = await read(files);
    expect(messages).toEqual([
      {
        type: "TRACE",
        body: {
          type: "ERROR",
          emitted_at: expect.any(Number),
          error: {
            message: expect.stringMatching(sentence),
            internal_message: expect.stringMatching(/^\w+: /),
            failure_type: failureType,
          },
        },
      },
    ]);
    expect(JSON.stringify(messages)).not.toMatch(/some-secret|emulator-token|\\n +at /);
    expect(exitCode).toBe(1);
  });

  test("with a folder where a file should be", async () => {
    using folder = temporaryFolder();
    mkdirSync(folder.file("config.json"));
    const { messages } = await askAirbyte(["discover", "--config", folder.file("config.json")]);
    expect(JSON.stringify(messages)).toContain("cannot be read: it is a folder");
  });
});

test("check refuses an address that would send the credentials in the clear", async () => {
  const env = { AIRCALL_API_URL: "http://aircall.example.com" };
  const { messages, exitCode } = await askAirbyte(["check", "--config", "config.json"], env);
  const message = expect.stringContaining("AIRCALL_API_URL must be an https address");
  expect(messages).toEqual([{ type: "CONNECTION_STATUS", body: { status: "FAILED", message } }]);
  expect(exitCode).toBe(0);
});

test("what cannot be a state of ours is skipped", async () => {
  const state = [
    7,
    null,
    { type: "GLOBAL", global: {} },
    { type: "STREAM", stream: { stream_descriptor: {} } },
  ];
  const { messages, exitCode } = await read({ state });
  expect(messages.filter(({ type }) => type === "RECORD").length).toBeGreaterThan(0);
  expect(exitCode).toBe(0);
});

describe("a wrong command line ends with exit code 2", () => {
  test.each([
    [["airbyte"], /Usage: source-aircall airbyte/],
    [["airbyte", "write"], /unknown command 'write'/],
    [["airbyte", "check"], /required option '--config <file>'/],
    [["airbyte", "read", "--config", "c.json"], /required option '--catalog <file>'/],
  ])("%j", async (args, words) => {
    const { stderr, stdout, exitCode } = await runProgram(args);
    expect(stderr).toMatch(words);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
  });
});
