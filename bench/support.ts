import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { readDockerfile } from "../scripts/dockerfile.ts";

export const BUNDLE = new URL("../dist/source-aircall.cjs", import.meta.url).pathname;

const IMAGE = readDockerfile(readFileSync(new URL("../Dockerfile", import.meta.url), "utf8"));

/** The flags of Node in the image: what stands between the program and the bundle with its protocol. */
const IMAGE_FLAGS = IMAGE.entrypoint.slice(1, -2);

export const IMAGE_ENVIRONMENT = { ...IMAGE.environment, PATH: process.env.PATH ?? "" };

/** Starts the Flow protocol as the image does. */
export const FLOW_COMMAND = [process.execPath, ...IMAGE_FLAGS, BUNDLE, "flow"];

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly platform: string;
}

export function thisMachine(): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? "unknown",
    cores: all.length,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}

/** Runs work with a folder that is removed afterwards. */
export async function inTemporaryFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "source-aircall-bench-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
