import { chmod, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";

/** The program. It contains only the Flow protocol, for which it needs no other file. */
const MAIN = "dist/source-aircall.cjs";

/** The command line, which the program loads only when one of its commands is run. */
const CLI = "dist/source-aircall-cli.cjs";

/** What connects through a proxy, which the program loads only where there is one. */
const PROXY = "dist/source-aircall-proxy.cjs";

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

/** Leaves a module out of a bundle, which loads it on demand from the bundle of the module. */
const apart = (module: RegExp, bundle: string): Plugin => ({
  name: "apart",
  setup({ onResolve }) {
    onResolve({ filter: module }, ({ kind }) =>
      kind === "entry-point" ? undefined : { path: `./${basename(bundle)}`, external: true },
    );
  },
});

const plugins = [apart(/\/cli\/index\.ts$/, CLI), apart(/\/proxied-fetch\.ts$/, PROXY)];

await rm("dist", { recursive: true, force: true });
await build({ ...shared, entryPoints: ["src/main.ts"], outfile: MAIN, plugins });
await build({ ...shared, entryPoints: ["src/cli/index.ts"], outfile: CLI, plugins });
await build({ ...shared, entryPoints: ["src/aircall/proxied-fetch.ts"], outfile: PROXY, plugins });
await writeFile(TAP, TAP_CODE);
for (const executable of [MAIN, TAP]) await chmod(executable, 0o755);
