import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = new URL("../", import.meta.url).pathname;
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

describe("SPEC.md", () => {
  const spec = read("SPEC.md");

  test("names tests that there are", () => {
    const named = [...spec.matchAll(/`((?:src|test)\/\S+\.test\.ts)`((?: "[^"]+",?)+)/g)].flatMap(
      ([, file = "", names = ""]) =>
        [...names.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => ({ file, name })),
    );
    expect(named.length).toBeGreaterThan(40);
    for (const { file, name } of named) expect(read(file), file).toContain(`"${name}"`);
  });

  test("gives each rule a number of its own", () => {
    const numbers = [...spec.matchAll(/^\| ([A-Z]\d+) \|/gm)].map(([, number]) => number);
    expect(numbers.length).toBeGreaterThan(25);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

const documents = [".", "docs", "docs/decisions", "bench/peers"].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name)),
);

test.each(documents)("%s links to files that there are", (path) => {
  const links = [...read(path).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link = ""]) => link);
  for (const link of links) expect(existsSync(join(ROOT, dirname(path), link)), link).toBe(true);
});
