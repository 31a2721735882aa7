import { describe, expect, test } from "vitest";
import { startEmulator } from "../../emulator/index.ts";
import { askFlow } from "../support/flow-runtime.ts";
import { emulated, runProgram } from "../support/program.ts";
import { stillAccount } from "../support/still-account.ts";

const SPEC = { spec: { connectorType: "IMAGE", config: {} } };
const CONFIG = { api_id: "emulator-id", api_token: "emulator-token", start_date: "2023-01-01T00:00:00.000Z" };
const discover = { discover: { name: "acmeCo/source-aircall", connectorType: "IMAGE", config: CONFIG } };
const resource = (stream: string) => ({ resourceConfig: { stream, syncMode: "full_refresh" } });
const validate = (config: unknown, bindings: object[]) => ({
  validate: { name: "acmeCo/a", config, bindings },
});

describe("the questions that are answered once", () => {
  test("spec needs nothing", async () => {
    const { responses, exitCode, logs } = await askFlow([SPEC]);
    const { stdout } = await runProgram(["spec"]);
    expect(responses.map(({ body }) => body)).toEqual([
      {
        protocol: 3032023,
        documentationUrl: expect.stringMatching(/\/docs\/flow\.md$/),
        ...JSON.parse(stdout),
      },
    ]);
    expect({ exitCode, logs }).toEqual({ exitCode: 0, logs: [] });
  });

  test("discover tells of all streams, the same each time", async () => {
    const { responses, exitCode } = await askFlow([SPEC, discover, discover]);
    expect(responses.map(({ kind }) => kind)).toEqual(["spec", "discovered", "discovered"]);
    expect(responses[1]).toEqual(responses[2]);
    expect(exitCode).toBe(0);
  });

  test("apply does nothing, as often as it is asked", async () => {
    const apply = {
      apply: { capture: { name: "a", config: CONFIG, bindings: [] }, version: "1", state: {} },
    };
    const { responses } = await askFlow([SPEC, apply, apply]);
    expect(responses.slice(1)).toEqual([
      { kind: "applied", body: {} },
      { kind: "applied", body: {} },
    ]);
  });

  test("validate answers a path a binding, in the order asked", async () => {
    const emulator = await startEmulator();
    const bindings = [
      {
        resourceConfig: {
          _meta: { path: ["users"] },
          stream: "users",
          syncMode: "full_refresh",
          cursorField: ["id"],
        },
      },
      {
        resourceConfig: { stream: "calls", syncMode: "incremental", namespace: null },
        backfill: 2,
        collection: { name: "c" },
      },
    ];
    const { responses, exitCode } = await askFlow([SPEC, validate(CONFIG, bindings)], emulated(emulator.url));
    await emulator.close();
    expect(responses[1]?.body).toEqual({
      bindings: [{ resourcePath: ["users"] }, { resourcePath: ["calls"] }],
    });
    expect(exitCode).toBe(0);
  });
});

test("I4: validate accepts a binding of an insight that the plan does not have, and warns", async () => {
  await using aircall = await stillAccount({ account: { calls: 50, days: 20 } });
  aircall.faults.add({ match: /\/evaluations$/, kind: "status", status: 403, every: 1 });
  const bindings = [resource("evaluations"), resource("summaries")];
  const { responses, exitCode, logs } = await askFlow(
    [SPEC, validate(CONFIG, bindings)],
    emulated(aircall.url),
  );
  expect(exitCode).toBe(0);
  expect(responses[1]?.kind).toBe("validated");
  expect(logs.filter(({ level }) => level === "warn").map(({ message }) => message)).toEqual([
    expect.stringMatching(/^evaluations will be empty: Aircall accepts the API key and yet refuses/),
  ]);
});

