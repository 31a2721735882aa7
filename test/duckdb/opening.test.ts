import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { StoreError } from "../../src/errors.ts";
import { openCalls, temporaryFolder } from "./stores.ts";

const KEEPER = join(import.meta.dirname, "child.ts");

async function refusal(path: string, source?: string): Promise<StoreError> {
  const error = await openCalls(path, source).then(
    (store) => store.close(),
    (reason: unknown) => reason,
  );
  if (!(error instanceof StoreError)) throw new Error(`${path} was not refused: ${error}`);
  expect(error.message.startsWith(path)).toBe(true);
  expect(error.message).not.toContain("\n");
  return error;
}

async function runSql(path: string, ...statements: string[]): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  for (const sql of statements) await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

describe("a file that is refused", () => {
  it("has no folder", async () => {
    const folder = await temporaryFolder();
    const { message } = await refusal(join(folder, "nowhere", "calls.duckdb"));
    expect(message).toMatch(/there is no folder .*nowhere; create it first\.$/);
    expect(await readdir(folder)).toEqual([]);
  });

  it("is a folder", async () => {
    expect((await refusal(await temporaryFolder())).message).toMatch(/is a folder; name a file in it\.$/);
  });

  it("has something else than a folder above it", async () => {
    const path = join(await temporaryFolder(), "note");
    await writeFile(path, "text");
    expect((await refusal(join(path, "calls.duckdb"))).message).toMatch(/there is no folder/);
  });

  it.each([
    ["an empty file", ""],
    ["a short text", "hello"],
    ["a long text", "text ".repeat(9_000)],
  ])("is %s, which stays as it is", async (_, content) => {
    const path = join(await temporaryFolder(), "note.txt");
    await writeFile(path, content);
    const { message, cause } = await refusal(path);
    expect(message).toMatch(/is not a DuckDB database; choose another file\.$/);
    expect(cause).toBeInstanceOf(Error);
    expect(await readFile(path, "utf8")).toBe(content);
  });

  it("is a database of somebody else", async () => {
    const path = join(await temporaryFolder(), "theirs.duckdb");
    await runSql(path, "CREATE SCHEMA other", "CREATE TABLE other.things (id INTEGER)");
    expect((await refusal(path)).message).toMatch(
      /is a DuckDB database of something else; choose another file\.$/,
    );
  });

  it("holds another source", async () => {
    const path = join(await temporaryFolder(), "calls.duckdb");
    await (await openCalls(path, "emulator")).close();
    const { message } = await refusal(path, "https://api.aircall.io");
    expect(message).toMatch(
      /holds rows from emulator, not from https:\/\/api\.aircall\.io; choose another file\.$/,
    );
  });

  it("has a format of the future", async () => {
    const path = join(await temporaryFolder(), "calls.duckdb");
    await (await openCalls(path)).close();
    await runSql(path, "UPDATE source_aircall.about SET format_version = 999");
    expect((await refusal(path)).message).toMatch(/newer version of source-aircall \(format 999\); update/);
  });

  it("has a DuckDB format of the future", async () => {
    const path = join(await temporaryFolder(), "calls.duckdb");
    await (await openCalls(path)).close();
    await writeFile(path, withStorageVersion(await readFile(path), 9_999n));
    expect((await refusal(path)).message).toMatch(/newer version of DuckDB; update source-aircall/);
  });

  it("is gone while its log is there", async () => {
    const path = join(await temporaryFolder(), "calls.duckdb");
    await writeFile(`${path}.wal`, "log");
    expect((await refusal(path)).message).toMatch(/is gone but its .*calls\.duckdb\.wal is there/);
  });

  it("is open in another process, which is named", async () => {
    const path = join(await temporaryFolder(), "calls.duckdb");
    const keeper = spawn(process.execPath, [KEEPER, path, "keep"], { stdio: ["ignore", "pipe", "inherit"] });
    await once(keeper.stdout, "data");
    const { message } = await refusal(path);
    keeper.kill("SIGKILL");
    await once(keeper, "exit");
    expect(message).toContain(`is open in another process (pid ${keeper.pid}); stop that process`);
    await (await openCalls(path)).close();
  });

  it("may not be written", async () => {
    const folder = await temporaryFolder();
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
    const folder = await temporaryFolder();
    await (await openCalls(join(folder, 'it\'s a "new" one?.db'))).close();
    expect(await readdir(folder)).toEqual(['it\'s a "new" one?.db']);
  });

  it("is an empty database", async () => {
    const path = join(await temporaryFolder(), "empty.duckdb");
    await runSql(path, "SELECT 1");
    await (await openCalls(path)).close();
    await (await openCalls(path)).close();
  });

  it("was refused for its source before", async () => {
    const path = join(await temporaryFolder(), "calls.duckdb");
    await (await openCalls(path, "one")).close();
    await refusal(path, "other");
    await (await openCalls(path, "one")).close();
  });

  it("is made once when several make it at a time", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "sub"));
    const path = join(folder, "sub", "calls.duckdb");
    const exits = await Promise.all(
      [1, 2, 3].map(() => once(spawn(process.execPath, [KEEPER, path, "once"]), "exit")),
    );
    expect(exits.map(([code]) => code)).toContain(0);
    expect(await readdir(join(folder, "sub"))).toEqual(["calls.duckdb"]);
    await (await openCalls(path)).close();
  });
});

/** What a process without the rights of root hears; the tests themselves may well run as root. */
async function refusalOfNobody(path: string): Promise<string> {
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const child = spawn(process.execPath, [KEEPER, path, "once"], {
    ...nobody,
    stdio: ["ignore", "ignore", "pipe"],
  });
  return (await child.stderr.toArray()).join("");
}

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
