import { expect, test } from "vitest";
import { draws } from "../support/draws.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/files.ts";
import { BUNDLE, emulated, spawnProgram } from "../support/program.ts";
import { CONFIG } from "../support/singer.ts";
import { stillAccount } from "../support/still-account.ts";
import { expectTruth } from "../support/truth.ts";

/** Runs the program with a standard error whose reader takes one line and goes away. */
const ONE_LINE = ["bash", "-c", 'exec "$0" "$@" 2> >(head -n 1 >/dev/null)', process.execPath, BUNDLE];

const configIn = (folder: TemporaryFolder) => ["--config", folder.write("config.json", CONFIG)];

const COMMANDS: [string, (folder: TemporaryFolder) => string[]][] = [
  ["capture --json", (folder) => ["capture", "--to", folder.file("a.duckdb"), "--json"]],
  ["capture", (folder) => ["capture", "--to", folder.file("a.duckdb")]],
  ["singer", (folder) => ["singer", ...configIn(folder)]],
  ["check", () => ["check"]],
];

test.each(COMMANDS.slice(0, draws(1, COMMANDS.length)))(
  "K3: %s goes on when the reader of standard error has gone away",
  async (name, args) => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount();
    const env = { ...emulated(aircall.url), LOG_LEVEL: "debug" };
    const ended = await spawnProgram(args(folder), env, ONE_LINE).ended;
    expect(ended.exitCode).toBe(0);
    if (name.startsWith("capture")) await expectTruth(folder.file("a.duckdb"), aircall, "calls");
  },
);
