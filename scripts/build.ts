import { chmod, rm, writeFile } from "node:fs/promises";
import { type BuildOptions, build, type Plugin } from "esbuild";

/** The program. It contains only the Flow protocol, for which it needs no other file. */
const MAIN = "dist/source-aircall.cjs";

/** The command line, which the program loads only when one of its commands is run. */
const CLI = "dist/source-aircall-cli.cjs";

/** Runs the `singer` command of the program, under the name that Singer runners expect. */
const TAP = "dist/tap-aircall.cjs";
const TAP_CODE = `#!/usr/bin/env node
process.argv.splice(2, 0, "singer");
require("./source-aircall.cjs");
`;

const shared: BuildOptions = {
  bundle: true,
  platform: "node",
  // CommonJS loads modules on demand: no command compiles or loads what it does not need, above all DuckDB's library.
  format: "cjs",
  target: "node20",
  minify: true,
  // DuckDB has a native library, which cannot be bundled and stays in node_modules.
  external: ["@duckdb/node-api"],
};

const cliApart: Plugin = {
  name: "cli-apart",
  setup({ onResolve }) {
    onResolve({ filter: /\/cli\/index\.ts$/ }, ({ kind }) =>
      kind === "entry-point" ? undefined : { path: "./source-aircall-cli.cjs", external: true },
    );
  },
};

await rm("dist", { recursive: true, force: true });
await build({ ...shared, entryPoints: ["src/main.ts"], outfile: MAIN, plugins: [cliApart] });
await build({ ...shared, entryPoints: ["src/cli/index.ts"], outfile: CLI });
await writeFile(TAP, TAP_CODE);
for (const executable of [MAIN, TAP]) await chmod(executable, 0o755);
