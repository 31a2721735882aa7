import { expect, test } from "vitest";
import { temporaryFolder } from "../support/files.ts";
import { runProgram, spawnProgram } from "../support/program.ts";

test("the demo captures a whole account, answers questions about it, and resumes", async () => {
  using folder = temporaryFolder();
  const first = await runProgram(["demo", "--to", folder.file("a.duckdb")]);
  expect(first).toMatchObject({ exitCode: 0 });
  expect(first.stdout).toMatch(/Captured 3,\d{3} documents with \d+ requests/);
  expect(first.stdout).toMatch(/Calls a day, the last two weeks[\s\S]*\w{3} \d\d \w{3} █+░* \d+ \+ \d+/);
  const again = await runProgram(["demo", "--to", folder.file("a.duckdb")]);
  expect(again).toMatchObject({ exitCode: 0 });
  expect(again.stdout).toMatch(
    /Resumed .*: 3,\d{3} rows from earlier runs, nothing captured twice; \d new, \d+ changed, \d deleted/,
  );
});

test("an emulator tells how to capture it, and ends when it is asked to", async () => {
  const running = spawnProgram(["emulator", "--port", "0", "--calls", "100"]);
  await running.shows("source-aircall capture --to emulated.duckdb");
  running.process.kill("SIGTERM");
  expect((await running.ended).exitCode).toBe(0);
});
