import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readDockerfile } from "../scripts/dockerfile.ts";
import { DONE, FAILED, MISCONFIGURED, STOPPED, WRONG_COMMAND_LINE } from "../src/shared/exit-codes.ts";
import { runProgram } from "./support/program.ts";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

const document = read("docs/service.md");
const blocks = (language: string) =>
  [...document.matchAll(new RegExp(`^ *\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\`$`, "gm"))].map(
    ([, text = ""]) => text,
  );

const [unit = ""] = blocks("ini");

/** The values of a setting of the unit, which may stand there several times. */
const settings = (name: string) =>
  [...unit.matchAll(new RegExp(`^${name}=(.*)$`, "gm"))].map(([, value = ""]) => value);

/** As a shell or systemd divides a line, with a folder in place of `%d` and variables. */
const words = (line: string) =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) =>
    (quoted ?? bare ?? "").replace(/%d|\$HOME/, "/nowhere"),
  );

describe("docs/service.md", () => {
  const typed = [...document.matchAll(/^[^`\n]*?source-aircall (capture [^`\n]*?)(?: >>.*)?$/gm)];
  const inImage = [...document.matchAll(/`docker run … source-aircall-capture (capture [^`]*)`/g)];
  const { command: imageCommand = [] } = readDockerfile(read("Dockerfile.capture"));
  const lines = [
    ...[...typed, ...inImage].map(([, line = ""]) => line),
    imageCommand.join(" "),
    parse(read("compose.yaml")).services.capture.command.join(" "),
  ];

  test("shows command lines of a unit, a crontab, a shell and a container", () => {
    expect(lines.length).toBeGreaterThanOrEqual(6);
  });

  test.each(lines)("shows a command line that the program understands: %s", async (line) => {
    const { exitCode, stderr } = await runProgram(words(line), {});
    expect(stderr).toMatch(/AIRCALL_API_ID|config/);
    expect(exitCode).toBe(line.includes("--follow") ? MISCONFIGURED : FAILED);
  });

  test("explains each exit code that a capture can have", () => {
    const explained = [...document.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(explained).toEqual([DONE, FAILED, WRONG_COMMAND_LINE, MISCONFIGURED, STOPPED]);
  });

  test("names variables that the program, Node or a PostgreSQL client knows", async () => {
    const { stdout: help } = await runProgram(["--help"]);
    const named = new Set(document.match(/\b(?:AIRCALL|LOG|PG|NODE|MALLOC)_?[A-Z_]{3,}\b/g));
    const ours = [...named].filter((name) => /^(AIRCALL|LOG)_/.test(name));
    expect(ours.sort()).toEqual(["AIRCALL_API_ID", "AIRCALL_API_TOKEN", "AIRCALL_EVENTS_HOST", "LOG_LEVEL"]);
    for (const name of ours) expect(help).toContain(name);
    expect([...named].filter((name) => !ours.includes(name)).sort()).toEqual([
      "MALLOC_ARENA_MAX",
      "NODE_OPTIONS",
      "PGPASSWORD",
    ]);
  });
});

describe("the systemd unit", () => {
  test("restarts what may pass, and neither a wrong command line nor a configuration that has to be changed", () => {
    expect(settings("Restart")).toEqual(["on-failure"]);
    expect(settings("RestartPreventExitStatus")).toEqual([`${WRONG_COMMAND_LINE} ${MISCONFIGURED}`]);
    expect(settings("SuccessExitStatus")).toEqual([String(STOPPED)]);
    expect(settings("StartLimitIntervalSec")).toEqual(["0"]);
  });

  test("keeps the key out of the command line and the environment, and the file in its own folder", () => {
    const [start = ""] = settings("ExecStart");
    const [credential = ""] = settings("LoadCredential");
    expect(start).toContain(`--config %d/${credential.split(":")[0]}`);
    expect(settings("Environment").join()).not.toMatch(/AIRCALL|PASSWORD/);
    expect(settings("WorkingDirectory")).toEqual([`%S/${settings("StateDirectory")[0]}`]);
    expect(settings("DynamicUser")).toEqual(["yes"]);
  });
});
