import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isDeep } from "./support/draws.ts";
import { temporaryFolder } from "./support/files.ts";
import { nodes } from "./support/nodes.ts";
import { spawnProgram } from "./support/program.ts";

const ROOT = new URL("../", import.meta.url).pathname;

/** A checkout in which npm has installed nothing. */
function checkout() {
  const folder = temporaryFolder();
  cpSync(`${ROOT}scripts`, folder.file("scripts"), { recursive: true });
  for (const name of ["src", "emulator"]) symlinkSync(ROOT + name, folder.file(name));
  const run = (node: string, ...args: string[]) =>
    spawnProgram(args, {}, ["sh", "-c", 'cd "$0" && exec "$@"', folder.file(""), node]).ended;
  return { ...folder, run };
}

const OLDEST = nodes.get(Math.min(...nodes.keys())) ?? "";

describe.each([...nodes])("on Node %i", (_, node) => {
  test.runIf(isDeep || node === OLDEST)(
    "a checkout is built with the development dependencies, although no script of theirs was run",
    async () => {
      using folder = checkout();
      // Not the folder itself: npm has put the Node of the tests there.
      mkdirSync(folder.file("node_modules"));
      for (const name of readdirSync(`${ROOT}node_modules`))
        if (name !== "node" && name !== ".bin")
          symlinkSync(`${ROOT}node_modules/${name}`, folder.file(`node_modules/${name}`));
      expect(await folder.run(node, "scripts/build.mjs")).toEqual({ exitCode: 0, stdout: "", stderr: "" });
      const { stdout, exitCode } = await folder.run(node, "dist/source-aircall.cjs", "--help");
      expect(exitCode).toBe(0);
      expect(stdout).toContain("Usage: source-aircall");
    },
  );

  test("a checkout without the development dependencies is refused in two sentences", async () => {
    using folder = checkout();
    const { exitCode, stderr } = await folder.run(node, "scripts/build.mjs");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^source-aircall cannot be built: esbuild, .*\nRun "npm ci --include=dev".*\n$/);
  });

  test("a bundle that is there is kept where it cannot be built", async () => {
    using folder = checkout();
    mkdirSync(folder.file("dist"));
    writeFileSync(folder.file("dist/source-aircall.cjs"), "built");
    const { exitCode, stderr } = await folder.run(node, "scripts/build.mjs");
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: "dist is kept as it is: esbuild is missing.\n",
    });
    expect(readFileSync(folder.file("dist/source-aircall.cjs"), "utf8")).toBe("built");
  });
});

test.skipIf(OLDEST === nodes.get(24))("a script in TypeScript names the Node that it needs", async () => {
  using folder = checkout();
  writeFileSync(folder.file("script.ts"), "");
  const { exitCode, stderr } = await folder.run(OLDEST, "scripts/run.mjs", "script.ts");
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^script\.ts needs Node 24, and this is Node \d+\.\d+\.\d+\. Run "npm ci /);
});

test("every script of package.json that runs TypeScript does so through scripts/run.mjs", () => {
  const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")) as {
    scripts: Record<string, string>;
  };
  const direct = Object.values(scripts).filter((script) => /\bnode \S+\.ts\b/.test(script));
  expect(direct).toEqual([]);
});
