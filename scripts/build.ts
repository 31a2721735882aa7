import { chmod, rm, writeFile } from "node:fs/promises";
import { type BuildOptions, build, type Plugin } from "esbuild";

/** What is shipped and started: the Flow protocol alone, which needs no other file. */
const MAIN = "dist/source-aircall.cjs";

/** The commands for people, beside it, which it loads when one of them is asked for. */
const CLI = "dist/source-aircall-cli.cjs";

/** The same program under the name that Singer runners look for, whose only command is `singer`. */
const TAP = "dist/tap-aircall.cjs";
const TAP_CODE = `#!/usr/bin/env node
process.argv.splice(2, 0, "singer");
require("./source-aircall.cjs");
`;

const shared: BuildOptions = {
  bundle: true,
  platform: "node",
  // CommonJS: what a command does not need is neither compiled nor loaded, DuckDB's library least of all.
  format: "cjs",
  target: "node20",
  minify: true,
  // DuckDB ships a native library, which stays in node_modules.
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
