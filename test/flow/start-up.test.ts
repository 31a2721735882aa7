import { build } from "esbuild";
import { expect, test } from "vitest";

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
    "src/shared/redactor.ts",
    "src/shared/stop.ts",
    "src/spec.ts",
  ]);
});
