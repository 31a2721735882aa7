import { expect, test } from "vitest";
import { isDeep } from "../support/draws.ts";
import { askFile, temporaryFolder } from "../support/files.ts";
import { runProgram, spawnProgram, startProgram } from "../support/program.ts";

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

test.runIf(isDeep)("the demo that follows shows how long after each change it is in the file", async () => {
  using folder = temporaryFolder();
  const path = folder.file("a.duckdb");
  const running = startProgram(["demo", "--follow", "--to", path, "--calls-per-minute", "20"]);
  await running.shows("  messages msg-");
  running.stop();
  const { exitCode, stdout, stderr } = await running.ended;
  expect(exitCode).toBe(0);
  expect(stderr).not.toMatch(/^(warn|error)/m);
  expect(stderr).toContain("events: Events are received.");
  const shown = [...stdout.matchAll(/^ +([\d.]+) s {2}\d\d:\d\d:\d\d {2}(message\.\S+) +messages (\S+)$/gm)];
  const [, seconds, event, id] = shown[0] ?? [];
  expect(Number(seconds)).toBeLessThan(30);
  expect(stdout).toMatch(new RegExp(`^${event} +\\d+( +[\\d.]+ s){3}$`, "m"));
  expect(stdout).toMatch(/^all +\d+( +[\d.]+ s){3}$/m);
  const rows = await askFile(path, `SELECT id FROM messages WHERE id = '${id}'`);
  expect(rows).toEqual([{ id }]);
});

test("an option of the demo that follows is refused without --follow", async () => {
  const ended = await runProgram(["demo", "--calls-per-minute", "5"]);
  expect(ended).toMatchObject({ exitCode: 2, stdout: "" });
  expect(ended.stderr).toMatch(/^error: --calls-per-minute needs --follow\./);
});
