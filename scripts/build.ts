import { chmod, rm } from "node:fs/promises";
import { type BuildOptions, build, type Plugin } from "esbuild";

/** What is shipped and started: the Flow face alone, which needs no other file. */
const MAIN = "dist/source-aircall.cjs";

/** The commands for people, beside it, which it loads when one of them is asked for. */
const CLI = "dist/source-aircall-cli.cjs";

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
await chmod(MAIN, 0o755);
