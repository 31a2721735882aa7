import { chmod } from "node:fs/promises";
import { build } from "esbuild";

const BUNDLE = "dist/source-aircall.cjs";

await build({
  entryPoints: ["src/main.ts"],
  outfile: BUNDLE,
  bundle: true,
  platform: "node",
  // CommonJS: what a command does not need is neither compiled nor loaded, DuckDB's library least of all.
  format: "cjs",
  target: "node20",
  minifySyntax: true,
  minifyWhitespace: true,
  // DuckDB ships a native library, which stays in node_modules.
  external: ["@duckdb/node-api"],
});
await chmod(BUNDLE, 0o755);
