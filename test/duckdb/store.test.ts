import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { isDeep } from "../support/draws.ts";
import { columnTypes, newFile, readObjects } from "../support/duckdb.ts";
import { askFile } from "../support/files.ts";
import { WRITER } from "../support/store-process.ts";
import { calls, callsState, openCalls, present } from "../support/stored-calls.ts";

async function stored(...transactions: ReturnType<typeof present>[][]): Promise<string> {
  const path = newFile();
  const store = await openCalls(path);
  for (const documents of transactions) await store.commit([calls(documents)]);
  await store.close();
  return path;
}

it("has a column of the fitting type for each field, and JSON text where none fits", async () => {
  const path = await stored(
    [present({ id: 1, duration: 12, status: "done", archived: true, user: { name: "Ada" }, cost: 2 })],
    [present({ id: 2, duration: 0.5, status: 7, archived: "no" })],
  );
  expect(await columnTypes(path, "calls")).toEqual({
    id: "BIGINT",
    status: "JSON",
    duration: "DOUBLE",
    cost: "DOUBLE",
    archived: "JSON",
    user: "JSON",
    mixed: "JSON",
  });
  expect(await askFile(path, "SELECT * FROM calls ORDER BY id")).toEqual([
    {
      id: "1",
      status: '"done"',
      duration: 12,
      cost: 2,
      archived: "true",
      user: '{"name":"Ada"}',
      mixed: null,
    },
    { id: "2", status: "7", duration: 0.5, cost: null, archived: '"no"', user: null, mixed: null },
  ]);
});

it("writes numbers of a column that is widened to JSON as they were written", async () => {
  const path = await stored(
    [present({ id: 1, duration: 12 }), present({ id: 2, duration: 0.5 })],
    [present({ id: 3, duration: "long" })],
  );
  expect(await askFile(path, "SELECT duration FROM calls ORDER BY id")).toEqual([
    { duration: "12" },
    { duration: "0.5" },
    { duration: '"long"' },
  ]);
});

it("keeps U+0000 in a text", async () => {
  const path = await stored([present({ id: 1, status: "a\0b", user: { name: "\0" } })]);
  expect(await readObjects(path, "calls")).toEqual([{ id: 1, status: "a\0b", user: { name: "\0" } }]);
});

it("keeps the state in rows of a path and a value", async () => {
  const path = newFile();
  const store = await openCalls(path);
  await store.commit([calls([], { rungs: { 1800: 5 }, open: {} })]);
  await store.close();
  expect(await askFile(path, "SELECT * FROM source_aircall.state ORDER BY path")).toEqual([
    { path: '["bindingStateV1","calls","open"]', value: "{}" },
    { path: '["bindingStateV1","calls","rungs","1800"]', value: "5" },
  ]);
});

it("leaves no log beside a file that was closed", async () => {
  const path = await stored([present({ id: 1 })]);
  expect(existsSync(`${path}.wal`)).toBe(false);
});

/** Of 512 bytes, as `ulimit -f` counts them in a POSIX shell. */
const FILE_SIZE_LIMIT = 8_000;

it.runIf(isDeep)("says that the disk is full, and keeps what was committed before", async () => {
  const path = newFile();
  // With the signal ignored, a file that would grow too large is an error of writing, as a full disk is.
  const cramped = `trap '' XFSZ; ulimit -f ${FILE_SIZE_LIMIT}; exec "$0" "$@"`;
  const child = spawn("sh", ["-c", cramped, process.execPath, WRITER, path, "commit"]);
  const [rounds, complaint] = await Promise.all([child.stdout.toArray(), child.stderr.toArray()]);
  expect(complaint.join("")).toMatch(
    /calls\.duckdb could not be written .*; free some disk space and run again, which goes on from what is saved\.\n$/,
  );
  const confirmed = Math.max(...rounds.join("").split("\n").map(Number).filter(Number.isInteger));
  const store = await openCalls(path);
  const round = Number(callsState(store).round);
  expect(round).toBeGreaterThanOrEqual(confirmed);
  expect(await store.rowCounts()).toEqual(new Map([["calls", round + 199]]));
  await store.close();
});

it("says what to do about any other fault", async () => {
  const store = await openCalls(newFile());
  await store.close();
  await expect(store.commit([calls([present({ id: 1 })])])).rejects.toThrow(
    /calls\.duckdb could not be written \(.+\); fix the cause above and run again, which goes on from what is saved\.$/,
  );
});
