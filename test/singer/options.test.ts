import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/files.ts";
import { quietly, runProgram } from "../support/program.ts";
import { CONFIG, SingerTarget } from "../support/singer.ts";
import { stillAccount } from "../support/still-account.ts";

const SMALL = { calls: 20, contacts: 20 };

/** As Meltano names the variables of the settings. */
const VARIABLES = { TAP_AIRCALL_API_ID: CONFIG.api_id, TAP_AIRCALL_API_TOKEN: CONFIG.api_token };

/** Never asked, because what is tested fails before any request, or needs none. */
const NOWHERE = { AIRCALL_API_URL: "http://127.0.0.1:1" };

const tap = (args: readonly string[], env = {}) => runProgram(["singer", ...args], env);

test("the short options are those of singer-python", async () => {
  using folder = temporaryFolder();
  await using aircall = await stillAccount({ account: SMALL });
  const env = quietly(aircall.url);
  const { stdout: catalog } = await tap(["-d"]);
  const config = folder.write("config.json", CONFIG);
  const properties = folder.write("properties.json", catalog);
  const first = new SingerTarget().takeAll((await tap(["-c", config, "-p", properties], env)).stdout);
  expect(first.records("users").length).toBeGreaterThan(0);
  const state = folder.write("state.json", first.state);
  const again = await tap(["-c", config, "-p", properties, "-s", state], env);
  expect(again).toMatchObject({ exitCode: 0, stderr: "" });
  expect(new SingerTarget().takeAll(again.stdout).records()).toEqual([]);
});

describe("a config", () => {
  test("may be in several files, of which the later override the earlier, property by property", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount({ account: SMALL });
    const files = [
      {
        ...CONFIG,
        api_token: "another token",
        advanced: { requests_per_minute: 0, personal_data: { names: "drop" } },
      },
      { api_token: CONFIG.api_token, "advanced.requests_per_minute": 90 },
    ];
    const args = files.flatMap((content, index) => ["--config", folder.write(`${index}.json`, content)]);
    const ended = await tap(args, quietly(aircall.url));
    expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
    const [user = {}] = new SingerTarget().takeAll(ended.stdout).records("users");
    expect(user).toHaveProperty("email");
    expect(user).not.toHaveProperty("name");
  });

  test("may be in the environment, which overrides the files", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount({ account: SMALL });
    const file = folder.write("config.json", { api_token: "another token" });
    const env = {
      ...quietly(aircall.url),
      ...VARIABLES,
      TAP_AIRCALL_START_DATE: "2026-01-31",
      TAP_AIRCALL_ADVANCED: '{"requests_per_minute": 0, "personal_data": {"emails": "drop"}}',
      TAP_AIRCALL_ADVANCED_REQUESTS_PER_MINUTE: "90",
      TAP_AIRCALL_ADVANCED_REREAD_CALLS_AFTER: "PT6H, P1D",
      TAP_AIRCALL_ADVANCED_PERSONAL_DATA_STREAMS: '["users"]',
    };
    const ended = await tap(["--config", "ENV", "--config", file], env);
    expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
    const [user = {}] = new SingerTarget().takeAll(ended.stdout).records("users");
    expect(user).toHaveProperty("name");
    expect(user).not.toHaveProperty("email");
  });

  test.each([
    ["TAP_AIRCALL_ADVANCED_REQUESTS_PER_MINUTE", "many", "advanced.requests_per_minute must be integer"],
    ["TAP_AIRCALL_ADVANCED", "many", "advanced must be object"],
    ["TAP_AIRCALL_ADVANCED_REREAD_CALLS_AFTER", "[1", "advanced.reread_calls_after must be array"],
  ])("in the environment is checked: %s=%s", async (variable, value, sentence) => {
    const { exitCode, stderr } = await tap(["--config", "ENV"], {
      ...NOWHERE,
      ...VARIABLES,
      [variable]: value,
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(sentence);
  });

  test.each(["PHONE_NUMBERS", "EMAILS", "NAMES", "HASH_KEY"])(
    "without the protection that the variable of %s asks for is refused, since Meltano may not have passed it on",
    async (name) => {
      using folder = temporaryFolder();
      const variable = `TAP_AIRCALL_ADVANCED_PERSONAL_DATA_${name}`;
      const args = ["--config", folder.write("config.json", CONFIG)];
      const { exitCode, stderr } = await tap(args, { ...NOWHERE, [variable]: "drop" });
      expect(exitCode).toBe(1);
      expect(stderr).toBe(
        `error: ${variable} is set, and the config has no advanced.personal_data.${name.toLowerCase()}: declare this setting in meltano.yml, set it in the config, or add --config ENV.\n`,
      );
    },
  );

  test("with a variable that is no setting's is refused where it would protect personal data, and reported elsewhere", async () => {
    using folder = temporaryFolder();
    const args = ["--config", folder.write("config.json", CONFIG), "--test=schema"];
    const refused = await tap(args, { TAP_AIRCALL_ADVANCED_PERSONAL_DATA_PHONE_NUMBER: "drop" });
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("_PHONE_NUMBER is set, and the tap has no such setting");
    const variables = {
      TAP_AIRCALL_ADVANCED_PAGE_SIZE: "5",
      TAP_AIRCALL__SELECT: "x",
      TAP_AIRCALL_EU_API_ID: "x",
    };
    const reported = await tap(args, variables);
    expect(reported).toMatchObject({
      exitCode: 0,
      stderr:
        "warn: TAP_AIRCALL_ADVANCED_PAGE_SIZE is set, and the tap has no such setting: tap-aircall --about names all.\n",
    });
  });

  test("without another setting that has a variable is reported", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount({ account: SMALL });
    const args = ["--config", folder.write("config.json", CONFIG), "--test"];
    const env = {
      ...quietly(aircall.url),
      TAP_AIRCALL_ADVANCED_REQUESTS_PER_MINUTE: "30",
      TAP_AIRCALL_API_ID: "x",
    };
    const { stderr } = await tap(args, env);
    expect(stderr).toMatch(
      /^warn: TAP_AIRCALL_ADVANCED_REQUESTS_PER_MINUTE is set, and the config has no advanced\./,
    );
    expect(stderr.match(/warn: /g)).toHaveLength(1);
  });
});

