import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";

export const BUNDLE = new URL("../dist/source-aircall.cjs", import.meta.url).pathname;

/** Makes a process leave its usage where `USAGE_FILE` says. */
export const USAGE = new URL("./usage.mjs", import.meta.url).href;

export interface Usage {
  readonly peakMiB: number;
  readonly cpuSeconds: number;
}

/** A folder that is gone when the work is done. */
export async function inTemporaryFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "source-aircall-bench-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function readUsage(file: string): Usage {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** An emulator without a limit, in a process of its own, for as long as the work takes. */
export async function withEmulator(
  calls: number,
  work: (env: Record<string, string>) => Promise<void>,
): Promise<void> {
  const args = [BUNDLE, "emulator", "--port", "0", "--calls", String(calls), "--limit", "0"];
  const emulator = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  try {
    await work({
      AIRCALL_API_URL: await servedUrl(emulator.stdout),
      AIRCALL_API_ID: "emulator-id",
      AIRCALL_API_TOKEN: "emulator-token",
      AIRCALL_RATE_WINDOW_MS: "1",
    });
  } finally {
    emulator.kill();
  }
}

function servedUrl(output: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve) => {
    output.on("data", (chunk) => {
      const url = /http:\/\/[\d.]+:\d+/.exec(String(chunk))?.[0];
      if (url) resolve(url);
    });
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

export function machine(): string {
  return `Node ${process.version} on ${cpus().length} × ${cpus()[0]?.model.trim()}`;
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
