import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/files.ts";
import { emulated, runProgram } from "../support/program.ts";
import { stillAccount } from "../support/still-account.ts";

/** As a supervisor sees a capture: it restarts after 1, and leaves one alone that ended with 78. */
describe("a capture that follows ends", () => {
  const NOWHERE = "http://127.0.0.1:1";
  const follow = (path: string) => ["capture", "--follow", "--to", path];

  test.each([
    ["no key", {}, /Set AIRCALL_API_ID and AIRCALL_API_TOKEN/],
    ["half a key", { AIRCALL_API_ID: "some-id" }, /Set AIRCALL_API_TOKEN/],
    ["an invalid API address", { ...emulated(NOWHERE), AIRCALL_API_URL: "nowhere" }, /AIRCALL_API_URL/],
  ])("with 78 with %s", async (_, env, sentence) => {
    using folder = temporaryFolder();
    const { exitCode, stderr } = await runProgram(follow(folder.file("a.duckdb")), env);
    expect(stderr).toMatch(sentence);
    expect(exitCode).toBe(78);
  });

  test("with 78 where the config file is not valid, or not there", async () => {
    using folder = temporaryFolder();
    const args = follow(folder.file("a.duckdb"));
    const invalid = folder.write("config.json", { api_id: "emulator-id", api_token: 7 });
    for (const config of [invalid, folder.file("none.json")])
      expect((await runProgram([...args, "--config", config])).exitCode).toBe(78);
  });

  test("with 78 where Aircall refuses the key, and a pass with 1", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount();
    const env = { ...emulated(aircall.url), AIRCALL_API_TOKEN: "another-token" };
    const args = follow(folder.file("a.duckdb"));
    expect((await runProgram(args, env)).exitCode).toBe(78);
    const pass = args.filter((arg) => arg !== "--follow");
    expect((await runProgram(pass, env)).exitCode).toBe(1);
  });

  test("with 1 where Aircall cannot be reached, or the file not be opened", async () => {
    using folder = temporaryFolder();
    expect((await runProgram(follow(folder.file("a.duckdb")), emulated(NOWHERE))).exitCode).toBe(1);
    folder.write("text.duckdb", "text");
    expect((await runProgram(follow(folder.file("text.duckdb")), emulated(NOWHERE))).exitCode).toBe(1);
  });
});