describe("validate tells everything that is wrong in one sentence after another", () => {
  test("an unknown stream, a bad interval and a refused stream at once", async () => {
    const emulator = await startEmulator();
    emulator.faults.add({ match: "/v1/tags", kind: "status", status: 403, every: 1 });
    const bindings = [
      resource("faxes"),
      { resourceConfig: { stream: "users", syncMode: "full_refresh", interval: "5 minutes" } },
      resource("tags"),
      resource("calls"),
      resource("calls"),
    ];
    const { responses, exitCode, logs } = await askFlow(
      [SPEC, validate(CONFIG, bindings)],
      emulated(emulator.url),
    );
    await emulator.close();
    expect(responses.map(({ kind }) => kind)).toEqual(["spec"]);
    expect(exitCode).toBe(1);
    const last = logs.at(-1);
    expect(last?.level).toBe("error");
    for (const part of [
      "stream must be one of calls, company",
      "interval must be an ISO 8601 duration such as PT5M",
      "tags: Aircall accepts the API key and yet refuses /v1/tags",
      "More than one binding captures calls.",
    ]) {
      expect(last?.message).toContain(part);
    }
  });

  test.each([
    [
      "refused credentials",
      { ...CONFIG, api_token: "wrong-token" },
      /Aircall refused the API ID and token \(HTTP 403/,
    ],
    ["no config", null, /The endpoint config is not valid: it must be object\./],
    ["an empty config", {}, /api_id, api_token is missing/],
    ["a wrong type", { ...CONFIG, api_id: 7 }, /api_id must be string/],
    ["a bad date", { ...CONFIG, start_date: "soon" }, /start_date must be a date and time/],
    [
      "a bad limit",
      { ...CONFIG, advanced: { requests_per_minute: 0 } },
      /advanced\.requests_per_minute must be >= 1/,
    ],
  ])("%s", async (_, config, sentence) => {
    const emulator = await startEmulator();
    const { exitCode, logs } = await askFlow(
      [SPEC, validate(config, [resource("calls")])],
      emulated(emulator.url),
    );
    await emulator.close();
    expect(exitCode).toBe(1);
    expect(logs.at(-1)?.message).toMatch(sentence);
    expect(JSON.stringify(logs)).not.toMatch(/wrong-token|emulator-token/);
  });
});

describe("bad input ends with one sentence and exit code 1", () => {
  test.each([
    ["junk", "junk\n", "A request is not JSON."],
    ["a list", "[1]\n", "A request is not a JSON object."],
    ["half a line", '{"spec":{', "The input ended in the middle of a request."],
    ["no UTF-8", Buffer.from([0xff, 0xfe, 0x0a]).toString("latin1"), "A request is not JSON."],
    ["an unknown request", { publish: {} }, "A request must be one of"],
    ["two requests in one", { spec: {}, discover: {} }, "A request must be of one kind"],
    [
      "open without a capture",
      { open: { version: "1" } },
      "The open request is not valid: capture is missing.",
    ],
    [
      "a binding without a state key",
      { open: { capture: { config: CONFIG, bindings: [{ resourceConfig: { stream: "calls" } }] } } },
      "capture.bindings.0.stateKey is missing",
    ],
    [
      "an unknown stream",
      { open: { capture: { config: CONFIG, bindings: [{ ...resource("faxes"), stateKey: "faxes" }] } } },
      "stream must be one of calls, company",
    ],
    [
      "a null config",
      { open: { capture: { config: null, bindings: [] } } },
      "The endpoint config is not valid",
    ],
    ["an acknowledgement of nothing", { acknowledge: { checkpoints: 1 } }, "without a capture session"],
  ])("%s", async (_, request, sentence) => {
    const { exitCode, logs } = await askFlow([request], emulated("http://127.0.0.1:1"));
    expect(exitCode).toBe(1);
    expect(logs.filter(({ level }) => level === "error")).toHaveLength(1);
    expect(logs.at(-1)?.message).toContain(sentence);
    expect(logs.at(-1)?.message).not.toContain("defect");
  });

  test("requests of megabytes are read, blank lines skipped", async () => {
    const { responses, exitCode } = await askFlow([
      "\n",
      { spec: { config: {}, padding: "x".repeat(5_000_000) } },
      "\n\n",
    ]);
    expect(responses.map(({ kind }) => kind)).toEqual(["spec"]);
    expect(exitCode).toBe(0);
  });
});
