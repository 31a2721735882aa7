import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { API_ID, API_TOKEN } from "../../emulator/index.ts";
import { askFile, temporaryFolder } from "../support/files.ts";
import { emulated, runProgram } from "../support/program.ts";
import { HASH_KEY } from "../support/secrets.ts";
import { stillAccount } from "../support/still-account.ts";
import { expectTruth } from "../support/truth.ts";

const KEY = { api_id: API_ID, api_token: API_TOKEN };
const ACCOUNT = { calls: 30, contacts: 60, users: 5 };

/** The environment of a capture from an emulator, without the key. */
function withoutKey(url: string): Record<string, string> {
  const { AIRCALL_API_ID: _id, AIRCALL_API_TOKEN: _token, ...others } = emulated(url);
  return others;
}

describe("with a config file, and no key in the environment", () => {
  test("check reads each stream", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount({ account: ACCOUNT });
    const args = ["check", "--config", folder.write("config.json", KEY)];
    const { exitCode, stdout, stderr } = await runProgram(args, withoutKey(aircall.url));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^webhooks +ok/m);
  });

  test("capture captures the account", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount({ account: ACCOUNT });
    const path = folder.file("a.duckdb");
    const args = ["capture", "--to", path, "--config", folder.write("config.json", KEY)];
    expect((await runProgram(args, withoutKey(aircall.url))).exitCode).toBe(0);
    await expectTruth(path, aircall, "calls");
    await expectTruth(path, aircall, "contacts");
  });

  test("capture leaves out and hashes personal data", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount({ account: ACCOUNT });
    const path = folder.file("a.duckdb");
    const personal_data = { phone_numbers: "drop", names: "drop", emails: "hash", hash_key: HASH_KEY };
    const config = folder.write("config.json", { ...KEY, advanced: { personal_data } });
    const streams = ["--streams", "calls,contacts"];
    const ended = await runProgram(
      ["capture", "--to", path, "--config", config, ...streams],
      withoutKey(aircall.url),
    );
    expect(ended.exitCode).toBe(0);
    const [found] = await askFile(
      path,
      `SELECT (SELECT count(*)::INTEGER FROM calls) AS calls,
        (SELECT count(raw_digits)::INTEGER FROM calls) AS numbers_of_calls,
        (SELECT count(*)::INTEGER FROM contacts) AS contacts,
        (SELECT count(first_name)::INTEGER FROM contacts) AS names,
        (SELECT count(*)::INTEGER FROM contacts WHERE emails::VARCHAR LIKE '%@%') AS emails,
        (SELECT count(*)::INTEGER FROM contacts WHERE phone_numbers::VARCHAR LIKE '%value%') AS numbers`,
    );
    const [calls, contacts] = [[...aircall.truth("calls")].length, [...aircall.truth("contacts")].length];
    expect(found).toEqual({ calls, numbers_of_calls: 0, contacts, names: 0, emails: 0, numbers: 0 });
    const people = JSON.stringify([...aircall.truth("contacts")]);
    expect(people).toMatch(/"first_name":"\w.*"value":"\+/);
  });

  test("capture keeps to the start date of the command line before that of the file", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount({ account: { calls: 300, days: 20 } });
    const path = folder.file("a.duckdb");
    const config = folder.write("config.json", { ...KEY, start_date: "2099-01-01T00:00:00Z" });
    const rows = [...aircall.truth("calls")] as { started_at: number }[];
    const day = new Date((rows[150]?.started_at ?? 0) * 1000).toISOString().slice(0, 10);
    const options = ["--streams", "calls", "--config", config];
    await runProgram(["capture", "--to", path, ...options, "--start-date", day], withoutKey(aircall.url));
    const [found] = await askFile(path, "SELECT count(*)::INTEGER AS calls FROM calls");
    const startSeconds = Date.parse(day) / 1000;
    expect(found).toEqual({ calls: rows.filter(({ started_at }) => started_at > startSeconds).length });
    const alone = await runProgram(["capture", "--to", path, ...options], withoutKey(aircall.url));
    expect(alone.exitCode).toBe(1);
    expect(alone.stderr).toMatch(/start_date/);
  });
});

describe("with a key in the environment", () => {
  test("the key of the config file is not used", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount({ account: ACCOUNT });
    const other = folder.write("config.json", { api_id: "another-id", api_token: "another-token" });
    const args = ["check", "--config", other, "--streams", "tags"];
    expect(await runProgram(args, emulated(aircall.url))).toMatchObject({ exitCode: 0 });
    expect(await runProgram(args, withoutKey(aircall.url))).toMatchObject({ exitCode: 1 });
  });
});

/** Never asked, because what is tested fails before any request. */
const NOWHERE = { AIRCALL_API_URL: "http://127.0.0.1:1", LOG_LEVEL: "debug" };

describe.each(["capture", "check"])("%s with a config file that it cannot use", (command) => {
  test.each<[string, unknown, RegExp]>([
    ["that is not there", undefined, /The config file .*config\.json cannot be read: it does not exist\./],
    ["that is not JSON", `{"api_token": "${API_TOKEN}",`, /The config file .*config\.json is not JSON\./],
    ["that is a list", [KEY], /The config file .*config\.json does not hold a JSON object\./],
    [
      "without an ID",
      { api_token: API_TOKEN },
      /Set AIRCALL_API_ID to your API key, or add api_id to .*json\./,
    ],
    [
      "with an empty token",
      { ...KEY, api_token: "" },
      /The endpoint config is not valid: api_token is empty\./,
    ],
    [
      "with a setting that there is not",
      { ...KEY, advanced: { personal_data: { phones: API_TOKEN } } },
      /advanced\.personal_data\.phones is not a property that there is/,
    ],
    [
      "with a hash key that is too short",
      { ...KEY, advanced: { personal_data: { names: "hash", hash_key: "short-secret" } } },
      /advanced\.personal_data\.hash_key must have 16 characters or more/,
    ],
    [
      "with no requests at all",
      { ...KEY, advanced: { requests_per_minute: 0 } },
      /advanced\.requests_per_minute must be >= 1/,
    ],
  ])("%s says why in one sentence, without a secret, and begins nothing", async (_, content, sentence) => {
    using folder = temporaryFolder();
    const to = folder.file("a.duckdb");
    const config = content === undefined ? folder.file("config.json") : folder.write("config.json", content);
    const args = [command, "--config", config, ...(command === "capture" ? ["--to", to] : [])];
    const { exitCode, stdout, stderr } = await runProgram(args, NOWHERE);
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    for (const secret of [API_ID, API_TOKEN, "short-secret"]) expect(stderr).not.toContain(secret);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(existsSync(to)).toBe(false);
  });
});
