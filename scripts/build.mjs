/**
 * Bundles the program into `dist`. `npm install` runs this file, possibly before the project has its own Node and
 * possibly without the development dependencies, so it is plain JavaScript and needs esbuild only.
 */
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const OUTPUT = "dist";
const PROGRAM = "source-aircall.cjs";

/** Run a command of the program, under the names that other runners expect. */
const ALIASES = { "source-aircall-airbyte.cjs": "airbyte", "tap-aircall.cjs": "singer" };

const MISSING = `source-aircall cannot be built: esbuild, one of its development dependencies, is not installed.
Run "npm ci --include=dev", and then "npm prune --omit=dev" if they are not to stay. A published package is built already.
`;

const esbuild = await import("esbuild").catch(() => undefined);
if (esbuild) await bundle(esbuild);
else if (existsSync(join(OUTPUT, PROGRAM)))
  process.stderr.write("dist is kept as it is: esbuild is missing.\n");
else {
  process.stderr.write(MISSING);
  process.exitCode = 1;
}

/**
 * Each module behind an `import()` becomes a file of its own, and so does what several of them share: a request loads
 * what it needs. The files are CommonJS, which starts faster than ES modules; esbuild splits ES modules only.
 *
 * @param {typeof import("esbuild")} esbuild
 */
async function bundle({ build, transform }) {
  const target = { platform: "node", target: "node20" };
  const { outputFiles, metafile } = await build({
    ...target,
    entryPoints: { "source-aircall": "src/main.ts" },
    bundle: true,
    splitting: true,
    format: "esm",
    // DuckDB has a native library, which cannot be bundled and stays in node_modules.
    external: ["@duckdb/node-api"],
    outdir: OUTPUT,
    outExtension: { ".js": ".cjs" },
    chunkNames: "lib/[name]-[hash]",
    write: false,
    metafile: true,
  });
  await rm(OUTPUT, { recursive: true, force: true });
  for (const { path, text } of outputFiles) {
    const options = { ...target, format: "cjs", minify: true, supported: { "dynamic-import": false } };
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, (await transform(text, options)).code);
  }
  await writeFile(join(OUTPUT, "THIRD-PARTY.txt"), await thirdParties(metafile));
  for (const [name, command] of Object.entries(ALIASES)) await writeFile(join(OUTPUT, name), alias(command));
  for (const name of [PROGRAM, ...Object.keys(ALIASES)]) await chmod(join(OUTPUT, name), 0o755);
}

/**
 * The packages of which the bundle has code, each with its licence, which asks for that.
 *
 * @param {import("esbuild").Metafile} metafile
 */
async function thirdParties({ outputs }) {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const folders = inputs.flatMap(([path, { bytesInOutput }]) => {
    const [folder] = /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(path) ?? [];
    return folder && bytesInOutput > 0 ? [folder] : [];
  });
  const parts = [...new Set(folders)].map(async (folder) => {
    const { name, version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
    const text = file ? await readFile(join(folder, file), "utf8") : `${license}\n`;
    return `${name}@${version}\n\n${text.trim()}\n`;
  });
  return (await Promise.all(parts)).sort().join(`\n${"-".repeat(80)}\n\n`);
}

/** @param {string} command */
function alias(command) {
  return `#!/usr/bin/env node\nprocess.argv.splice(2, 0, "${command}");\nrequire("./${PROGRAM}");\n`;
}
