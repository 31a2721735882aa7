import { type ChildProcessByStdio, spawn } from "node:child_process";
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
