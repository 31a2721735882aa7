import { statSync } from "node:fs";
import { resolve } from "node:path";

/** What a target can be. */
export const FILES = "DuckDB files on this machine are supported, such as aircall.duckdb";
export const DATABASES = ", and PostgreSQL databases, such as postgres://user@host/database";

/** An address such as `s3://bucket/file`, `md:database` or `:memory:`, but no Windows drive. */
const ADDRESS = /^(:|[a-z][a-z0-9+.-]+:)/i;

/**
 * Why a capture cannot go to a target, and what to name instead, in one or two sentences; `undefined` for the
 * path of a file. A target is not taken for the name of a file when it was hardly meant as one. `supported` is what it can be.
 */
export function targetProblem(target: string, supported: string): string | undefined {
  if (target.trim() === "") return "It is empty. Name a file, such as aircall.duckdb.";
  if (target.startsWith(":memory:"))
    return "A capture into memory would be lost when it ends. Name a file, such as aircall.duckdb.";
  if (target.includes("://")) return `Only ${supported}.`;
  if (/\bpassword\s*=/i.test(target)) return `Only ${supported}.`;
  if (ADDRESS.test(target) && /:.*@/s.test(target)) return `Only ${supported}.`;
  if (ADDRESS.test(target)) return `Only ${supported}. A file of that name is ./${target}.`;
  if (target === "-")
    return "A DuckDB file cannot be written to standard output. Name a file, such as aircall.duckdb.";
  if (target.startsWith("~"))
    return `The shell has not replaced ~ by a folder, as inside quotes or after =. Write $HOME in its place, or ./${target} for a file of that name.`;
  return placeProblem(target);
}

function placeProblem(target: string): string | undefined {
  const found = statIfReachable(target);
  if (target.endsWith("/") || found?.isDirectory())
    return "It is a folder. Name a file in it, such as aircall.duckdb.";
  if (found && !found.isFile()) return "It is a device or a pipe. Name a file, such as aircall.duckdb.";
  return undefined;
}

/** Whether two paths name one file. */
export function isSameFile(one: string, other: string): boolean {
  if (resolve(one) === resolve(other)) return true;
  const [found, second] = [one, other].map(statIfReachable);
  return found !== undefined && found.ino === second?.ino && found.dev === second.dev;
}

/** A path that cannot be reached is reported when it is opened. */
function statIfReachable(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
