import { chmodSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { draws, isDeep } from "../support/draws.ts";
import { temporaryFolder } from "../support/files.ts";
import { BUNDLE, emulated, runProgram, spawnProgram } from "../support/program.ts";
import { stillAccount } from "../support/still-account.ts";

const CREDENTIALS = { AIRCALL_API_ID: "some-id", AIRCALL_API_TOKEN: "some-secret-token" };

describe("a target that is no file is refused before anything is made or asked", () => {
  test.each([
    ["", /It is empty\. Name a file/],
    ["  ", /It is empty\. Name a file/],
    [":memory:", /A capture into memory would be lost when it ends\. Name a file/],
    [":memory:aircall", /A capture into memory would be lost/],
    [
      "md:aircall",
      /Only DuckDB files on this machine are supported, .* A file of that name is \.\/md:aircall\./,
    ],
    ["motherduck:aircall", /Only DuckDB files on this machine/],
    ["postgres:aircall", /Only DuckDB files on this machine/],
    ["s3://bucket/aircall.duckdb", /Only DuckDB files on this machine/],
    ["file:///tmp/aircall.duckdb", /Only DuckDB files on this machine/],
    ["sqlite:aircall.db", /Only DuckDB files on this machine/],
    ["-", /cannot be written to standard output/],
    ["~/aircall.duckdb", /Write \$HOME in its place/],
    ["~ada/aircall.duckdb", /Write \$HOME in its place/],
    [".", /It is a folder\. Name a file in it/],
    ["nowhere/", /It is a folder\. Name a file in it/],
    ["/dev/null", /It is a device or a pipe/],
  ])("%j", async (target, sentence) => {
    using folder = temporaryFolder();
    const bundle = [process.execPath, "--eval", RUN_IN, BUNDLE, folder.file("")];
    for (const command of isDeep ? ["capture", "demo"] : ["capture"]) {
      const ended = await spawnProgram([command, "--to", target], CREDENTIALS, bundle).ended;
      expect(ended.stderr).toMatch(
        /^error: (option '--to <\w+>' argument '.*'|the address of option '--to <\w+>') is invalid\. /,
      );
      expect(ended.stderr).toMatch(sentence);
      expect(ended.exitCode).toBe(2);
    }
    expect(readdirSync(folder.file(""))).toEqual([]);
  });

  test.each(["aircall.duckdb", "sub folder/é.db", "./md:aircall", "./~file", "a:b/c"])(
    "and %j is one",
    async (name) => {
      using folder = temporaryFolder();
      const ended = await runProgram(["capture", "--to", join(folder.file(""), name)], {});
      expect(ended.stderr).toMatch(/Set AIRCALL_API_ID/);
      expect(ended.exitCode).toBe(1);
    },
  );
});

/** Runs the bundle that the first argument names in the folder that the second one names. */
const RUN_IN = `
  const [bundle, folder, ...args] = process.argv.slice(1);
  process.chdir(folder);
  process.argv.splice(1, process.argv.length, bundle, ...args);
  require(bundle);`;

describe("the files of a capture", () => {
  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

  const UMASKS: [umask: string, mode: string][] = [
    ["000", "600"],
    ["277", "400"],
    ["022", "600"],
  ];

  test.each(UMASKS.slice(0, draws(1, UMASKS.length)))(
    "are for their owner alone with the umask %s",
    async (umask, mode) => {
      using folder = temporaryFolder();
      await using aircall = await stillAccount();
      const path = folder.file("a.duckdb");
      const shell = ["sh", "-c", `umask ${umask}; exec "$0" "$@"`, process.execPath, BUNDLE];
      const running = spawnProgram(["capture", "--follow", "--to", path], emulated(aircall.url), shell);
      await running.shows("calls: ");
      expect(modeOf(path)).toBe(mode);
      expect(modeOf(`${path}.wal`)).toBe(mode);
      running.kill();
      await running.ended;
    },
  );

  test("keep the mode that they have", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount({ account: { calls: 5 } });
    const path = folder.file("a.duckdb");
    const capture = ["capture", "--streams", "tags", "--to", path];
    await spawnProgram(capture, emulated(aircall.url)).ended;
    chmodSync(path, 0o640);
    aircall.account.tags.remove(([...aircall.truth("tags")] as { id: number }[])[0]?.id ?? 0);
    await spawnProgram(capture, emulated(aircall.url)).ended;
    expect(modeOf(path)).toBe("640");
  });
});
