import { writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { startEmulator } from "../../emulator/index.ts";
import { askAirbyte } from "../support/airbyte.ts";
import { temporaryFolder } from "../support/files.ts";
import { fieldsIn, type JsonSchema } from "../support/json-schema.ts";
import { AIRBYTE, emulated, runProgram, spawnProgram } from "../support/program.ts";

const CONFIG = { api_id: "emulator-id", api_token: "emulator-token", start_date: "2023-01-01T00:00:00.000Z" };

/** Asks with a config file that has this content, or is not there at all. */
async function askWith(command: string, content: string | undefined, env: Record<string, string> = {}) {
  using folder = temporaryFolder();
  const path = folder.file("config.json");
  if (content !== undefined) writeFileSync(path, content);
  return await askAirbyte([command, "--config", path], env);
}

describe("the questions that are answered once", () => {
  test("spec needs nothing", async () => {
    const { messages, exitCode } = await askAirbyte(["spec"]);
    const { connectionSpecification, ...others } = messages[0]?.body ?? {};
    expect({ others, exitCode }).toEqual({
      others: {
        protocol_version: "0.2.0",
        documentationUrl: expect.stringMatching(/\/docs\/airbyte\.md$/),
        supportsIncremental: true,
        supported_destination_sync_modes: [],
      },
      exitCode: 0,
    });
    const { configSchema } = JSON.parse((await runProgram(["spec"])).stdout);
    expect(fieldsIn(connectionSpecification as JsonSchema)).toEqual(
      fieldsIn(configSchema).map(([path, { secret, advanced, format, ...schema }]) => [
        path,
        {
          ...schema,
          ...(format !== undefined && schema.pattern === undefined && { format }),
          ...(secret === true && { airbyte_secret: true }),
        },
      ]),
    );
  });

  test("spec is what the executable for PyAirbyte answers", async () => {
    const ended = await spawnProgram(["spec"], {}, [process.execPath, AIRBYTE]).ended;
    expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
    expect(ended.stdout).toBe((await runProgram(["airbyte", "spec"])).stdout);
  });

  test("check proves the credentials and reads from each stream", async () => {
    const emulator = await startEmulator({ limit: null });
    const { messages, exitCode } = await askWith("check", JSON.stringify(CONFIG), emulated(emulator.url));
    const asked = emulator.requests.byPath.size;
    await emulator.close();
    expect(messages).toEqual([{ type: "CONNECTION_STATUS", body: { status: "SUCCEEDED" } }]);
    expect(exitCode).toBe(0);
    expect(asked).toBe(10);
  });
});

describe("check says in its answer what is wrong", () => {
  test("with every stream that is refused", async () => {
    const emulator = await startEmulator({ limit: null });
    for (const path of ["/v1/tags", "/v1/webhooks"])
      emulator.faults.add({ match: path, kind: "status", status: 403, every: 1 });
    const { messages, exitCode } = await askWith("check", JSON.stringify(CONFIG), emulated(emulator.url));
    await emulator.close();
    expect(messages).toEqual([
      {
        type: "CONNECTION_STATUS",
        body: {
          status: "FAILED",
          message: expect.stringMatching(
            /^tags: Aircall accepts the API key and yet refuses \/v1\/tags.* webhooks: Aircall accepts/,
          ),
        },
      },
    ]);
    expect(exitCode).toBe(0);
  });

  test.each<[string, string | undefined, RegExp]>([
    ["no file", undefined, /The config file .*config\.json cannot be read: it does not exist\./],
    ["broken JSON", '{"api_token":"some-secret"', /The config file .*config\.json is not JSON\./],
    ["a list", "[]", /The endpoint config is not valid: it must be object\./],
    ["an empty config", "{}", /api_id, api_token is missing/],
    ["a wrong type", JSON.stringify({ ...CONFIG, api_id: 7 }), /api_id must be string/],
    ["a bad date", JSON.stringify({ ...CONFIG, start_date: "soon" }), /start_date must be a date and time/],
    [
      "refused credentials",
      JSON.stringify({ ...CONFIG, api_token: "some-secret" }),
      /Aircall refused the API ID and token \(HTTP 403/,
    ],
  ])("with %s", async (_, content, sentence) => {
    const emulator = await startEmulator({ limit: null });
    const { messages, exitCode } = await askWith("check", content, emulated(emulator.url));
    await emulator.close();
    expect(messages).toEqual([
      { type: "CONNECTION_STATUS", body: { status: "FAILED", message: expect.stringMatching(sentence) } },
    ]);
    expect(JSON.stringify(messages)).not.toMatch(/some-secret|emulator-token/);
    expect(exitCode).toBe(0);
  });
});

test.each<[string, string | undefined, RegExp]>([
  ["no file", undefined, /cannot be read: it does not exist/],
  ["broken JSON", "{", /is not JSON/],
  ["no credentials", "{}", /api_id, api_token is missing/],
])("discover with %s ends with an error that a person can mend", async (_, content, sentence) => {
  const { messages, exitCode } = await askWith("discover", content);
  expect(messages).toEqual([
    {
      type: "TRACE",
      body: {
        type: "ERROR",
        emitted_at: expect.any(Number),
        error: {
          message: expect.stringMatching(sentence),
          internal_message: expect.stringMatching(/^ConfigError: /),
          failure_type: "config_error",
        },
      },
    },
  ]);
  expect(exitCode).toBe(1);
});
