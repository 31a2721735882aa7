import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/**
 * Lets the tools that will read them look at the files for running and releasing: systemd at the unit of
 * docs/service.md, Docker Compose at compose.yaml, and actionlint at the workflows.
 *
 *     npm run check:service
 *
 * A tool that is not installed is skipped with a line that says so. The exit code is 1 when one finds a fault.
 */

/** Of 10; what remains is the network, and the memory that Node needs to be writable and executable. */
const HIGHEST_EXPOSURE = 2;

const SECRETS = { AIRCALL_API_ID: "id", AIRCALL_API_TOKEN: "token", POSTGRES_PASSWORD: "password" };

const folder = mkdtempSync(join(tmpdir(), "source-aircall-service-"));
try {
  const unit = join(folder, "source-aircall.service");
  writeFileSync(unit, documentedUnit());
  look("the systemd unit", ["systemd-analyze", "verify", unit]);
  const threshold = `--threshold=${HIGHEST_EXPOSURE * 10}`;
  look("its hardening", ["systemd-analyze", "security", "--offline=true", threshold, unit], {
    isSilent: false,
  });
  look("compose.yaml", ["docker", "compose", "config", "--quiet"]);
  look("the workflows", ["actionlint", ...globSync(".github/workflows/*.yml")]);
} finally {
  rmSync(folder, { recursive: true });
}

/** The first unit of the document, with the program of this checkout, which systemd looks for. */
function documentedUnit(): string {
  const [, unit = ""] =
    /^```ini\n(\[Unit\][\s\S]*?)^```$/m.exec(readFileSync("docs/service.md", "utf8")) ?? [];
  return unit.replace("/usr/local/bin/source-aircall", resolve("dist/source-aircall.cjs"));
}

/** systemd-analyze reports some faults and ends with 0, so output counts as a fault, except from a tool that is not silent. */
function look(what: string, [program = "", ...args]: readonly string[], { isSilent = true } = {}): void {
  if (!isInstalled(program, args)) {
    print(`${what}: skipped, ${[program, args[0]].join(" ")} is not installed`);
    return;
  }
  const { status, output } = run(program, args);
  const isAccepted = status === 0 && (output === "" || !isSilent);
  print(`${what}: ${isAccepted ? "accepted" : "refused"} by ${program}`);
  if (isAccepted) return;
  print(output);
  process.exitCode = 1;
}

/** Docker has Compose as a plugin, which may be missing. */
function isInstalled(program: string, [command = ""]: readonly string[]): boolean {
  return run(program, program === "docker" ? [command, "version"] : ["--version"]).status === 0;
}

function run(program: string, args: readonly string[]): { status: number | null; output: string } {
  const env = { ...process.env, ...SECRETS };
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", env });
  return { status, output: `${stdout ?? ""}${stderr ?? ""}`.trim() };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