describe("--about", () => {
  test("prints what Meltano's SDK does, as JSON", async () => {
    const { stdout, exitCode } = await tap(["--about", "--format", "json"]);
    const about = JSON.parse(stdout);
    expect({ exitCode, keys: Object.keys(about) }).toEqual({
      exitCode: 0,
      keys: ["name", "description", "version", "capabilities", "settings"],
    });
    expect(about).toMatchObject({
      name: "tap-aircall",
      capabilities: ["sync", "catalog", "discover", "state", "about"],
      settings: { properties: { api_token: { secret: true } } },
    });
    expect((await tap(["--version"])).stdout).toBe(`${about.version}\n`);
  });

  test.each(["text", "markdown"])("names each setting as %s", async (format) => {
    const { stdout } = await tap(["--about", "--format", format]);
    expect(stdout).toContain("advanced.personal_data.phone_numbers");
    if (format === "text") expect(stdout).toContain("TAP_AIRCALL_ADVANCED_PERSONAL_DATA_PHONE_NUMBERS");
  });
});

describe("--test", () => {
  test("verifies the key and reads from each selected stream, and writes no message", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount({ account: SMALL });
    const catalog = { streams: [{ tap_stream_id: "tags" }, { tap_stream_id: "users" }] };
    const args = [
      "--config",
      folder.write("config.json", CONFIG),
      "--catalog",
      folder.write("c.json", catalog),
    ];
    expect(await tap([...args, "--test"], quietly(aircall.url))).toEqual({
      exitCode: 0,
      stdout: "",
      stderr: "tags: ok\nusers: ok\n",
    });
    aircall.faults.add({ match: "/v1/tags", kind: "status", status: 403, every: 1 });
    const refused = await tap([...args, "--test", "all"], quietly(aircall.url));
    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr).toMatch(
      /^tags: Aircall accepts the API key and yet refuses \/v1\/tags.*\nusers: ok\n$/,
    );
  });

  test("with schema prints the schemas, and sends no request", async () => {
    using folder = temporaryFolder();
    const args = ["--config", folder.write("config.json", CONFIG), "--test=schema"];
    const { stdout, exitCode } = await tap(args, NOWHERE);
    expect(exitCode).toBe(0);
    const target = new SingerTarget().takeAll(stdout);
    expect(target.messages.map(({ type }) => type)).toEqual(Array(9).fill("SCHEMA"));
  });
});
