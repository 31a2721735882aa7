import { once } from "node:events";
import { copyFile, rename, rm, stat } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { isDeep } from "../support/draws.ts";
import { newFile, runSql } from "../support/duckdb.ts";
import { startWriter } from "../support/store-process.ts";
import { calls, callsState, openCalls, present, refusal } from "../support/stored-calls.ts";

/** Commits a few rounds into the file and is killed, so that they are only in the log. */
async function commitAndKill(path: string): Promise<void> {
  const writer = startWriter(path, "commit");
  let rounds = 0;
  writer.stdout.on("data", (chunk) => {
    rounds += String(chunk).split("\n").length - 1;
    if (rounds > 3) writer.kill("SIGKILL");
  });
  await once(writer, "close");
  expect((await stat(`${path}.wal`)).size).toBeGreaterThan(0);
}

async function roundOf(path: string): Promise<number> {
  const store = await openCalls(path);
  const round = Number(callsState(store).round ?? 0);
  expect(await store.rowCounts()).toEqual(new Map([["calls", round === 0 ? 0 : round + 199]]));
  await store.close();
  return round;
}

describe("a log that a killed run has left", () => {
  it("is written to its file, whose rows and state go together", async () => {
    const path = newFile();
    await (await openCalls(path)).close();
    await commitAndKill(path);
    expect(await roundOf(path)).toBeGreaterThan(0);
    await expect(stat(`${path}.wal`)).rejects.toThrow("ENOENT");
  });

  it.runIf(isDeep)("is refused beside a backup of its file, with advice that works", async () => {
    const path = newFile();
    await (await openCalls(path)).close();
    await commitAndKill(path);
    const backedUp = await roundOf(path);
    await copyFile(path, `${path}.backup`);
    await commitAndKill(path);
    await roundOf(path);
    await commitAndKill(path);
    await rename(path, `${path}.later`);
    await copyFile(`${path}.backup`, path);
    expect((await refusal(path)).message).toMatch(
      /calls\.duckdb does not belong to the \.wal file beside it, as after a backup was put back; move the \.wal file away to go on from the backup, or put the file back that the \.wal file belongs to\.$/,
    );
    await rename(`${path}.wal`, `${path}.later.wal`);
    expect(await roundOf(path)).toBe(backedUp);
    expect(await roundOf(`${path}.later`)).toBeGreaterThan(backedUp);
  });

  it("is refused beside another file", async () => {
    const [path, other] = [newFile(), newFile()];
    for (const each of [path, other]) await (await openCalls(each)).close();
    await commitAndKill(path);
    await rename(`${path}.wal`, `${other}.wal`);
    expect((await refusal(other)).message).toMatch(/does not belong to the \.wal file beside it/);
  });

  it.runIf(isDeep)(
    "is accepted beside a file of an older DuckDB format, which the next backup and log then have",
    async () => {
      const path = newFile();
      await runSql(path, "SELECT 1");
      await (await openCalls(path)).close();
      await copyFile(path, `${path}.backup`);
      await commitAndKill(path);
      expect(await roundOf(path)).toBeGreaterThan(0);
      await commitAndKill(path);
      await copyFile(`${path}.backup`, path);
      expect((await refusal(path)).message).toMatch(/does not belong to the \.wal file/);
    },
  );
});

describe("while it is open, a file", () => {
  const ROW = [calls([present({ id: 1 })], { at: 1 })];

  it("that was removed takes no more rows, and counts none", async () => {
    const path = newFile();
    const store = await openCalls(path);
    await rm(path);
    await expect(store.commit(ROW)).rejects.toThrow(/calls\.duckdb was removed while it was open; /);
    await expect(store.rowCounts()).rejects.toThrow(/was removed while it was open/);
    await store.close();
    await expect(stat(path)).rejects.toThrow("ENOENT");
  });

  it.each([
    ["that was replaced by another", (path: string, other: string) => rename(other, path)],
    ["over which another was copied", (path: string, other: string) => copyFile(other, path)],
  ])("%s takes no more rows", async (_, replace) => {
    const [path, other] = [newFile(), newFile()];
    for (const each of [path, other]) await (await openCalls(each)).close();
    const larger = await openCalls(other);
    const note = () => Array.from({ length: 300 }, (_, index) => (index * 7919).toString(36)).join("");
    await larger.commit([
      calls(
        Array.from({ length: 3_000 }, (_, id) => present({ id, status: note() + id })),
        { at: 5 },
      ),
    ]);
    await larger.close();
    const store = await openCalls(path);
    await replace(path, other);
    await expect(store.commit(ROW)).rejects.toThrow(
      /was replaced or changed by another program while it was open; /,
    );
    await store.close();
    const reopened = await openCalls(path);
    expect(callsState(reopened)).toEqual({ at: 5 });
    expect(await reopened.rowCounts()).toEqual(new Map([["calls", 3_000]]));
    await reopened.close();
  });

  it("whose log was removed loses nothing when the process is killed after the next commit", async () => {
    const path = newFile();
    const store = await openCalls(path);
    await store.commit(ROW);
    await rm(`${path}.wal`);
    await store.commit([calls([present({ id: 2 })], { at: 2 })]);
    // What a process that is killed now would leave.
    for (const suffix of ["", ".wal"]) await copyFile(path + suffix, `${path}.killed${suffix}`);
    await store.close();
    const killed = await openCalls(`${path}.killed`);
    expect(callsState(killed)).toEqual({ at: 2 });
    expect(await killed.rowCounts()).toEqual(new Map([["calls", 2]]));
    await killed.close();
  });
});
