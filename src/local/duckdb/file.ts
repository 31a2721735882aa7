import { link, mkdtemp, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { StoreError } from "../../errors.ts";
import { firstLine, quoteText } from "./sql.ts";

/**
 * DuckDB takes most of a machine's memory and all of its processors by default, and fills
 * what it may take with pages of the file. This much is enough for transactions of some tens of MB.
 */
const SETTINGS = { memory_limit: "64MB", threads: "1" };

/**
 * In rows. Each checkpoint reads and writes the unfilled row group again, so that small groups save
 * memory and time. Must be a multiple of 2048.
 */
const ROW_GROUP_SIZE = 20_480;

/** What DuckDB says when it cannot open a file, and what a person should do about it. */
const REFUSALS: readonly [RegExp, (match: RegExpExecArray) => string][] = [
  [
    /Conflicting lock is held in .*\(PID (\d+)\)/,
    ([, pid]) => `is open in another process (pid ${pid}); stop that process or choose another file`,
  ],
  [/Could not set lock/, () => "is open in another process; stop that process or choose another file"],
  [/Permission denied|Read-only file system/, () => "cannot be written; allow it or choose another file"],
  [/not a valid DuckDB database file/, () => "is not a DuckDB database; choose another file"],
  [
    /we can only read versions/,
    () => "was written by a newer version of DuckDB; update source-aircall or choose another file",
  ],
];

/**
 * An open database file. DuckDB lets go of a file only when its last connection is closed too, so
 * that the file keeps account of them.
 */
export class DatabaseFile {
  readonly #instance: DuckDBInstance;
  readonly #connections: DuckDBConnection[] = [];

  private constructor(instance: DuckDBInstance) {
    this.#instance = instance;
  }

  /**
   * Opens the file, or makes it where there is none. Throws a `StoreError` that names the path and
   * says what to do.
   */
  static async open(path: string): Promise<DatabaseFile> {
    const file = new DatabaseFile(
      await DuckDBInstance.create(":memory:", { ...SETTINGS, temp_directory: `${path}.tmp` }),
    );
    try {
      const options = `TYPE duckdb, ROW_GROUP_SIZE ${ROW_GROUP_SIZE}`;
      const connection = await file.#connectAnywhere();
      await connection.run(`ATTACH ${quoteText(path)} AS captured (${options})`);
      return file;
    } catch (cause) {
      file.close();
      throw new StoreError(`${path} ${refusal(cause)}.`, { cause });
    }
  }

  async connect(): Promise<DuckDBConnection> {
    const connection = await this.#connectAnywhere();
    await connection.run("USE captured");
    return connection;
  }

  /** Writes what is only in the log so far to the file itself, and lets go of it. */
  close(): void {
    for (const connection of this.#connections) connection.closeSync();
    this.#instance.closeSync();
  }

  async #connectAnywhere(): Promise<DuckDBConnection> {
    const connection = await this.#instance.connect();
    this.#connections.push(connection);
    return connection;
  }
}

/** Whether there is a file. Throws a `StoreError` where there is none and none could be made either. */
export async function fileExists(path: string): Promise<boolean> {
  const [folder, file, log] = await Promise.all([dirname(path), path, `${path}.wal`].map(statIfThere));
  if (file?.isDirectory()) throw new StoreError(`${path} is a folder; name a file in it.`);
  if (file !== undefined) return true;
  if (!folder?.isDirectory()) {
    throw new StoreError(
      `${path} cannot be made because there is no folder ${dirname(path)}; create it first.`,
    );
  }
  if (log !== undefined) {
    throw new StoreError(`${path} is gone but its ${path}.wal is there; bring it back or move the log away.`);
  }
  return false;
}

/**
 * Makes a new database file, which is at its path only once `fill` is through: whatever goes wrong
 * leaves nothing there. Does nothing when another process was quicker.
 */
export async function createFile(
  path: string,
  fill: (connection: DuckDBConnection) => Promise<void>,
): Promise<void> {
  const folder = await workFolder(path);
  try {
    const draft = join(folder, "draft.duckdb");
    const file = await DatabaseFile.open(draft);
    try {
      await fill(await file.connect());
    } finally {
      file.close();
    }
    await link(draft, path);
  } catch (cause) {
    if (!hasCode(cause, "EEXIST")) throw cannotBeMade(path, cause);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function workFolder(path: string): Promise<string> {
  try {
    return await mkdtemp(join(dirname(path), ".new-"));
  } catch (cause) {
    throw cannotBeMade(path, cause);
  }
}

function cannotBeMade(path: string, cause: unknown): StoreError {
  return new StoreError(
    `${path} cannot be made (${firstLine(cause)}); allow writing in its folder or choose another one.`,
    { cause },
  );
}

function refusal(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  for (const [pattern, words] of REFUSALS) {
    const match = pattern.exec(message);
    if (match !== null) return words(match);
  }
  return `cannot be opened (${firstLine(error)}); bring it back from a backup or choose another file`;
}

async function statIfThere(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return undefined;
    throw new StoreError(
      `${path} cannot be reached (${firstLine(error)}); allow it or choose another file.`,
      {
        cause: error,
      },
    );
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
