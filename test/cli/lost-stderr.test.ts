import { expect, test } from "vitest";
import { type TemporaryFolder, temporaryFolder } from "../support/files.ts";
import { BUNDLE, emulated, spawnProgram } from "../support/program.ts";
import { CONFIG } from "../support/singer.ts";
import { stillAccount } from "../support/still-account.ts";
import { expectTruth } from "../support/truth.ts";

/** Runs the program with a standard error whose reader takes one line and goes away. */
const ONE_LINE = ["bash", "-c", 'exec "$0" "$@" 2> >(head -n 1 >/dev/null)', process.execPath, BUNDLE];

const configIn = (folder: TemporaryFolder) => ["--config", folder.write("config.json", CONFIG)];

test.each<[string, (folder: TemporaryFolder) => string[]]>([
  ["capture", (folder) => ["capture", "--to", folder.file("a.duckdb")]],
  ["capture --json", (folder) => ["capture", "--to", folder.file("a.duckdb"), "--json"]],
  ["singer", (folder) => ["singer", ...configIn(folder)]],
  ["check", () => ["check"]],
])("K3: %s goes on when the reader of standard error has gone away", async (name, args) => {
  using folder = temporaryFolder();
  await using aircall = await stillAccount();
  const env = { ...emulated(aircall.url), LOG_LEVEL: "debug" };
  const ended = await spawnProgram(args(folder), env, ONE_LINE).ended;
  expect(ended.exitCode).toBe(0);
  if (name.startsWith("capture")) await expectTruth(folder.file("a.duckdb"), aircall, "calls");
});
