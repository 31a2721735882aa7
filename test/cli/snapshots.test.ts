import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { expect, test, vi } from "vitest";
import { startEmulator } from "../../emulator/index.ts";
import { TestClock } from "../support/clock.ts";
import { askFile, temporaryFolder } from "../support/files.ts";
import { BUNDLE, emulated, runProgram, spawnProgram, startInTime } from "../support/program.ts";
import { stillAccount } from "../support/still-account.ts";
import { startReader } from "../support/store-process.ts";

test.each<[readonly string[], RegExp]>([
  [["--snapshot-every", "PT1M"], /--snapshot-every needs --snapshot\. /],
  [["--snapshot", "c.duckdb", "--snapshot-every", "PT1M"], /--snapshot-every needs --follow: /],
  [["--snapshot", "c.duckdb", "--follow", "--snapshot-every", "PT9S"], /It must be at least PT10S/],
  [["--snapshot", "c.duckdb", "--follow", "--snapshot-every", "10m"], /is not a duration such as PT5M/],
  [["--snapshot", "./a.duckdb"], /--snapshot names the file of --to\. /],
  [["--snapshot", ":memory:"], /'--snapshot <file>' argument ':memory:' is invalid/],
])("%j is refused as a command line", async (options, sentence) => {
  const ended = await runProgram(["capture", "--to", "a.duckdb", ...options]);
  expect(ended.stderr).toMatch(sentence);
  expect(ended.exitCode).toBe(2);
});

test("a pass leaves a copy of what it has captured", async () => {
  using folder = temporaryFolder();
  await using aircall = await stillAccount({ account: { calls: 20 } });
  const [path, copy] = [folder.file("a.duckdb"), folder.file("copy.duckdb")];
  const line = ["capture", "--to", path, "--streams", "calls", "--snapshot", copy];
  expect((await runProgram(line, emulated(aircall.url))).exitCode).toBe(0);
  const count = "SELECT count(*) AS calls FROM call_details";
  expect(await askFile(copy, count)).toEqual(await askFile(path, count));
});

test("another process reads what a capture that follows had captured at the last interval", async () => {
  using folder = temporaryFolder();
  const clock = new TestClock();
  const aircall = await startEmulator({ clock: clock.truth, limit: null, account: { calls: 5 } });
  const copy = folder.file("copy.duckdb");
  const line = [
    "capture",
    "--follow",
    "--to",
    folder.file("a.duckdb"),
    "--streams",
    "calls",
    "--snapshot",
    copy,
  ];
  const running = startInTime(clock, aircall)([...line, "--snapshot-every", "PT15M"], emulated(aircall.url));
  /** What the copy at the path answers, asked while time passes until the answer is no empty list. */
  const answer = (sql: string) =>
    clock.runWhile(
      vi.waitFor(async () => {
        expect(existsSync(copy)).toBe(true);
        const rows = await askFile(copy, sql, "READ_ONLY");
        expect(rows).not.toEqual([]);
        return rows;
      }, 10_000),
    );
  await answer("SELECT * FROM calls");
  const reader = startReader(copy);
  const first = await reader.answer();
  const id = aircall.account.calls.ring({ direction: "inbound" });
  expect(await answer(`SELECT direction FROM call_details WHERE call_id = ${id}`)).toEqual([
    { direction: "inbound" },
  ]);
  expect(await reader.answer()).toBe(first);
  reader.stop();

  writeFileSync(`${copy}.wal`, "");
  await clock.runWhile(running.shows("copy.duckdb is not replaced, because a program has written into it"));
  await rm(`${copy}.wal`);
  const [kept] = await answer("SELECT epoch_ms(taken_at) AS taken FROM source_aircall.snapshot");
  await answer(`FROM source_aircall.snapshot WHERE epoch_ms(taken_at) > ${kept?.taken}`);
  running.stop();
  const { exitCode, stderr } = await clock.runWhile(running.ended);
  expect(exitCode).toBe(0);
  expect(stderr.match(/is not replaced/g)).toHaveLength(1);
  expect(readdirSync(folder.file("")).sort()).toEqual(["a.duckdb", "copy.duckdb"]);
  await aircall.close();
});

test("a kill leaves the last copy, and the next run removes the half of another", async () => {
  using folder = temporaryFolder();
  await using aircall = await stillAccount({ account: { calls: 20 } });
  const [path, copy] = [folder.file("a.duckdb"), folder.file("copy.duckdb")];
  const line = ["capture", "--to", path, "--streams", "calls", "--snapshot", copy];
  const running = spawnProgram([...line, "--follow"], emulated(aircall.url));
  await vi.waitFor(() => expect(existsSync(copy)).toBe(true), 10_000);
  running.kill();
  await running.ended;
  expect(await askFile(copy, "SELECT count(*) AS copies FROM source_aircall.snapshot")).toEqual([
    { copies: "1" },
  ]);
  writeFileSync(`${copy}.source-aircall-part`, "half");
  expect((await runProgram(line, emulated(aircall.url))).exitCode).toBe(0);
  expect(readdirSync(folder.file("")).sort()).toEqual(["a.duckdb", "copy.duckdb"]);
});

/** Whether this system lets a process have a small disk of its own. */
const SMALL_DISK = 'mount -t tmpfs -o size=300k none "$0" && exec "$@"';
const hasSmallDisk = spawnSync("unshare", ["-rm", "sh", "-c", SMALL_DISK, "/mnt", "true"]).status === 0;

test.skipIf(!hasSmallDisk)("a full disk is reported, and the capture goes on", async () => {
  using folder = temporaryFolder();
  await using aircall = await stillAccount({ account: { calls: 20 } });
  const disk = folder.file("");
  using other = temporaryFolder();
  const path = other.file("a.duckdb");
  const line = [
    "capture",
    "--follow",
    "--to",
    path,
    "--streams",
    "calls",
    "--snapshot",
    folder.file("copy.duckdb"),
  ];
  const cramped = ["unshare", "-rm", "sh", "-c", SMALL_DISK, disk, process.execPath, BUNDLE];
  const running = spawnProgram(line, emulated(aircall.url), cramped);
  await running.shows(
    "copy.duckdb could not be made (ENOSPC: no space left on device, write); free some disk space. The copy is tried again.",
  );
  await running.shows("calls: ");
  running.stop();
  const { exitCode, stderr } = await running.ended;
  expect(stderr).not.toContain("defect");
  expect(exitCode).toBe(0);
  expect(await askFile(path, "SELECT count(*) AS calls FROM calls")).toEqual([
    { calls: String([...aircall.truth("calls")].length) },
  ]);
});
