import { chmod, type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { StoreError } from "../../errors.ts";
import type { Snapshots } from "../store/index.ts";
import { knownAdviceFor, lockHolderOf } from "./faults.ts";
import type { DatabaseFile } from "./file.ts";
import { logOf, statIfThere } from "./paths.ts";
import { firstLine, quoteText } from "./sql.ts";

/** What is copied at once. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * Copies of a database file at a path. A copy has the path and its instant in `source_aircall.snapshot`, and the name of the
 * file in `source_aircall.origin`, by which it is known: nothing else at the path is ever replaced, such as a copy of a file that is lost.
 */
export class SnapshotFile implements Snapshots {
  readonly #path: string;
  readonly #file: DatabaseFile;
  readonly #writer: DuckDBConnection;
  /** The file that this process has put at the path last. */
  #inode: number | undefined;

  private constructor(path: string, file: DatabaseFile, writer: DuckDBConnection) {
    this.#path = path;
    this.#file = file;
    this.#writer = writer;
  }

  /**
   * Removes what a process that was killed has left of its last copy. Throws a `StoreError` if a copy cannot be written at the
   * path, or if the path has a file that is not an earlier copy.
   */
  static async at(path: string, file: DatabaseFile, writer: DuckDBConnection): Promise<SnapshotFile> {
    const folder = dirname(path);
    if (!(await statIfThere(folder))?.isDirectory())
      throw new StoreError(`${path} cannot be made because there is no folder ${folder}; create it first.`);
    const snapshots = new SnapshotFile(path, file, writer);
    if (file.keeps(path) || file.keeps(draftOf(path)))
      throw new StoreError(
        `${path} or its draft is a file of the capture; choose another file for the copy.`,
      );
    await file.transaction(writer, () => nameOrigin(writer));
    await rm(draftOf(path), { force: true });
    await snapshots.#checkPlace((holder) => holder !== undefined);
    return snapshots;
  }

  async take(atMs: number, signal: AbortSignal): Promise<void> {
    const draft = draftOf(this.#path);
    try {
      await this.#checkPlace(() => false);
      await rm(draft, { force: true });
      await this.#file.copy(
        this.#writer,
        () => note(this.#writer, this.#path, atMs),
        (from, bytes) => copyBytes(from, bytes, draft, signal),
      );
      await this.#putInPlace(draft);
    } catch (cause) {
      await rm(draft, { force: true }).catch(() => undefined);
      signal.throwIfAborted();
      if (cause instanceof StoreError) throw cause;
      const advice = knownAdviceFor(cause) ?? "fix the cause above";
      throw new StoreError(`${this.#path} could not be made (${firstLine(cause)}); ${advice}.`, { cause });
    }
  }

  /** Takes the place of the last copy in one step, so that a reader finds the one or the other. */
  async #putInPlace(draft: string): Promise<void> {
    const before = await statIfThere(this.#path);
    if (before) await chmod(draft, before.mode);
    await rename(draft, this.#path);
    this.#inode = (await statIfThere(this.#path))?.ino;
    const folder = await open(dirname(this.#path));
    await folder.sync().finally(() => folder.close());
  }

  /** Throws a `StoreError` if what is at the path must not be replaced. A file that another process has locked cannot be looked at. */
  async #checkPlace(mayBeLocked: (holder: string | undefined) => boolean): Promise<void> {
    if (await statIfThere(logOf(this.#path)))
      throw new StoreError(
        `${this.#path} is not replaced, because a program has written into it: ${logOf(this.#path)} is there. ` +
          "Close that program, remove both files, and open the copy for reading only.",
      );
    const there = await statIfThere(this.#path);
    if (there === undefined || there.ino === this.#inode) return;
    // To open the file once more and close it would release DuckDB's lock.
    if (this.#file.isAt(there))
      throw new StoreError(`${this.#path} is the file of the capture; choose another file for the copy.`);
    try {
      if (await isCopyAt(this.#path, this.#file)) return;
    } catch (cause) {
      const holder = lockHolderOf(cause);
      if (mayBeLocked(holder)) return;
      if (holder !== undefined)
        throw new StoreError(
          `${this.#path} is not replaced, because ${holder} has it open for writing; close it, and open the copy for reading only.`,
          { cause },
        );
    }
    throw new StoreError(
      `${this.#path} is not a copy that source-aircall has made there of the same file; move it away or choose another file for the copy.`,
    );
  }
}

function draftOf(path: string): string {
  return `${path}.source-aircall-part`;
}

/** Gives the file a name that its copies have too, and no other file. Runs inside a transaction. */
async function nameOrigin(connection: DuckDBConnection): Promise<void> {
  await connection.run("CREATE TABLE IF NOT EXISTS source_aircall.origin AS SELECT uuid() AS id");
}

/** Runs inside a transaction. */
async function note(connection: DuckDBConnection, path: string, atMs: number): Promise<void> {
  await connection.run(
    `CREATE OR REPLACE TABLE source_aircall.snapshot AS
     SELECT ${quoteText(resolve(path))} AS path, to_timestamp(${atMs} / 1000) AS taken_at`,
  );
}

/** Whether the file says that it was made as a copy at its path, of the file that is open. Throws what DuckDB throws where it cannot open the file. */
async function isCopyAt(path: string, file: DatabaseFile): Promise<boolean> {
  return file.whileAttached(path, async (connection, database) => {
    const tables = await connection.runAndReadAll(
      `FROM duckdb_tables() WHERE database_name = '${database}' AND schema_name = 'source_aircall' AND table_name IN ('snapshot', 'origin')`,
    );
    if (tables.currentRowCount < 2) return false;
    const result = await connection.runAndReadAll(
      `FROM ${database}.source_aircall.snapshot, ${database}.source_aircall.origin AS its, captured.source_aircall.origin AS ours
       WHERE path = ${quoteText(resolve(path))} AND its.id = ours.id`,
    );
    return result.currentRowCount > 0;
  });
}

/** Copies the first bytes of an open file into a new file, for its owner alone, which is durable then. */
async function copyBytes(from: FileHandle, bytes: number, path: string, signal: AbortSignal): Promise<void> {
  const to = await open(path, "wx", 0o600);
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  try {
    for (let at = 0; at < bytes; ) {
      signal.throwIfAborted();
      const { bytesRead } = await from.read(chunk, 0, Math.min(CHUNK_BYTES, bytes - at), at);
      if (bytesRead === 0) throw new Error(`only ${at} of ${bytes} bytes can be read`);
      await to.writeFile(chunk.subarray(0, bytesRead));
      at += bytesRead;
    }
    await to.sync();
  } finally {
    await to.close();
  }
}
