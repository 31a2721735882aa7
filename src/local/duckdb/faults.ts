import { firstLine } from "./sql.ts";

/** What DuckDB and the system report, and what a person should do about it. */
const FAULTS: readonly [RegExp, string][] = [
  [/No space left|File too large|Disk quota|not enough space/i, "free some disk space"],
  [/Permission denied|Read-only file system|read-only mode/i, "allow writing to it and to its folder"],
  [/Out of Memory|failed to (pin|allocate)/i, "close other programs or use a machine with more memory"],
];

/** What to do about a fault while a file is in use. */
export function adviceFor(cause: unknown): string {
  return knownAdviceFor(cause) ?? "fix the cause above";
}

/** What to do about a fault of the machine; `undefined` where the fault is another one. */
export function knownAdviceFor(cause: unknown): string | undefined {
  return matching(FAULTS, cause);
}

/** What a person should do when DuckDB cannot open a file, by the reason. */
const REFUSALS: readonly [RegExp, string | ((match: RegExpExecArray) => string)][] = [
  [
    /Conflicting lock is held in .*\(PID (\d+)\)/,
    ([, pid]) => `is open in another process (pid ${pid}); stop that process or choose another file`,
  ],
  [/Could not set lock/, "is open in another process; stop that process or choose another file"],
  [/Permission denied|Read-only file system/, "cannot be written; allow it or choose another file"],
  [/not a valid DuckDB database file/, "is not a DuckDB database; choose another file"],
  [
    /we can only read versions/,
    "was written by a newer version of DuckDB; update source-aircall or choose another file",
  ],
  [
    /WAL checkpoint iteration does not match|WAL does not match database file/,
    "does not belong to the .wal file beside it, as after a backup was put back; " +
      "move the .wal file away to go on from the backup, or put the file back that the .wal file belongs to",
  ],
];

/** The process that keeps DuckDB from opening a file; `undefined` where the fault is another one. */
export function lockHolderOf(cause: unknown): string | undefined {
  return matching(
    [
      [/Conflicting lock is held in .*\(PID (\d+)\)/, ([, pid]) => `another process (pid ${pid})`],
      [/Could not set lock/, "another process"],
    ],
    cause,
  );
}

/** Why DuckDB did not open a file, and what to do. */
export function refusalFor(cause: unknown): string {
  return (
    matching(REFUSALS, cause) ??
    `cannot be opened (${firstLine(cause)}); ${knownAdviceFor(cause) ?? "bring it back from a backup or choose another file"}`
  );
}

function matching(
  cases: readonly (readonly [RegExp, string | ((match: RegExpExecArray) => string)])[],
  cause: unknown,
): string | undefined {
  const message = cause instanceof Error ? cause.message : String(cause);
  for (const [pattern, words] of cases) {
    const match = pattern.exec(message);
    if (match !== null) return typeof words === "string" ? words : words(match);
  }
  return undefined;
}
