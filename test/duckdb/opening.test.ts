import { once } from "node:events";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { StoreError } from "../../src/errors.ts";
import { isDeep } from "../support/draws.ts";
import { newFile, runSql } from "../support/duckdb.ts";
import { refusalOfNobody, startWriter } from "../support/store-process.ts";
import { openCalls, refusal as refusalOf } from "../support/stored-calls.ts";

async function refusal(path: string): Promise<StoreError> {
  const error = await refusalOf(path);
  expect(error.message.startsWith(path)).toBe(true);
  expect(error.message).not.toContain("\n");
  return error;
}

describe("a file that is refused", () => {
  it("has no folder", async () => {
    const folder = dirname(newFile());
    const { message } = await refusal(join(folder, "nowhere", "calls.duckdb"));
    expect(message).toMatch(/there is no folder .*nowhere; create it first\.$/);
    expect(await readdir(folder)).toEqual([]);
  });

  it("is a folder", async () => {
    expect((await refusal(dirname(newFile()))).message).toMatch(/is a folder; name a file in it\.$/);
  });

  it("has something else than a folder above it", async () => {
    const path = newFile("note");
    await writeFile(path, "text");
    expect((await refusal(join(path, "calls.duckdb"))).message).toMatch(/there is no folder/);
  });

  it.each([
    ["an empty file", ""],
    ["a short text", "hello"],
    ["a long text", "text ".repeat(9_000)],
  ])("is %s, which stays as it is", async (_, content) => {
    const path = newFile("note.txt");
    await writeFile(path, content);
    const { message, cause } = await refusal(path);
    expect(message).toMatch(/is not a DuckDB database; choose another file\.$/);
    expect(cause).toBeInstanceOf(Error);
    expect(await readFile(path, "utf8")).toBe(content);
  });

  it("is a database of somebody else", async () => {
    const path = newFile("theirs.duckdb");
    await runSql(path, "CREATE SCHEMA other", "CREATE TABLE other.things (id INTEGER)");
    expect((await refusal(path)).message).toMatch(
      /is a DuckDB database of something else; choose another file\.$/,
    );
  });

  it("has a format of the future", async () => {
    const path = newFile();
    await (await openCalls(path)).close();
    await runSql(path, "UPDATE source_aircall.about SET format_version = 999");
    expect((await refusal(path)).message).toMatch(/newer version of source-aircall \(format 999\); update/);
  });

  it("has a DuckDB format of the future", async () => {
    const path = newFile();
    await (await openCalls(path)).close();
    await writeFile(path, withStorageVersion(await readFile(path), 9_999n));
    expect((await refusal(path)).message).toMatch(/newer version of DuckDB; update source-aircall/);
  });

  it("is gone while its log is there", async () => {
    const path = newFile();
    await writeFile(`${path}.wal`, "log");
    expect((await refusal(path)).message).toMatch(/is gone but its .*calls\.duckdb\.wal is there/);
  });

  it("is open in another process, which is named", async () => {
    const path = newFile();
    const keeper = startWriter(path, "keep");
    await once(keeper.stdout, "data");
    const { message } = await refusal(path);
    keeper.kill("SIGKILL");
    await once(keeper, "exit");
    expect(message).toContain(`is open in another process (pid ${keeper.pid}); stop that process`);
    await (await openCalls(path)).close();
  });

  it("may not be written", async () => {
    const folder = dirname(newFile());
    await (await openCalls(join(folder, "kept.duckdb"))).close();
    await chmod(join(folder, "kept.duckdb"), 0o444);
    await chmod(folder, 0o555);
    expect(await refusalOfNobody(join(folder, "kept.duckdb"))).toMatch(
      /kept\.duckdb cannot be written; allow it/,
    );
    expect(await refusalOfNobody(join(folder, "new.duckdb"))).toMatch(
      /new\.duckdb cannot be made .*allow writing/,
    );
    await chmod(folder, 0o755);
    expect(await readdir(folder)).toEqual(["kept.duckdb"]);
  });
});

describe("a file that is accepted", () => {
  it("is new, whatever its name, and stands alone", async () => {
    const folder = dirname(newFile());
    await (await openCalls(join(folder, 'it\'s a "new" one?.db'))).close();
    expect(await readdir(folder)).toEqual(['it\'s a "new" one?.db']);
  });

  it("is an empty database", async () => {
    const path = newFile("empty.duckdb");
    await runSql(path, "SELECT 1");
    await (await openCalls(path)).close();
    await (await openCalls(path)).close();
  });

  it.runIf(isDeep)("is made once when several make it at a time", async () => {
    const folder = dirname(newFile());
    await mkdir(join(folder, "sub"));
    const path = join(folder, "sub", "calls.duckdb");
    const exits = await Promise.all([1, 2, 3].map(() => once(startWriter(path, "close"), "exit")));
    expect(exits.map(([code]) => code)).toContain(0);
    expect(await readdir(join(folder, "sub"))).toEqual(["calls.duckdb"]);
    await (await openCalls(path)).close();
  });
});

/** The file with another storage version in its first header, whose checksum is made right again. */
function withStorageVersion(file: Buffer, version: bigint): Buffer {
  const changed = Buffer.from(file);
  changed.writeBigUInt64LE(version, 12);
  let checksum = 5_381n;
  for (let offset = 8; offset < 4_096; offset += 8) {
    checksum ^= BigInt.asUintN(64, changed.readBigUInt64LE(offset) * 0xbf58476d1ce4e5b9n);
  }
  changed.writeBigUInt64LE(checksum, 0);
  return changed;
}
