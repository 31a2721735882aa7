import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { isDeep } from "./support/draws.ts";
import { type TemporaryFolder, temporaryFolder } from "./support/files.ts";
import { nodes } from "./support/nodes.ts";
import { spawnProgram } from "./support/program.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const KIB = 1024;
/** What `npx source-aircall` downloads, beside DuckDB. */
const LARGEST_PACKAGE_BYTES = 600 * KIB;
/** The versions of Node that are promised. */
const PROMISED = [20, 22, 24];

const { bin, dependencies, devDependencies } = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")) as {
  bin: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

interface Reference {
  readonly "bom-ref": string;
}

interface Packed {
  readonly path: string;
  readonly size: number;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

function pack(folder: TemporaryFolder): Packed {
  const args = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder.file("")];
  const [packed] = JSON.parse(execFileSync("npm", args, { cwd: ROOT, encoding: "utf8" }));
  return { ...packed, path: folder.file(packed.filename) };
}

/** What each executable does in a folder, as far as that needs no account; the demo serves and captures one. */
const RUNS: readonly [executable: string, args: readonly string[], shows: RegExp][] = [
  ["source-aircall", ["demo"], /Captured [\d,]+ documents/],
  ["source-aircall-airbyte", ["spec"], /"type":"SPEC"/],
  ["tap-aircall", ["--about"], /tap-aircall/],
];

/** Runs the executables that lie in the folder, by their names and by this Node, with nothing else in the path. */
async function expectRuns(folder: TemporaryFolder, node: string): Promise<void> {
  const path = `${join(folder.file("node_modules"), ".bin")}:${dirname(node)}:/usr/bin:/bin`;
  const ended = RUNS.map(async ([executable, args, shows]) => {
    const command = ["sh", "-c", 'cd "$0" && exec "$@"', folder.file(""), executable];
    const { stdout, stderr, exitCode } = await spawnProgram(args, { PATH: path }, command).ended;
    expect({ executable, exitCode }, stderr).toEqual({ executable, exitCode: 0 });
    expect(stdout).toMatch(shows);
    expect(stderr).not.toMatch(/Warning: /);
  });
  await Promise.all(ended);
}

describe("the packed tarball", () => {
  const folder = temporaryFolder();
  let packed: Packed;

  beforeAll(() => {
    packed = pack(folder);
    return () => folder[Symbol.dispose]();
  });

  test("has the bundle, its licences and the documents for users, and nothing else", () => {
    const paths = packed.files.map(({ path }) => path);
    const others = paths.filter((path) => !/^dist\/(lib\/)?[\w-]+\.cjs$|^docs\/[\w-]+\.md$/.test(path));
    expect(others.sort()).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "dist/THIRD-PARTY.txt",
      "package.json",
    ]);
    expect(paths).toEqual(expect.arrayContaining(Object.values(bin)));
    expect(packed.size).toBeLessThan(LARGEST_PACKAGE_BYTES);
  });

  test("has the licence of each package whose code is in the bundle", () => {
    const parts = readFileSync(`${ROOT}dist/THIRD-PARTY.txt`, "utf8").split(/^-{80}$/m);
    const named = parts.map((part) => part.trim().split("\n")[0] ?? "");
    expect(named).toContain(`commander@${devDependencies.commander}`);
    for (const part of parts)
      expect(part).toMatch(
        /Permission (is hereby granted|to use)|Redistribution and use|Apache License|^(MIT|ISC|Apache-2.0)$/m,
      );
  });

  test.runIf(isDeep)("has a list of its components, with those that are in the bundle and no other", () => {
    const script = ["run", "--silent", "components"];
    const list = JSON.parse(execFileSync("npm", script, { cwd: ROOT, encoding: "utf8" }));
    const names = (list.components as { name: string }[]).map(({ name }) => name);
    expect(list).toMatchObject({
      bomFormat: "CycloneDX",
      metadata: { component: { name: "source-aircall" } },
    });
    expect(names).toEqual(expect.arrayContaining(["@duckdb/node-api", "commander", "hono", "undici"]));
    expect(names).not.toContain("vitest");
    for (const { ref, dependsOn } of list.dependencies)
      expect(refs(list), ref).toEqual(expect.arrayContaining([ref, ...dependsOn]));
  });

  test.runIf(isDeep)("runs its three executables with the packages alone that it depends on", async () => {
    using elsewhere = temporaryFolder();
    const modules = elsewhere.file("node_modules");
    mkdirSync(join(modules, "source-aircall"), { recursive: true });
    const here = join(modules, "source-aircall");
    execFileSync("tar", ["--extract", "--file", packed.path, "--strip-components=1", "--directory", here]);
    for (const name of Object.keys(dependencies)) {
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
    }
    mkdirSync(join(modules, ".bin"));
    for (const [name, file] of Object.entries(bin))
      symlinkSync(join(here, file), join(modules, ".bin", name));
    await expectRuns(elsewhere, nodes.get(Math.min(...nodes.keys())) ?? process.execPath);
  });

  test.runIf(isDeep).each(PROMISED)(
    "installs into an empty folder and runs there, on Node %i",
    async (major) => {
      using elsewhere = temporaryFolder();
      const node = nodeOf(major);
      const env = {
        ...process.env,
        PATH: `${dirname(node)}:${process.env.PATH}`,
        npm_config_update_notifier: "false",
      };
      execFileSync("npm", ["install", "--no-audit", packed.path], { cwd: elsewhere.file(""), env });
      await expectRuns(elsewhere, node);
    },
  );
});

function refs(list: { metadata: { component: Reference }; components: Reference[] }): string[] {
  return [list.metadata.component, ...list.components].map((component) => component["bom-ref"]);
}

/** The Node of this machine, or that of the package for this platform, which is installed once. */
function nodeOf(major: number): string {
  const found = nodes.get(major);
  if (found) return found;
  const folder = join(ROOT, "node_modules/.cache/nodes", String(major));
  const name = `node-${process.platform}-${process.arch}`;
  const node = join(folder, "node_modules", name, "bin/node");
  if (existsSync(node)) return node;
  mkdirSync(folder, { recursive: true });
  execFileSync("npm", ["install", "--no-audit", "--no-save", "--prefix", folder, `${name}@${major}`]);
  return node;
}
