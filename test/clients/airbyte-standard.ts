import { equal, notEqual } from "node:assert/strict";
import { execFile } from "node:child_process";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "../support/files.ts";
import { BUNDLE, emulated } from "../support/program.ts";
import { stillAccount } from "../support/still-account.ts";

const run = promisify(execFile);

const CONFIG = { api_id: "emulator-id", api_token: "emulator-token", start_date: "2023-01-01T00:00:00.000Z" };

const [VALID, INVALID] = [{ config_path: "config.json" }, { config_path: "invalid_config.json" }];

/** Every section that the standard tests read. */
const ACCEPTANCE_TESTS = {
  connector_image: "source-aircall",
  test_strictness_level: "high",
  acceptance_tests: {
    spec: { tests: [VALID] },
    connection: {
      tests: [
        { ...VALID, status: "succeed" },
        { ...INVALID, status: "failed" },
      ],
    },
    discovery: { tests: [VALID] },
    basic_read: { tests: [VALID] },
    full_refresh: { tests: [VALID] },
  },
};

/** Those of the image take a Docker daemon. */
const SELECTED = "not docker";

/** What a test warns of is to fail a later version of it. */
const WARNINGS = "error::airbyte_cdk.test.standard_tests.DiscoveredCatalogWarning";

/** Airbyte's standard tests run the bundle. */
export async function* airbyteStandard(python: string): AsyncGenerator<string> {
  using folder = temporaryFolder();
  await using aircall = await stillAccount({ account: { calls: 500, contacts: 100, tags: 60 } });
  const config = folder.write("config.json", CONFIG);
  folder.write("invalid_config.json", { ...CONFIG, api_token: "another-token" });
  // YAML takes JSON as it is.
  folder.write("acceptance-test-config.yml", ACCEPTANCE_TESTS);
  const env = {
    PATH: process.env.PATH,
    ...emulated(aircall.url),
    COMMAND: JSON.stringify([process.execPath, BUNDLE, "airbyte"]),
  };
  const file = new URL("airbyte_standard.py", import.meta.url).pathname;
  const args = [
    "-m",
    "pytest",
    "-p",
    "no:cacheprovider",
    "--tb=short",
    "-q",
    "-k",
    SELECTED,
    "-W",
    WARNINGS,
    file,
  ];
  const { stdout } = await run(python, args, { cwd: dirname(config), env, maxBuffer: 2 ** 26 }).catch(
    (error: Error & { stdout?: string }) => {
      throw new Error(`the standard tests failed:\n${error.stdout}`);
    },
  );
  const [, passed, skipped = "0"] = /(\d+) passed(?:, (\d+) skipped)?/.exec(stdout) ?? [];
  notEqual(Number(passed ?? 0), 0);
  equal(/failed|error/.test(stdout.trim().split("\n").at(-1) ?? ""), false);
  yield `Airbyte's standard tests: ${passed} passed, ${skipped} do not apply to a config that is to be refused`;
}
