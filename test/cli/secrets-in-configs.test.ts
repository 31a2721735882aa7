import { describe, expect, test } from "vitest";
import { API_ID, API_TOKEN } from "../../emulator/index.ts";
import { emulated, runProgram, startProgram } from "../support/program.ts";
import { askFlow, bindings, configOf, GOOD, HASH_KEY } from "../support/secrets.ts";

describe("a config that is wrong shows no secret", () => {
  const asBinding = (resourceConfig: object) => [{ resourceConfig, stateKey: "a" }];

  test.each<[string, object, object[]]>([
    [
      "in every place",
      { api_id: [API_ID], api_token: { API_TOKEN }, start_date: API_TOKEN, advanced: API_TOKEN },
      bindings,
    ],
    [
      "in its advanced part",
      { ...configOf(GOOD), advanced: { personal_data: { names: "hash", hash_key: "short" } } },
      bindings,
    ],
    [
      "by an unknown redaction",
      { ...configOf(GOOD), advanced: { personal_data: { names: HASH_KEY } } },
      bindings,
    ],
    [
      "by streams that there are not",
      { ...configOf(GOOD), advanced: { personal_data: { streams: [HASH_KEY, API_TOKEN] } } },
      bindings,
    ],
    ["in the stream of a binding", { ...configOf(GOOD), api_id: "" }, asBinding({ stream: API_TOKEN })],
    [
      "in the other properties of a binding",
      { ...configOf(GOOD), api_id: "" },
      asBinding({ stream: "tags", syncMode: API_TOKEN, interval: API_TOKEN, cursorField: API_TOKEN }),
    ],
  ])("%s", async (_, config, of) => {
    const asked = [{ validate: { config, bindings: of } }];
    const { stderr, stdout, exitCode } = await askFlow(startProgram, { LOG_LEVEL: "debug" }, asked);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/not valid|hash_key must have/);
    for (const secret of [API_ID, API_TOKEN, HASH_KEY]) expect(stderr + stdout).not.toContain(secret);
  });
});

test.each([
  ["AIRCALL_API_URL", `http://${API_ID}:${API_TOKEN}@api.example.com/`],
  ["AIRCALL_API_URL", API_TOKEN],
  ["AIRCALL_RATE_WINDOW_MS", API_TOKEN],
  ["AIRCALL_RETRY_WAIT_MS", API_TOKEN],
])("an environment whose %s is wrong shows no secret", async (name, value) => {
  const { stderr, stdout, exitCode } = await runProgram(["check"], {
    ...emulated("http://127.0.0.1:1"),
    LOG_LEVEL: "debug",
    [name]: value,
  });
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`${name} must be`);
  for (const secret of [API_ID, API_TOKEN]) expect(stderr + stdout).not.toContain(secret);
});
