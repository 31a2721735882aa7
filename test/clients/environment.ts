import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const CACHE = new URL("../../node_modules/.cache/clients/", import.meta.url).pathname;

const INSTALL_TIMEOUT_MS = 30 * 60_000;

/** What a client needs cannot be had on this machine, so nothing is known of the client. */
export class Unavailable extends Error {}

/**
 * The Python of a virtual environment with the packages of `requirements-<client>.txt`, which is made
 * once and again when the list changes. Throws `Unavailable` where there is no Python 3, or where pip
 * cannot install.
 */
export async function pythonOf(client: string): Promise<string> {
  const requirements = new URL(`requirements-${client}.txt`, import.meta.url).pathname;
  const version = await pythonVersion();
  const content = createHash("sha256").update(version).update(readFileSync(requirements)).digest("hex");
  const folder = join(CACHE, `${client}-${content.slice(0, 12)}`);
  const python = join(folder, "bin", "python");
  const complete = join(folder, "complete");
  if (existsSync(complete)) return python;
  rmSync(folder, { recursive: true, force: true });
  await tryTo("make a virtual environment", "python3", ["-m", "venv", folder]);
  await tryTo("install from PyPI", python, [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--requirement",
    requirements,
  ]);
  writeFileSync(complete, "");
  return python;
}

async function pythonVersion(): Promise<string> {
  const { stdout } = await tryTo("find Python 3", "python3", ["--version"]);
  return stdout.trim();
}

async function tryTo(what: string, program: string, args: readonly string[]) {
  try {
    return await run(program, args, { timeout: INSTALL_TIMEOUT_MS });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    const last = stderr?.trim().split("\n").at(-1) || message;
    throw new Unavailable(`could not ${what}: ${last}`);
  }
}
