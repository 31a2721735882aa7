import { existsSync } from "node:fs";
import { chmod, copyFile, link, mkdir, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import type { Snapshots, Store } from "../../src/local/store/index.ts";
import { newFile, runSql } from "../support/duckdb.ts";
import { askFile } from "../support/files.ts";
import { startReader } from "../support/store-process.ts";
import { calls, openCalls, present } from "../support/stored-calls.ts";

const NOW = Date.UTC(2026, 10, 24, 11, 15, 3);
const never = new AbortController().signal;

/** A store with a call, and where its copies go. */
async function opened(): Promise<{ store: Store; path: string; copy: string; snapshots: Snapshots }> {
  const path = newFile();
  const copy = newFile("copy.duckdb");
  const store = await openCalls(path);
  await store.commit([calls([present({ id: 1, status: "first" })], { round: 1 })]);
  return { store, path, copy, snapshots: await snapshotsOf(store, copy) };
}

async function snapshotsOf(store: Store, copy: string): Promise<Snapshots> {
  const snapshots = await store.snapshotsAt?.(copy);
  if (snapshots === undefined) throw new Error("the store has no snapshots");
  return snapshots;
}

const round = (number: number, from = 0) =>
  calls(
    Array.from({ length: 200 }, (_, index) =>
      present({ id: from + index, duration: number, status: "x".repeat(500) }),
    ),
    { round: number },
  );

describe("a copy of an open file", () => {
  test("has what is committed, with its state, and says when it was made", async () => {
    const { store, path, copy, snapshots } = await opened();
    await snapshots.take(NOW, never);
    expect(await askFile(copy, "SELECT id, status FROM calls")).toEqual([{ id: "1", status: "first" }]);
    expect(await askFile(copy, "SELECT value FROM source_aircall.state")).toEqual([{ value: "1" }]);
    expect(await askFile(copy, "SELECT taken_at FROM source_aircall.snapshot")).toEqual([
      { taken_at: "2026-11-24 11:15:03+00" },
    ]);
    // Reading the file to copy it must not release DuckDB's lock.
    const reader = startReader(path);
    expect(await reader.answer()).toMatch(/Conflicting lock|Could not set lock/);
    reader.stop();
    await store.close();
  });

  test("is of one moment and whole, whatever is committed while it is made", async () => {
    const { store, copy, snapshots } = await opened();
    let number = 1;
    let isTaken = false;
    const taken = (async () => {
      for (let copies = 0; copies < 6; copies++) {
        await snapshots.take(NOW, never);
        const [row] = await askFile(
          copy,
          `SELECT count(*) AS rows, count(DISTINCT id) AS ids, max(duration) AS latest, sum((duration = value::INTEGER)::INTEGER) AS of_state
             FROM calls, source_aircall.state WHERE path LIKE '%round%' AND status <> 'first'`,
        );
        if (row?.latest === null) continue;
        expect(row?.ids).toBe(row?.rows);
        expect(row?.of_state).toBe("200");
      }
      isTaken = true;
    })();
    while (!isTaken) await store.commit([round(++number, number * 20)]);
    await taken;
    expect(number).toBeGreaterThan(6);
    await store.close();
  });

  test("takes the place of the last one in one step, which a reader keeps until it opens the path again", async () => {
    const { store, copy, snapshots } = await opened();
    await snapshots.take(NOW, never);
    const reader = startReader(copy);
    expect(await reader.answer()).toBe("first");
    await store.commit([calls([present({ id: 1, status: "second" })])]);
    await snapshots.take(NOW, never);
    expect(await reader.answer()).toBe("first");
    reader.stop();
    const again = startReader(copy);
    expect(await again.answer()).toBe("second");
    again.stop();
    expect(await readdir(dirname(copy))).toEqual(["copy.duckdb"]);
    await store.close();
  });

  test("is for its owner alone, and keeps the mode that the last one has", async () => {
    const { store, copy, snapshots } = await opened();
    await snapshots.take(NOW, never);
    expect((await stat(copy)).mode & 0o777).toBe(0o600);
    await chmod(copy, 0o644);
    await snapshots.take(NOW, never);
    expect((await stat(copy)).mode & 0o777).toBe(0o644);
    await store.close();
  });

  test("is a backup: a capture goes on from it", async () => {
    const { store, copy, snapshots } = await opened();
    await snapshots.take(NOW, never);
    await store.close();
    const restored = await openCalls(copy);
    expect(restored.state).toEqual({ bindingStateV1: { calls: { round: 1 } } });
    await restored.commit([calls([present({ id: 2 })])]);
    await restored.close();
    expect(await askFile(copy, "SELECT count(*) AS calls FROM calls")).toEqual([{ calls: "2" }]);
  });

  test("is not replaced by a copy of another file, and is by one of the file that was restored from it", async () => {
    const { store, path, copy, snapshots } = await opened();
    await snapshots.take(NOW, never);
    await store.close();
    await rm(path);
    const empty = await openCalls(path);
    await expect(snapshotsOf(empty, copy)).rejects.toThrow(/of the same file; move it away/);
    await empty.close();
    expect(await askFile(copy, "SELECT status FROM calls")).toEqual([{ status: "first" }]);
    await copyFile(copy, path);
    const restored = await openCalls(path);
    await restored.commit([calls([present({ id: 1, status: "second" })])]);
    await (await snapshotsOf(restored, copy)).take(NOW, never);
    await restored.close();
    expect(await askFile(copy, "SELECT status FROM calls")).toEqual([{ status: "second" }]);
  });

  test("leaves no half of itself behind: not when it is stopped, nor after a process was killed", async () => {
    const { store, copy, snapshots } = await opened();
    await snapshots.take(NOW, never);
    await store.commit([calls([present({ id: 1, status: "second" })])]);
    await expect(snapshots.take(NOW, AbortSignal.abort(new Error("stopped")))).rejects.toThrow("stopped");
    expect(await askFile(copy, "SELECT status FROM calls")).toEqual([{ status: "first" }]);
    await writeFile(`${copy}.source-aircall-part`, "half");
    await snapshotsOf(store, copy);
    expect(await readdir(dirname(copy))).toEqual(["copy.duckdb"]);
    await store.close();
  });
});

describe("a copy is not made", () => {
  test("over a file that is not a copy, nor beside a log, and the capture goes on", async () => {
    const path = newFile();
    const store = await openCalls(path);
    const cases: [(copy: string) => Promise<unknown>, RegExp][] = [
      [
        (copy) => writeFile(copy, "text"),
        /copy\.duckdb is not a copy that source-aircall has made there of the same file; move it away/,
      ],
      [
        (copy) => runSql(copy, "CREATE TABLE mine (id INTEGER)"),
        /is not a copy that source-aircall has made/,
      ],
      [async (copy) => (await openCalls(copy)).close(), /is not a copy that source-aircall has made/],
      [(copy) => mkdir(copy), /is not a copy that source-aircall has made/],
      [(copy) => link(path, copy), /copy\.duckdb is the file of the capture; choose another/],
      [(copy) => symlink(path, copy), /copy\.duckdb is the file of the capture; choose another/],
      [
        (copy) => writeFile(`${copy}.wal`, ""),
        /is not replaced, because a program has written into it: .*\.wal is there/,
      ],
      [
        (copy) => rm(dirname(copy), { recursive: true }),
        /cannot be made because there is no folder .*; create it first/,
      ],
    ];
    for (const [prepare, sentence] of cases) {
      const copy = `${newFile("folder")}/copy.duckdb`;
      await mkdir(dirname(copy));
      await prepare(copy);
      await expect(store.snapshotsAt?.(copy)).rejects.toThrow(sentence);
    }
    await store.commit([calls([present({ id: 1 })])]);
    const reader = startReader(path);
    expect(await reader.answer()).toMatch(/Could not set lock/);
    reader.stop();
    await store.close();
    expect(await askFile(path, "SELECT count(*) AS calls FROM calls")).toEqual([{ calls: "1" }]);
  });

  test("where it would be a file of the capture: its log, its temporary folder, or the capture itself as the draft of a copy", async () => {
    const copy = newFile("copy.duckdb");
    const path = `${copy}.source-aircall-part`;
    const store = await openCalls(path);
    await store.commit([calls([present({ id: 1 })])]);
    for (const place of [`${path}.wal`, `${path}.tmp`, copy])
      await expect(store.snapshotsAt?.(place)).rejects.toThrow(
        /or its draft is a file of the capture; choose another/,
      );
    await store.close();
    expect(await askFile(path, "SELECT count(*) AS calls FROM calls")).toEqual([{ calls: "1" }]);
  });

  test("over one that another process has locked since the last run, and is once the lock is gone", async () => {
    const { store, copy, snapshots } = await opened();
    await snapshots.take(NOW, never);
    const again = await snapshotsOf(store, copy);
    const writer = startReader(copy, "READ_WRITE");
    expect(await writer.answer()).toBe("first");
    // What this process has put there itself need not be looked at.
    await snapshots.take(NOW, never);
    expect(existsSync(copy)).toBe(true);
    const other = startReader(copy, "READ_WRITE");
    expect(await other.answer()).toBe("first");
    await expect(again.take(NOW, never)).rejects.toThrow(
      /copy\.duckdb is not replaced, because another process \(pid \d+\) has it open for writing; close it/,
    );
    writer.stop();
    other.stop();
    await other.ended;
    await again.take(NOW, never);
    await store.close();
  });
});
