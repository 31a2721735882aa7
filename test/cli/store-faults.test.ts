import { rmSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { startEmulator } from "../../emulator/index.ts";
import { TestClock } from "../support/clock.ts";
import { draws } from "../support/draws.ts";
import { newFile } from "../support/duckdb.ts";
import { askFile, temporaryFolder } from "../support/files.ts";
import { BUNDLE, emulated, runProgram, spawnProgram, startInTime } from "../support/program.ts";
import { stillAccount } from "../support/still-account.ts";

const MINUTE_MS = 60_000;

/** Follows an account until something happens to its file, and then until the next commit. */
async function followed(happens: (path: string) => Promise<unknown>) {
  const clock = new TestClock();
  const aircall = await startEmulator({ clock: clock.truth, limit: null });
  const path = join(dirname(newFile()), "folder", "sub.duckdb");
  await mkdir(dirname(path));
  const start = startInTime(clock, aircall);
  const running = start(["capture", "--follow", "--streams", "calls", "--to", path], emulated(aircall.url));
  await clock.runWhile(running.shows("calls: "));
  await clock.runUntil(clock.now() + 10 * MINUTE_MS);
  await happens(path);
  aircall.account.calls.ring({ direction: "inbound" });
  const ended = await clock.runWhile(running.ended);
  await aircall.close();
  return ended;
}

describe("capture --follow ends with 1 and a sentence, within one commit, when its file", () => {
  test.each<[string, (path: string) => Promise<unknown>, RegExp]>([
    ["was removed", (path) => rm(path), /sub\.duckdb was removed while it was open; /],
    [
      "was removed with its log",
      (path) => Promise.all([rm(path), rm(`${path}.wal`, { force: true })]),
      /was removed while it was open; /,
    ],
    ["lost its folder", (path) => rm(dirname(path), { recursive: true }), /was removed while it was open; /],
    ["was renamed", (path) => rename(path, `${path}.old`), /was removed while it was open; /],
    [
      "was replaced by another file",
      async (path) => {
        await writeFile(`${path}.new`, "text");
        await rename(`${path}.new`, path);
      },
      /was replaced or changed by another program while it was open; /,
    ],
    [
      "was emptied",
      (path) => writeFile(path, ""),
      /was replaced or changed by another program while it was open; /,
    ],
  ])("%s", async (_, happens, sentence) => {
    const { exitCode, stderr } = await followed(happens);
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/defect|^\s+at /m);
    expect(exitCode).toBe(1);
  });

  test("can be written no further, and nothing that was saved is lost", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount({ account: { calls: draws(6_000, 20_000) } });
    const path = folder.file("a.duckdb");
    // With the signal ignored, a file that would grow too large is an error of writing, as a full disk is.
    const cramped = ["sh", "-c", `trap '' XFSZ; ulimit -f 3000; exec "$0" "$@"`, process.execPath, BUNDLE];
    const full = await spawnProgram(["capture", "--follow", "--to", path], emulated(aircall.url), cramped)
      .ended;
    expect(full.stderr).toMatch(
      /a\.duckdb could not be written .*; free some disk space and run again, which goes on/,
    );
    expect(full.exitCode).toBe(1);
    const [saved] = await askFile(path, "SELECT count(*) AS calls FROM calls");
    expect((await runProgram(["capture", "--to", path], emulated(aircall.url))).exitCode).toBe(0);
    const [whole] = await askFile(path, "SELECT count(*) AS calls, count(DISTINCT id) AS ids FROM calls");
    expect(Number(whole?.calls)).toBeGreaterThan(Number(saved?.calls));
    expect(whole?.calls).toBe(whole?.ids);
  });

  test("has no place for its log", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount();
    const path = folder.file("a.duckdb");
    expect(
      (await runProgram(["capture", "--streams", "tags", "--to", path], emulated(aircall.url))).exitCode,
    ).toBe(0);
    await mkdir(`${path}.wal`);
    const ended = await spawnProgram(["capture", "--follow", "--to", path], emulated(aircall.url)).ended;
    expect(ended.stderr).toMatch(
      /^error: .*a\.duckdb (cannot be opened|could not be written|cannot be used) .*\.$/m,
    );
    expect(ended.exitCode).toBe(1);
  });
});

test("a pass whose file was removed before its end does not report rows in it", async () => {
  using folder = temporaryFolder();
  await using aircall = await stillAccount();
  const path = folder.file("a.duckdb");
  await runProgram(["capture", "--streams", "tags", "--to", path], emulated(aircall.url));
  // Nothing has changed, so that nothing is committed.
  aircall.faults.add({ kind: "edit", match: "/v1/tags", nth: 1, edit: () => rmSync(path) });
  const ended = await runProgram(["capture", "--streams", "tags", "--to", path], emulated(aircall.url));
  expect(ended.stderr).toMatch(/was removed while it was open/);
  expect(ended.exitCode).toBe(1);
});
