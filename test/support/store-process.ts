import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** The program of the processes below; see `store-writer.ts`. */
export const WRITER = new URL("store-writer.ts", import.meta.url).pathname;

export type StoreProcess = ChildProcessByStdio<null, Readable, Readable>;

/** A process of its own that opens a store and does a task; see `store-writer.ts`. */
export function startWriter(target: string, task: "close" | "commit" | "keep", uid?: number): StoreProcess {
  return spawn(process.execPath, [WRITER, target, task], {
    stdio: ["ignore", "pipe", "pipe"],
    ...(uid !== undefined && { uid, gid: uid }),
  });
}

/** What a process without an administrator's rights writes when it is refused; the tests themselves may well have them. */
export async function refusalOfNobody(target: string): Promise<string> {
  const isAdministrator = process.getuid?.() === 0;
  const child = startWriter(target, "close", isAdministrator ? 65_534 : undefined);
  return (await child.stderr.toArray()).join("");
}

const READER = new URL("store-reader.ts", import.meta.url).pathname;

export interface StoreReader {
  /** Asks for the status of the first call. */
  answer(): Promise<string>;
  stop(): void;
  readonly ended: Promise<unknown>;
}

/** A process of its own that has a DuckDB file open; see `store-reader.ts`. */
export function startReader(path: string, accessMode: "READ_ONLY" | "READ_WRITE" = "READ_ONLY"): StoreReader {
  const child = spawn(process.execPath, [READER, path, accessMode], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  return {
    async answer() {
      const line = once(lines, "line");
      child.stdin.write("\n");
      return String((await line)[0]);
    },
    stop: () => child.stdin.end(),
    ended: once(child, "close"),
  };
}
