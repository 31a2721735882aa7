import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { temporaryFolder } from "../support/files.ts";
import { BUNDLE, spawnProgram } from "../support/program.ts";

/** The files that are evaluated before the first request is answered: those that no `import()` stands before. */
async function loadedAtStart(entry: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [entry],
    absWorkingDir: new URL("../../", import.meta.url).pathname,
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    external: ["@duckdb/node-api"],
  });
  const loaded = new Set([entry]);
  // Iterating a Set also visits what is added meanwhile.
  for (const path of loaded)
    for (const { kind, path: imported } of metafile.inputs[path]?.imports ?? [])
      if (kind === "import-statement") loaded.add(imported);
  return [...loaded].sort();
}

test("a spec request loads the protocol's own files, the schemas and little else", async () => {
  expect(await loadedAtStart("src/main.ts")).toEqual([
    "node:events",
    "src/errors.ts",
    "src/main.ts",
    "src/protocols/flow/index.ts",
    "src/protocols/flow/input.ts",
    "src/shared/clock.ts",
    "src/shared/exit-codes.ts",
    "src/shared/json.ts",
    "src/shared/line-reader.ts",
    "src/shared/line-writer.ts",
    "src/shared/log.ts",
    "src/shared/node-version.ts",
    "src/shared/redactor.ts",
    "src/shared/stop.ts",
    "src/shared/visible.ts",
    "src/spec.ts",
  ]);
});

test("a spec request reads a small part of the bundle", async () => {
  using folder = temporaryFolder();
  const listing = 'process.on("exit", () => process.stderr.write(Object.keys(require.cache).join("\\n")));';
  const preload = folder.write("list-loaded.cjs", listing);
  const flow = spawnProgram(["flow"], {}, [process.execPath, "--require", preload, BUNDLE]);
  flow.stdin.end('{"spec":{}}\n');
  const { stderr, exitCode } = await flow.ended;
  expect(exitCode).toBe(0);
  const loaded = stderr.split("\n").filter((path) => path !== preload);
  expect(loaded).toContain(BUNDLE);
  const files = readdirSync(dirname(BUNDLE), { recursive: true, encoding: "utf8" });
  const sizeOf = (paths: readonly string[]) => paths.reduce((sum, path) => sum + statSync(path).size, 0);
  const whole = sizeOf(
    files.filter((name) => name.endsWith(".cjs")).map((name) => join(dirname(BUNDLE), name)),
  );
  expect(sizeOf(loaded) / whole).toBeLessThan(0.1);
});
