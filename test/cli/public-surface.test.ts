import { describe, expect, test } from "vitest";
import { runProgram } from "../support/program.ts";

/** What people and programs see without an account. A changed snapshot is a changed promise. */
describe("the public surface", () => {
  test.each([
    "--help",
    "capture --help",
    "check --help",
    "discover --help",
    "spec --help",
    "demo --help",
    "emulator --help",
    "events --help",
    "events remove --help",
    "airbyte --help",
    "airbyte read --help",
    "singer --help",
    "spec",
    "discover",
  ])("source-aircall %s", async (line) => {
    const ended = await runProgram(line.split(" "), { COLUMNS: "100" });
    expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
    expect(ended.stdout).toMatchSnapshot();
  });
});
