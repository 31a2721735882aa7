/**
 * Runs a TypeScript file of the project: node scripts/run.mjs <file> [<argument>...]
 *
 * Node 24 does so by itself. It comes with the package "node" and is first in the path of an npm script, unless the
 * development dependencies or the install scripts were left out.
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [, , file = ""] = process.argv;
if (process.features.typescript) {
  process.argv.splice(1, 1);
  await import(pathToFileURL(resolve(file)).href);
} else {
  process.stderr.write(
    `${file} needs Node 24, and this is Node ${process.versions.node}. Run "npm ci --include=dev --ignore-scripts=false", which brings it.\n`,
  );
  process.exitCode = 1;
}
