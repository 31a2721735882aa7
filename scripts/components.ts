import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * Prints the components of the package as CycloneDX: the packages that it depends on, and those whose code is in the bundle.
 *
 *     npm run --silent components > source-aircall.cdx.json
 *
 * npm lists those in the bundle as development dependencies among all others.
 */

interface Component {
  readonly "bom-ref": string;
  readonly name: string;
  readonly version: string;
}

interface Components {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const all = listed([]);
const installed = new Set(listed(["--omit=dev"]).components.map(nameAndVersion));
const bundled = new Set(readFileSync("dist/THIRD-PARTY.txt", "utf8").match(/^(@[^/\s]+\/)?[^@\s]+@\d\S*$/gm));

const components = all.components.filter((component) => {
  const name = nameAndVersion(component);
  return installed.has(name) || bundled.has(name);
});
const root = { ...all.metadata.component, name: "source-aircall" };
const refs = new Set([root, ...components].map((component) => component["bom-ref"]));
const dependencies = all.dependencies
  .filter(({ ref }) => refs.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) }));
const metadata = { ...all.metadata, component: root };
process.stdout.write(`${JSON.stringify({ ...all, metadata, components, dependencies }, null, 2)}\n`);

function listed(options: readonly string[]): Components {
  const args = [
    "sbom",
    "--sbom-format=cyclonedx",
    "--sbom-type=application",
    "--package-lock-only",
    ...options,
  ];
  return JSON.parse(execFileSync("npm", args, { encoding: "utf8", maxBuffer: 2 ** 26 }));
}

function nameAndVersion({ name, version }: Component): string {
  return `${name}@${version}`;
}
