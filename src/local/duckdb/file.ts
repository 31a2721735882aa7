import { type FileHandle, open } from "node:fs/promises";
import { resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { StoreError } from "../../errors.ts";
import { refusalFor } from "./faults.ts";
import { logOf, statIfThere } from "./paths.ts";
import { firstLine, quoteText } from "./sql.ts";
import { inTransaction } from "./transaction.ts";

/** DuckDB takes all processors of a machine by default. It makes checkpoints when this program asks for one. */
const SETTINGS = { threads: "1", checkpoint_threshold: "1TB" };

/**
 * What DuckDB keeps between transactions; otherwise it would keep most of the file in memory. A transaction or a
 * checkpoint may take more: DuckDB holds 2,048 values of a column at once, so that the need depends on the rows.
 * The limit is then DuckDB's own, which is most of the memory that the machine or the container has.
 */
const KEPT_MEMORY = "64MB";

/** A longer log is written to the file, so that a process that is killed leaves no long log to be read again. */
const LONGEST_LOG_BYTES = 16 * 1024 * 1024;

/**
 * In rows. Each checkpoint reads and writes the unfilled row group again, so that small groups save
 * memory and time. Must be a multiple of 2048.
 */
const ROW_GROUP_SIZE = 20_480;

/**
 * Since this version, which DuckDB 1.4 can read, a log names the file and the checkpoint that it belongs to, and
 * DuckDB refuses it beside another file, such as a backup.
 */
const STORAGE_VERSION = "v1.4.0";

function temporaryFolderOf(path: string): string {
  return `${path}.tmp`;
}

/**
 * An open database file. DuckDB lets go of a file only when its last connection is closed too, so
 * that the file keeps account of them.
 */
export class DatabaseFile {
  readonly #path: string;
  readonly #instance: DuckDBInstance;
  readonly #connections: DuckDBConnection[] = [];
  #identity: FileIdentity | undefined;
  /** Whether something was committed since the last checkpoint. */
  #hasLog = false;
  #isClosed = false;
  /** The last of the transactions and checkpoints, which wait for each other. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Open as long as DuckDB has the file open: the system drops DuckDB's lock as soon as this process closes the file once. */
  #content: FileHandle | undefined;
  #isBeingCopied = false;
  /** DuckDB's own, as it spells it. */
  #memoryLimit = "";

  private constructor(path: string, instance: DuckDBInstance) {
    this.#path = path;
    this.#instance = instance;
  }

  /**
   * Opens the file, or makes it where there is none. Throws a `StoreError` that names the path and
   * says what to do.
   */
  static async open(path: string): Promise<DatabaseFile> {
    const settings = { ...SETTINGS, temp_directory: temporaryFolderOf(path) };
    const file = new DatabaseFile(path, await DuckDBInstance.create(":memory:", settings));
    try {
      await file.#attach();
      file.#identity = await identityOf(path);
      if (await statIfThere(logOf(path))) await file.#checkpoint();
      return file;
    } catch (cause) {
      await file.close();
      throw new StoreError(`${path} ${refusalFor(cause)}.`, { cause });
    }
  }

  async connect(): Promise<DuckDBConnection> {
    const connection = await this.#connectAnywhere();
    await connection.run("USE captured");
    return connection;
  }

  /**
   * Does the work in one transaction. Throws what the work, the commit or a checkpoint before it throws, and a
   * `StoreError` if the file is no longer at its path. Nothing is changed then.
   */
  async transaction(connection: DuckDBConnection, work: () => Promise<void>): Promise<void> {
    await this.#inTurn(() => this.#transact(connection, work));
  }

  /**
   * Does the work in one transaction, writes the log to the file, and hands the file and its size to `copy`. Transactions go on
   * meanwhile, since they write to the log and add to the file: only a checkpoint changes what the last one has left, and waits.
   */
  async copy(
    connection: DuckDBConnection,
    work: () => Promise<void>,
    copy: (content: FileHandle, sizeBytes: number) => Promise<void>,
  ): Promise<void> {
    const sizeBytes = await this.#inTurn(async () => {
      await this.#transact(connection, work);
      await this.#checkpoint();
      this.#isBeingCopied = true;
      return this.#identity?.sizeBytes ?? 0;
    });
    try {
      this.#content ??= await open(this.#path);
      await copy(this.#content, sizeBytes);
    } finally {
      this.#isBeingCopied = false;
    }
  }

  /** Hands another database, attached for reading under the name, to the work, beside `captured`, which is this file. Throws what DuckDB throws where it cannot be opened. */
  async whileAttached<T>(
    path: string,
    work: (connection: DuckDBConnection, database: string) => Promise<T>,
  ): Promise<T> {
    const connection = await this.#instance.connect();
    try {
      await connection.run(`ATTACH ${quoteText(path)} AS other (TYPE duckdb, READ_ONLY)`);
      return await work(connection, "other").finally(() => connection.run("DETACH other"));
    } finally {
      connection.closeSync();
    }
  }

  async #transact(connection: DuckDBConnection, work: () => Promise<void>): Promise<void> {
    await this.checkPlace();
    await this.#shortenLog();
    this.#hasLog = true;
    const sizeBytes = this.#identity?.sizeBytes ?? 0;
    try {
      await inTransaction(connection, work);
    } finally {
      // A transaction writes to the log, and at most adds to the file.
      await this.#noteSize(sizeBytes);
    }
    await this.#giveMemoryBack();
  }

  /** Whether the path is this file's, that of its log, or that of its temporary folder. */
  keeps(path: string): boolean {
    const own = [this.#path, logOf(this.#path), temporaryFolderOf(this.#path)];
    return own.some((one) => resolve(one) === resolve(path));
  }

  /** Whether it is this file that was found at a path. */
  isAt({ dev, ino }: { readonly dev: number; readonly ino: number }): boolean {
    return dev === this.#identity?.device && ino === this.#identity.inode;
  }

  /** Throws a `StoreError` if another file, or none, is at the path: what is written would be lost. */
  async checkPlace(): Promise<void> {
    const found = await identityOf(this.#path);
    if (found === undefined)
      throw new StoreError(
        `${this.#path} was removed while it was open; put it back, or start again without it.`,
      );
    if (isDeepStrictEqual(found, this.#identity)) return;
    throw new StoreError(
      `${this.#path} was replaced or changed by another program while it was open; run again to go on with what is there now.`,
    );
  }

  /** Writes the log to the file where that is possible, and lets go of the file. Closing again does nothing. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // What stays in the log is durable, and the next run writes it to the file.
    if (this.#hasLog) await this.#writeLog().catch(() => undefined);
    for (const connection of this.#connections) connection.closeSync();
    this.#instance.closeSync();
    await this.#content?.close();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #attach(): Promise<void> {
    const connection = await this.#connectAnywhere();
    const limit = await connection.runAndReadAll("SELECT current_setting('memory_limit')");
    this.#memoryLimit = String(limit.value(0, 0));
    const options = `TYPE duckdb, ROW_GROUP_SIZE ${ROW_GROUP_SIZE}`;
    const attach = `ATTACH ${quoteText(this.#path)} AS captured (${options}`;
    try {
      await this.#run(`${attach}, STORAGE_VERSION '${STORAGE_VERSION}')`);
    } catch (cause) {
      if (!firstLine(cause).includes("storage version of an existing database cannot be lowered"))
        throw cause;
      await this.#run(`${attach})`);
    }
    // A checkpoint that fails must leave the log as it is.
    await this.#run("PRAGMA disable_checkpoint_on_shutdown");
  }

  async #shortenLog(): Promise<void> {
    if (this.#isBeingCopied) return;
    const log = await statIfThere(logOf(this.#path));
    // What is only in a log that was removed would be missing after a crash.
    const isRemoved = this.#hasLog && log === undefined;
    if (isRemoved || (log !== undefined && log.size > LONGEST_LOG_BYTES)) await this.#checkpoint();
  }

  async #writeLog(): Promise<void> {
    await this.checkPlace();
    await this.#checkpoint();
  }

  /** Writes the log to the file. Throws what DuckDB throws; the log stays as it is then. */
  async #checkpoint(): Promise<void> {
    await this.#run("CHECKPOINT captured");
    this.#hasLog = false;
    await this.#noteSize();
    await this.#giveMemoryBack();
  }

  /** A lower limit makes DuckDB drop what it keeps beyond it. */
  async #giveMemoryBack(): Promise<void> {
    await this.#run(`SET memory_limit = '${KEPT_MEMORY}'`);
    await this.#run(`SET memory_limit = '${this.#memoryLimit}'`);
  }

  async #noteSize(leastBytes = 0): Promise<void> {
    const sizeBytes = (await identityOf(this.#path))?.sizeBytes ?? 0;
    if (this.#identity && sizeBytes >= leastBytes) this.#identity = { ...this.#identity, sizeBytes };
  }

  async #run(sql: string): Promise<void> {
    await this.#connections[0]?.run(sql);
  }

  async #connectAnywhere(): Promise<DuckDBConnection> {
    const connection = await this.#instance.connect();
    this.#connections.push(connection);
    return connection;
  }
}

/** Identifies the file at a path without opening it: closing it again would release DuckDB's lock. */
interface FileIdentity {
  readonly device: number;
  readonly inode: number;
  readonly sizeBytes: number;
}

async function identityOf(path: string): Promise<FileIdentity | undefined> {
  const found = await statIfThere(path);
  return found && { device: found.dev, inode: found.ino, sizeBytes: found.size };
}
