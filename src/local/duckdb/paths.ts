import { link, mkdtemp, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { StoreError } from "../../errors.ts";
import { firstLine } from "./sql.ts";

/** Whether the file exists. Throws a `StoreError` if it neither exists nor can be created. */
export async function fileExists(path: string): Promise<boolean> {
  const [folder, file, log] = await Promise.all([dirname(path), path, logOf(path)].map(statIfThere));
  if (file?.isDirectory()) throw new StoreError(`${path} is a folder; name a file in it.`);
  if (file !== undefined) return true;
  if (!folder?.isDirectory()) {
    throw new StoreError(
      `${path} cannot be made because there is no folder ${dirname(path)}; create it first.`,
    );
  }
  if (log !== undefined) {
    throw new StoreError(
      `${path} is gone but its ${logOf(path)} is there; bring it back or move the log away.`,
    );
  }
  return false;
}

/** DuckDB's write-ahead log of a file: what was committed since the last checkpoint. */
export function logOf(path: string): string {
  return `${path}.wal`;
}

/**
 * Makes a file, which is at its path only once `fill` has filled a draft: whatever goes wrong leaves
 * nothing there. Does nothing when another process was quicker.
 */
export async function createFile(path: string, fill: (draft: string) => Promise<void>): Promise<void> {
  const folder = await workFolder(path);
  try {
    const draft = join(folder, "draft.duckdb");
    await fill(draft);
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

/** Throws a `StoreError` if the path cannot be reached. */
export async function statIfThere(path: string) {
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
